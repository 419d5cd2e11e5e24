"""Dates as people know them: a day, a month, or only a year."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

EARLIEST_YEAR = 1900
LATEST_YEAR = 2100

_WRITTEN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)


@dataclass(frozen=True)
class DateParts:
    """A date that is known to the day, to the month, or to the year."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def precision(self) -> str:
        """Return `day`, `month` or `year`."""
        if self.day is not None:
            return "day"
        return "year" if self.month is None else "month"

    @property
    def first_day(self) -> date:
        """Return the earliest day that the date can mean."""
        return date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)

    @property
    def last_day(self) -> date:
        """Return the latest day that the date can mean."""
        if self.day is not None:
            return self.first_day
        if self.month is None:
            return date(self.year, 12, 31)
        month_after = date(self.year + self.month // 12, self.month % 12 + 1, 1)
        return month_after - timedelta(days=1)

    def __str__(self) -> str:
        """Write the date as answers carry it: 2022-02-24, 2022-02 or 2022."""
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


def read_date(written: object) -> DateParts | None:
    """Read a written date; None when the value is not a date of the years that are accepted."""
    match = _WRITTEN.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        return None
    year, month, day = (None if part is None else int(part) for part in match.groups())
    if year is None or not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    parts = DateParts(year, month, day)
    try:
        parts.first_day  # noqa: B018 - building the day is what tells that it exists.
    except ValueError:
        return None
    return parts
