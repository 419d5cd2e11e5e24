"""What becomes of made-up cases: in the order of time, never after now, never against what a family asked."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from app.casework.codes import OUTCOMES
from app.demonstration.deeds import FAMILY, FIRST, SECOND, STAFF_WORKED, Deed, deeds_of, in_turns
from app.demonstration.doing import DEEDS
from app.demonstration.filling import MONTH, MONTHS, quarters_of, reports_of
from app.demonstration.journal import Order
from app.demonstration.made_up import MadeUpReport, read_data
from app.questionnaire import current

NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
SENT = timedelta(hours=1)


@pytest.fixture(scope="module")
def reports() -> list[MadeUpReport]:
    return list(reports_of(Order(3_000, 7, NOW)))


@pytest.fixture(scope="module")
def deeds(reports: list[MadeUpReport]) -> list[Deed]:
    return deeds_of(reports, NOW)


def test_as_many_cases_are_filled_in_as_were_asked_for(reports: list[MadeUpReport]) -> None:
    assert len(reports) == len({report.key for report in reports}) == 3_000
    for count in (0, 2, 37, 60):
        assert len(list(reports_of(Order(count, 7, NOW)))) == count
    assert max(report.age_hours for report in reports) * SENT > MONTH * (MONTHS - 1)


def test_deeds_follow_the_sending_in_the_order_of_time_and_end_before_now(
    reports: list[MadeUpReport], deeds: list[Deed]
) -> None:
    sent = {report.key: NOW - timedelta(hours=report.age_hours) for report in reports}

    assert all(earlier.at <= later.at for earlier, later in pairwise(deeds))
    assert all(sent[deed.case] <= deed.at <= NOW - STAFF_WORKED for deed in deeds)


def test_nobody_is_answered_who_asked_not_to_be_written_to(reports: list[MadeUpReport], deeds: list[Deed]) -> None:
    silent = {report.key for report in reports if report.answers.get("reply_safe") == "no"}

    assert silent
    assert not [deed for deed in deeds if deed.case in silent and deed.do == "answer"]


def test_most_old_cases_are_closed_by_another_than_whoever_asked_for_it(deeds: list[Deed]) -> None:
    closed = {deed.case: deed for deed in deeds if deed.do == "close"}
    agreed = {deed.case: deed for deed in deeds if deed.do == "agree" and deed.what["takes"] == "close"}

    assert len(agreed) > 1_500
    assert all({closed[case].who, deed.who} == {FIRST, SECOND} for case, deed in agreed.items())
    assert {str(deed.what["outcome"]) for deed in closed.values()} == set(OUTCOMES) - {"duplicate"}
    quarters = Counter((deed.at.year, deed.at.month // 4) for deed in agreed.values())
    assert len(quarters) >= 4


def test_every_situation_has_an_end_and_every_deed_a_door(deeds: list[Deed]) -> None:
    situations = {choice.code for choice in current().questions["situation"].choices}

    assert read_data("courses")["outcomes"].keys() == situations
    assert {deed.do for deed in deeds if deed.who != FAMILY} == DEEDS.keys()
    assert {deed.do for deed in deeds if deed.who == FAMILY} == {"write"}


def test_a_scene_whose_case_is_not_filled_in_is_left_out() -> None:
    few = {report.key: report for report in list(reports_of(Order(20, 7, NOW)))}

    assert "missing-son" in few
    assert not [deed for deed in deeds_of(few.values(), NOW) if deed.do == "link"]


def test_turns_hold_every_deed_once(deeds: list[Deed]) -> None:
    assert [deed for turn in in_turns(deeds, 240) for deed in turn] == deeds


@pytest.mark.parametrize("month", range(1, 13))
def test_the_ordinary_demonstration_has_quarters_to_stand_side_by_side_whenever_it_is_filled(month: int) -> None:
    for day in (1, 28):
        now = datetime(2026, month, day, 12, tzinfo=UTC)
        assert len(list(quarters_of(list(reports_of(Order(60, 2022, now))), now))) >= 2


def test_every_quarter_that_is_over_is_released_once_and_in_its_time(reports: list[MadeUpReport]) -> None:
    found = list(quarters_of(reports, NOW))

    assert [str(period) for period, _ in found] == ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]
    assert all(period.is_over(at.date()) for period, at in found)
    assert found[-1][1].date().isoformat() == "2026-10-10"
