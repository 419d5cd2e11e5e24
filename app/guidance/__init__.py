"""Guidance: what one can do, what the law says and who else helps, for each situation; readable without reporting.

The texts are data (`texts/`), each with its sources and the month of its review. The room is pure: it knows neither
answers nor people, touches no database and no keys, and hands out English msgids that the caller translates.
"""

from app.guidance.catalogue import msgids
from app.guidance.definition import Guidance, Helper, Page, Section
from app.guidance.loading import BadGuidance, current, read_guidance

__all__ = ["BadGuidance", "Guidance", "Helper", "Page", "Section", "current", "msgids", "read_guidance"]
