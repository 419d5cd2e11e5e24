"""How much of a deadline is left, as a number and a unit; the words are the templates'."""

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# Below two of the larger unit the smaller one is told: "47 hours" says more than "1 day".
ENOUGH = 2


@dataclass(frozen=True)
class TimeLeft:
    """The distance to a deadline, or, once it is `late`, from it; `unit` is days, hours or minutes."""

    until: datetime
    late: bool
    number: int
    unit: str


def time_left(until: datetime | None, now: datetime) -> TimeLeft | None:
    """How far away `until` is; None where no clock runs. What is left is rounded down, what is over too."""
    if until is None:
        return None
    late = until <= now
    distance = now - until if late else until - now
    for size, unit in ((DAY, "days"), (HOUR, "hours")):
        if distance >= ENOUGH * size:
            return TimeLeft(until, late, distance // size, unit)
    return TimeLeft(until, late, distance // MINUTE, "minutes")
