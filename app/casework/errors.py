"""What a caseworker may be told."""

from dataclasses import dataclass

from app.casefile.errors import ChangedMeanwhile
from app.storage.errors import RodynaError


class CaseworkError(RodynaError):
    """Any error of this room."""


@dataclass
class NotAllowedNow(CaseworkError):
    """The case does not allow this step as it stands; ``reason`` is a code."""

    reason: str


@dataclass
class EntryRefused(CaseworkError):
    """What was typed cannot be kept; ``problems`` are (field, code of the reason)."""

    problems: tuple[tuple[str, str], ...]


@dataclass
class FollowedMeanwhile(CaseworkError):
    """Somebody else kept a newer one after the page was shown; nothing was kept of either over the other."""

    newest: str


class LinkedMeanwhile(CaseworkError, ChangedMeanwhile):
    """Somebody changed what is linked with the case when part of a step was written: nothing of it may stay."""


@dataclass
class CasesStandThere(CaseworkError):
    """So many open cases stand with an organisation alone; it is not ended before they were passed on or closed."""

    count: int
