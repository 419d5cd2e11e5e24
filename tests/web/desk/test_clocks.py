"""A deadline is told in the unit that says most."""

from datetime import UTC, datetime, timedelta

import pytest
from jinja2 import Environment

from app.web.desk.clocks import time_left
from app.web.languages import translations
from app.web.pages import environment

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("distance", "late", "number", "unit"),
    [
        (timedelta(days=10), False, 10, "days"),
        (timedelta(hours=48), False, 2, "days"),
        (timedelta(hours=47, minutes=59), False, 47, "hours"),
        (timedelta(minutes=120), False, 2, "hours"),
        (timedelta(minutes=119), False, 119, "minutes"),
        (timedelta(seconds=59), False, 0, "minutes"),
        (timedelta(0), True, 0, "minutes"),
        (timedelta(minutes=-61), True, 61, "minutes"),
        (timedelta(hours=-3), True, 3, "hours"),
        (timedelta(days=-2, seconds=-1), True, 2, "days"),
    ],
)
def test_time_is_told_in_the_unit_that_says_most(distance: timedelta, late: bool, number: int, unit: str) -> None:
    left = time_left(NOW + distance, NOW)
    assert left is not None
    assert (left.late, left.number, left.unit) == (late, number, unit)


def test_nothing_is_told_where_no_clock_runs() -> None:
    assert time_left(None, NOW) is None


def _told(language: str, distance: timedelta) -> str:
    pages: Environment = environment(language)
    template = pages.from_string('{% import "macros/desk.html" as desk with context %}{{ desk.words(left) }}')
    return template.render(left=time_left(NOW + distance, NOW))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (3, "лишилося 3 дні"),
        (7, "лишилося 7 днів"),
        (11, "лишилося 11 днів"),
        (21, "лишився 21 день"),
        (-3, "прострочено на 3 дні"),
        (-7, "прострочено на 7 днів"),
        (-11, "прострочено на 11 днів"),
        (-21, "прострочено на 21 день"),
    ],
)
def test_ukrainian_counts_days_as_a_person_does(days: int, words: str) -> None:
    assert _told("uk", timedelta(days=days)) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "лишилася 1 хвилина"), (3, "лишилося 3 хвилини"), (11, "лишилося 11 хвилин"), (21, "лишилася 21 хвилина")],
)
def test_ukrainian_counts_minutes_as_a_person_does(minutes: int, words: str) -> None:
    assert _told("uk", timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(("hours", "words"), [(3, "3 hours left"), (-21, "21 hours late"), (-3, "3 hours late")])
def test_english_counts_hours(hours: int, words: str) -> None:
    assert _told("en", timedelta(hours=hours)) == words


def test_one_problem_and_several_are_told_apart() -> None:
    told = translations()["uk"].ngettext
    one, many = "One answer needs a look", "%(num)s answers need a look"
    endings = [(told(one, many, number) % {"num": number}).rsplit(" ", 1)[1] for number in (1, 3, 7, 11, 21)]
    assert endings == ["відповідь", "відповіді", "відповідей", "відповідей", "відповідь"]
