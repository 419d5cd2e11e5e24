"""Dates are read to the day, the month or the year, and nothing else is a date."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.questionnaire import DateParts, read_date
from tests.questionnaire.reports import written_dates


@pytest.mark.parametrize(
    ("written", "precision", "first", "last"),
    [
        ("2022-02-24", "day", date(2022, 2, 24), date(2022, 2, 24)),
        ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", "month", date(2023, 2, 1), date(2023, 2, 28)),
        ("2022-12", "month", date(2022, 12, 1), date(2022, 12, 31)),
        ("2022", "year", date(2022, 1, 1), date(2022, 12, 31)),
        ("2100-12", "month", date(2100, 12, 1), date(2100, 12, 31)),
    ],
)
def test_a_date_stands_for_all_the_days_it_can_mean(written: str, precision: str, first: date, last: date) -> None:
    parts = read_date(written)
    assert parts is not None
    assert (parts.precision, parts.first_day, parts.last_day) == (precision, first, last)


@pytest.mark.parametrize(
    "written",
    [
        *("", "22", "2022-2", "2022-13", "2022-00", "2022-02-00", "2022-02-30", "2022-02-24T00:00", "٢٠٢٢", "0000"),
        *("1899", "2101", "24.02.2022", "2022-02-24\n", " 2022", "2022-", None, 2022, ["2022"], {"missing": "dk"}),
    ],
)
def test_anything_else_is_no_date(written: object) -> None:
    assert read_date(written) is None


@given(written_dates())
def test_a_date_is_written_as_it_was_read(written: str) -> None:
    assert str(read_date(written)) == written


@given(st.integers(1900, 2100), st.integers(1, 12))
def test_a_month_ends_the_day_before_the_next_begins(year: int, month: int) -> None:
    last = DateParts(year, month).last_day
    assert (last.year, last.month) == (year, month)
    assert date.fromordinal(last.toordinal() + 1).day == 1
