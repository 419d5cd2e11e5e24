"""The shape of a made-up report, its data files, and dates counted from the moment it is sent."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from app.casefile.cases import Status
from app.questionnaire import Answers, Consents
from app.routing.deciding import KYIV

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class MadeUpReport:
    """What a made-up family sends, and how far the staff of the demonstration have come with it.

    `age_hours` says how long ago it was sent; `story_of` is one line for developers. `replies`
    are what staff wrote to the family, `later` what the family wrote afterwards, both in `language`.
    """

    key: str
    language: str
    answers: Answers
    consents: Consents
    age_hours: int
    story_of: str
    replies: tuple[str, ...]
    later: tuple[str, ...]
    progress: Status


def read_data(name: str) -> Mapping[str, Any]:
    """Return one file of the demonstration's data."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def day_of(moment: datetime) -> date:
    """Return the day in Kyiv, where families count their days and the rules do too."""
    return moment.astimezone(KYIV).date()


def write_date(day: date, precision: str) -> str:
    """Write a date as answers carry it, as precisely as `day`, `month` or `year` says."""
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[precision]]


def date_from(moment: datetime, unit: str, steps: int) -> str:
    """Write the date so many hours, days, months or years from a moment, as precisely as its unit.

    Hours give the day that they lead to.
    """
    if unit == "hour":
        return write_date(day_of(moment + timedelta(hours=steps)), "day")
    today = day_of(moment)
    if unit == "day":
        return write_date(today + timedelta(days=steps), "day")
    months = steps * 12 if unit == "year" else steps
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return write_date(date(year, month + 1, 1), unit)
