"""Reports drawn by chance: any number, valid, plausible, the same for the same seed."""

import re
import time
import tracemalloc
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from app.casefile.cases import Status
from app.demonstration.made_up import MadeUpReport, day_of, read_data
from app.demonstration.reports import drawn_reports
from app.questionnaire import check, current, missing_code
from app.routing import current_rules, decide

NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
SURNAMES = {name for row in read_data("names")["surnames"] for name in row}


@pytest.fixture(scope="module")
def drawn() -> list[MadeUpReport]:
    return list(drawn_reports(3_000, 7, NOW))


def sent_at(report: MadeUpReport) -> datetime:
    return NOW - timedelta(hours=report.age_hours)


def test_every_report_passes_the_questionnaire_and_loses_nothing_on_the_way(drawn: list[MadeUpReport]) -> None:
    for report in drawn:
        checked = check(current(), report.answers, report.consents, day_of(sent_at(report)))

        assert checked.problems == (), report.answers
        assert checked.answers == report.answers
        assert checked.consents == report.consents


def test_the_same_seed_draws_the_same_and_another_seed_others(drawn: list[MadeUpReport]) -> None:
    assert list(drawn_reports(40, 7, NOW)) == drawn[:40]
    assert list(drawn_reports(40, 8, NOW)) != drawn[:40]


def test_every_rule_decides_some_of_them(drawn: list[MadeUpReport]) -> None:
    deciding = Counter(decide(each.answers, each.consents, sent_at(each)).rule_id for each in drawn)

    rules = current_rules()
    assert set(deciding) == {*(rule.id for rule in rules.rules), rules.otherwise.id}
    assert deciding.most_common(1)[0][1] < len(drawn) * 0.4


def test_every_queue_has_work_and_the_most_urgent_stay_few(drawn: list[MadeUpReport]) -> None:
    decisions = [decide(each.answers, each.consents, sent_at(each)) for each in drawn]
    kinds = Counter(decision.queue_kind for decision in decisions)

    assert set(kinds) == {"triage", "protection", "legal", "tracing", "psychosocial", "documentation"}
    assert 0.03 < sum(decision.priority == 0 for decision in decisions) / len(drawn) < 0.25


def test_every_situation_region_and_relation_occurs(drawn: list[MadeUpReport]) -> None:
    for code in ("situation", "relation", "method", "actor", "threat", "need", "evidence_held", "formation", "charge"):
        seen = set()
        for report in drawn:
            answer = report.answers.get(code)
            seen |= set(answer) if isinstance(answer, list) else {answer} if isinstance(answer, str) else set()
        assert seen == {choice.code for choice in current().questions[code].choices}, code
    assert {"UA01", "UA85", "UA14", "UA44", "UA23", "UA65", "UA63", "UA48"} <= {
        report.answers["oblast"] for report in drawn if isinstance(report.answers["oblast"], str)
    }


def test_dates_come_in_every_precision_and_much_is_left_open(drawn: list[MadeUpReport]) -> None:
    lengths = Counter(
        len(str(each.answers["taken_on"])) for each in drawn if isinstance(each.answers.get("taken_on"), str)
    )
    left_open = Counter(missing_code(answer) for report in drawn for answer in report.answers.values())

    assert {4, 7, 10} == set(lengths)
    assert left_open["dk"] > left_open["na"] > 0
    assert 0.5 < sum("story" in report.answers for report in drawn) / len(drawn) < 0.9


def test_languages_and_consents_are_mixed(drawn: list[MadeUpReport]) -> None:
    given = Counter(recipient for report in drawn for recipient in report.consents)
    scopes = Counter(scope for report in drawn for scope in report.consents.values())

    assert 0.03 < sum(report.language == "en" for report in drawn) / len(drawn) < 0.15
    assert set(given) == {recipient.code for recipient in current().recipients}
    assert given["ngo"] == len(drawn)
    assert 0.5 < given["stats"] / len(drawn) < 0.9
    assert set(scopes) == {"full", "pseudonymised", "facts_only"}


def test_stories_differ(drawn: list[MadeUpReport]) -> None:
    stories = Counter(str(report.answers["story"]) for report in drawn if "story" in report.answers)

    assert len(stories) > sum(stories.values()) * 0.7
    assert not [story for story in stories if "{" in story or "}" in story]


def test_names_come_from_the_invented_list_and_no_digits_look_like_a_number(drawn: list[MadeUpReport]) -> None:
    free = [question.code for question in current().questions.values() if question.free]
    for report in drawn:
        surname = report.answers.get("surname")
        assert not isinstance(surname, str) or surname in SURNAMES
        for code in free:
            assert re.search(r"\d(?:[\s().+/-]*\d){3,}", str(report.answers.get(code))) is None


def test_the_staff_have_come_only_as_far_as_their_own_steps_carry(drawn: list[MadeUpReport]) -> None:
    for report in drawn:
        answered = report.progress in (Status.IN_PROGRESS, Status.AWAITING_FAMILY)
        assert bool(report.replies) is answered
        assert report.answers["reply_safe"] != "no" or not report.replies
        assert report.replies or not report.later
    assert {report.progress for report in drawn} == set(Status) - {Status.CLOSED}


def test_a_district_lies_in_its_region_and_nobody_under_age_by_accident(drawn: list[MadeUpReport]) -> None:
    for report in drawn:
        raion = report.answers.get("raion")
        assert not isinstance(raion, str) or raion.startswith(str(report.answers["oblast"]))
    young = [report for report in drawn if decide_reasons(report) & UNDER_AGE]
    assert 0 < len(young) < len(drawn) * 0.04


UNDER_AGE = {rule.reason for rule in current_rules().rules if rule.id == "under_age"}


def decide_reasons(report: MadeUpReport) -> set[str]:
    decision = decide(report.answers, report.consents, sent_at(report))
    return {*decision.reasons, *decision.others}


def test_the_data_speaks_of_questions_that_are_asked() -> None:
    assert set(read_data("drawn")["questions"]) <= set(current().questions)


def test_drawing_is_quick_and_keeps_nothing() -> None:
    for _ in drawn_reports(50, 1, NOW):
        pass

    started = time.process_time()
    for _ in drawn_reports(2_000, 1, NOW):
        pass
    seconds = time.process_time() - started

    tracemalloc.start()
    for _ in drawn_reports(100, 1, NOW):
        pass
    _, first = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    for _ in drawn_reports(500, 1, NOW):
        pass
    _, second = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # Two thousand in less than four seconds on a crowded machine; measured, they take far less.
    assert seconds < 4
    assert second < first + 100_000
