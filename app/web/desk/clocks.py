"""How much of a deadline is left, as a number and a unit; the words are the templates'."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.casework.queues import ListedCase
from app.web.dates import KYIV

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# Below two of the larger unit the smaller one is told: "47 hours" says more than "1 day".
ENOUGH = 2


@dataclass(frozen=True)
class TimeLeft:
    """The distance to a deadline, or, once it is `late`, from it; `unit` is days, hours or minutes.

    `today` says that the deadline is on the same day in Kyiv.
    """

    until: datetime
    late: bool
    number: int
    unit: str
    today: bool = False

    @property
    def clock(self) -> str:
        """The deadline as a clock in Kyiv shows it."""
        return f"{self.until.astimezone(KYIV):%H:%M}"


def time_left(until: datetime | None, now: datetime) -> TimeLeft | None:
    """How far away `until` is; None where no clock runs. What is left is rounded down, what is over too."""
    if until is None:
        return None
    late = until <= now
    distance = now - until if late else until - now
    today = until.astimezone(KYIV).date() == now.astimezone(KYIV).date()
    for size, unit in ((DAY, "days"), (HOUR, "hours")):
        if distance >= ENOUGH * size:
            return TimeLeft(until, late, distance // size, unit, today)
    return TimeLeft(until, late, distance // MINUTE, "minutes", today)


class Left:
    """How much of the running clock of a case is left, as a function for templates."""

    def __init__(self, now: datetime) -> None:
        """Remember the time of the request."""
        self._now = now

    def __call__(self, case: ListedCase) -> TimeLeft | None:
        """The clock that runs: first that somebody has seen the case, then that somebody has acted."""
        return time_left(case.acknowledge_by or case.act_by, self._now)
