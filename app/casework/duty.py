"""Who is on duty when, by the clock of Kyiv: a weekly pattern, and days on which something else holds. Pure.

A day that has entries of its own follows these alone; "nobody" is such an entry too. A turn that ends no later than it
begins ends on the next day. Days and hours are those of the wall clock, so the two nights a year on which it changes
make a turn an hour longer or shorter, as they do for the people.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.routing.deciding import KYIV

DAY = timedelta(days=1)
NOBODY = ""


@dataclass(frozen=True)
class Shift:
    """Hours of duty of the account ``who``: on ``weekdays`` (0 is Monday), or on the one ``day``."""

    id: str
    who: str
    weekdays: tuple[int, ...]
    day: date | None
    begins: time
    ends: time


@dataclass(frozen=True)
class Turn:
    """A shift as it falls on a day: from when until when, by the wall clock of Kyiv; ``day`` is where it begins."""

    who: str
    day: date
    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Span:
    """Hours of one day, as the clock shows them; ``until`` is 24:00 where it is the end of the day."""

    since: str
    until: str


@dataclass(frozen=True)
class DutyDay:
    """A day of the plan: its turns, and the hours in which nobody is there; ``empty`` where that is all day long."""

    day: date
    turns: tuple[Turn, ...]
    gaps: tuple[Span, ...]
    empty: bool


def wall_clock(now: datetime) -> datetime:
    """What a clock in Kyiv shows, without a zone."""
    return now.astimezone(KYIV).replace(tzinfo=None)


def turns_on(shifts: Iterable[Shift], day: date) -> tuple[Turn, ...]:
    """The turns that begin on a day, earliest first."""
    planned = tuple(shifts)
    own = [shift for shift in planned if shift.day == day]
    falling = own or [shift for shift in planned if shift.day is None and day.weekday() in shift.weekdays]
    return tuple(sorted((_turn(shift, day) for shift in falling if shift.who != NOBODY), key=lambda turn: turn.begins))


def turns_at(shifts: Sequence[Shift], now: datetime) -> tuple[Turn, ...]:
    """The turns during which ``now`` falls."""
    clock = wall_clock(now)
    begun = (*turns_on(shifts, clock.date() - DAY), *turns_on(shifts, clock.date()))
    return tuple(turn for turn in begun if turn.begins <= clock < turn.ends)


def days_of(shifts: Sequence[Shift], first: date, number: int, absent: Collection[tuple[str, date]]) -> list[DutyDay]:
    """The days of a plan from ``first`` on, with their gaps; a turn of somebody ``absent`` on its day fills none."""
    return [_duty_day(shifts, first + index * DAY, absent) for index in range(number)]


def _turn(shift: Shift, day: date) -> Turn:
    until = day if shift.ends > shift.begins else day + DAY
    return Turn(shift.who, day, datetime.combine(day, shift.begins), datetime.combine(until, shift.ends))


def _duty_day(shifts: Sequence[Shift], day: date, absent: Collection[tuple[str, date]]) -> DutyDay:
    begun = turns_on(shifts, day)
    there = [turn for turn in (*turns_on(shifts, day - DAY), *begun) if (turn.who, turn.day) not in absent]
    gaps = tuple(_gaps(there, datetime.combine(day, time()), datetime.combine(day + DAY, time())))
    return DutyDay(day, begun, gaps, empty=gaps == (Span("00:00", "24:00"),))


def _gaps(turns: Iterable[Turn], since: datetime, until: datetime) -> Iterator[Span]:
    covered = since
    for turn in sorted(turns, key=lambda turn: turn.begins):
        if turn.begins > covered and covered < until:
            yield _span(covered, min(turn.begins, until), until)
        covered = max(covered, turn.ends)
    if covered < until:
        yield _span(covered, until, until)


def _span(since: datetime, until: datetime, midnight: datetime) -> Span:
    return Span(f"{since:%H:%M}", "24:00" if until == midnight else f"{until:%H:%M}")
