"""The families of the demonstration: reports written by hand, and as many drawn by chance as are wanted.

Nobody in them lives. Dates that must be near are counted from the moment a report is sent,
so that a summons for the day after tomorrow stays one in every year.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from app.casefile.cases import Status
from app.demonstration.drawn import draw
from app.demonstration.made_up import MadeUpReport, date_from, read_data
from app.questionnaire import Answer

__all__ = ["MadeUpReport", "drawn_reports", "written_reports"]

# In this order: a small demonstration takes the first thirty, and they meet every rule.
_FILES = ("written_court", "written_taken", "written_lost", "written_home", "written_more")
_MARK = re.compile(r"\{(hour|day|month|year)([+-][0-9]+)\}", re.ASCII)


def written_reports(now: datetime) -> tuple[MadeUpReport, ...]:
    """Return the reports that were written by hand; the first is the one the project is founded on.

    `now` must carry its time zone.
    """
    return tuple(_report(entry, now) for entry in _entries())


def drawn_reports(count: int, seed: int, now: datetime) -> Iterator[MadeUpReport]:
    """Draw reports one after another, the same ones for the same seed and moment.

    A larger count begins with the reports of a smaller one. `now` must carry its time zone.
    """
    return draw(count, seed, now)


@cache
def _entries() -> tuple[Mapping[str, Any], ...]:
    return tuple(entry for name in _FILES for entry in read_data(name)["reports"])


def _report(entry: Mapping[str, Any], now: datetime) -> MadeUpReport:
    sent = now - timedelta(hours=entry["age_hours"])
    return MadeUpReport(
        key=entry["key"],
        language=entry["language"],
        answers={code: _dated(value, sent) for code, value in entry["answers"].items()},
        consents=dict(entry["consents"]),
        age_hours=entry["age_hours"],
        story_of=entry["story_of"],
        replies=tuple(text.strip() for text in entry["replies"]),
        later=tuple(text.strip() for text in entry["later"]),
        progress=Status(entry["progress"]),
    )


def _dated(value: Answer, sent: datetime) -> Answer:
    """Return the answer with its mark turned into a date, and without the line ends of its file."""
    if isinstance(value, list):
        return list(value)
    if isinstance(value, dict):
        return dict(value)
    mark = _MARK.fullmatch(value)
    return value.strip() if mark is None else date_from(sent, mark[1], int(mark[2]))
