"""Periods: quarters of a year, which never overlap; a release is of one kind and one period."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from app.statistics.errors import NotOver

_WRITTEN = re.compile(r"(20[0-9]{2})-Q([1-4])", re.ASCII)


class ReleaseKind(StrEnum):
    """Whether a release counts people by the month their report came in, or by the month their case was closed."""

    INTAKE = "intake"
    OUTCOME = "outcome"


@dataclass(frozen=True, order=True)
class Period:
    """A quarter of a year, written ``2026-Q3``."""

    year: int
    quarter: int

    @cached_property
    def months(self) -> tuple[str, ...]:
        """Its three months, as facets write them."""
        return tuple(f"{self.year}-{month:02d}" for month in range(self.quarter * 3 - 2, self.quarter * 3 + 1))

    @property
    def next(self) -> "Period":
        """The quarter after it."""
        return Period(self.year + self.quarter // 4, self.quarter % 4 + 1)

    def is_over(self, today: date) -> bool:
        """Whether its last day is past."""
        return self < period_of(today)

    def __str__(self) -> str:
        """The form in which addresses and rows write it."""
        return f"{self.year}-Q{self.quarter}"


def period_of(day: date) -> Period:
    """The quarter that a day lies in."""
    return Period(day.year, (day.month + 2) // 3)


def read_period(text: str) -> Period:
    """The period that ``text`` names.

    Raises: :class:`NotOver`.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise NotOver(text[:8])
    return Period(int(match[1]), int(match[2]))


def read_named(kind: object, period: object) -> tuple[ReleaseKind, Period] | None:
    """The kind and the period that a row names; None where it names none: somebody wrote it past the program."""
    try:
        return ReleaseKind(str(kind)), read_period(str(period))
    except (NotOver, ValueError):
        return None


def closed_periods(today: date, count: int) -> tuple[Period, ...]:
    """The last ``count`` periods that are over, the newest first."""
    found = []
    year, quarter = period_of(today).year, period_of(today).quarter
    for _ in range(count):
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
        found.append(Period(year, quarter))
    return tuple(found)
