"""What can go wrong with a case."""

from dataclasses import dataclass

from app.storage.errors import RodynaError
from app.vault.errors import VaultError

# What the vault says of a row that is not as it was written, for rooms that do not know the vault.
DoesNotOpen = VaultError


class CasefileError(RodynaError):
    """Any error of this room."""


class NotFound(CasefileError):
    """There is no such case, or it is not for this person; nobody is told which."""


class ChangedMeanwhile(CasefileError):
    """Somebody else changed the case after the page was shown."""


@dataclass
class TextRefused(CasefileError):
    """A text is ``empty`` or ``too_long``."""

    reason: str
