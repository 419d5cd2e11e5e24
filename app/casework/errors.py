"""What a caseworker may be told."""

from dataclasses import dataclass

from app.storage.errors import RodynaError


class CaseworkError(RodynaError):
    """Any error of this room."""


@dataclass
class NotAllowedNow(CaseworkError):
    """The case does not allow this step as it stands; ``reason`` is a code."""

    reason: str
