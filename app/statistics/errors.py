"""What can go wrong with facets and releases."""

from app.accounts.errors import KeyNotHeld
from app.storage.errors import RodynaError


class StatisticsError(RodynaError):
    """Any error of this room."""


class NoSuchRelease(StatisticsError):
    """There is no such release, or it is not released yet."""


class NotOver(StatisticsError):
    """The period is not over, or is no period at all."""


class Overdrawn(StatisticsError):
    """The budget of the period was drawn already, or the declared tables ask for more than it holds."""


class NothingToDo(StatisticsError):
    """The release is not where this step begins: somebody else was faster, or it was stopped."""


class SamePerson(StatisticsError):
    """Whoever made a release cannot be the one who confirms it."""


class NoKey(StatisticsError, KeyNotHeld):
    """The person does not hold the statistics' key, or there is none yet."""
