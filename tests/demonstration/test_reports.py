"""The reports written by hand: whole, made up, and met by every rule."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from app.casefile.cases import Status
from app.casefile.texts import read_written
from app.demonstration.made_up import date_from, day_of, read_data
from app.demonstration.reports import MadeUpReport, written_reports
from app.questionnaire import check, current, missing_code, read_date
from app.questionnaire.answers import Kind
from app.routing import current_rules, decide

NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
# The last of a month, of a leap February and of a year, and both sides of midnight in Kyiv.
MOMENTS = (
    NOW,
    NOW + timedelta(hours=1),
    datetime(2026, 12, 31, 9, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    datetime(2027, 3, 31, 23, 59, tzinfo=UTC),
)
FILES = ("written_court", "written_taken", "written_lost", "written_home", "written_more")
SURNAMES = {name for row in read_data("names")["surnames"] for name in row}
WRITTEN = written_reports(NOW)


def sent_at(report: MadeUpReport, now: datetime = NOW) -> datetime:
    return now - timedelta(hours=report.age_hours)


def decided_by(report: MadeUpReport, now: datetime = NOW) -> str:
    return decide(report.answers, report.consents, sent_at(report, now)).rule_id


def named(report: MadeUpReport) -> str:
    return report.key


def said(report: MadeUpReport) -> str:
    """Everything that somebody wrote freely in a report and after it."""
    questions = current().questions
    free = [value for code, value in report.answers.items() if code in questions and questions[code].free]
    return "\n".join([*(text for text in free if isinstance(text, str)), *report.replies, *report.later])


def test_there_are_more_than_thirty_and_each_has_a_key_of_its_own() -> None:
    assert 30 <= len(WRITTEN) < 45
    assert len({report.key for report in WRITTEN}) == len(WRITTEN)


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_every_report_passes_the_questionnaire_and_loses_nothing_on_the_way(now: datetime) -> None:
    for report in written_reports(now):
        checked = check(current(), report.answers, report.consents, day_of(sent_at(report, now)))

        assert checked.problems == (), report.key
        assert checked.answers == report.answers, report.key
        assert checked.consents == report.consents, report.key


def test_no_past_date_lies_after_the_report() -> None:
    for report in WRITTEN:
        for code, question in current().questions.items():
            known = read_date(report.answers.get(code)) if question.past else None
            assert known is None or known.first_day <= day_of(sent_at(report)), (report.key, code)


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_the_first_thirty_meet_every_rule(now: datetime) -> None:
    deciding = {decided_by(report, now) for report in written_reports(now)[:30]}

    rules = current_rules()
    assert deciding == {*(rule.id for rule in rules.rules), rules.otherwise.id}


def test_the_first_is_the_one_the_project_is_founded_on() -> None:
    first = WRITTEN[0]

    assert first.answers["situation"] == "on_trial_ua"
    assert first.answers["relation"] == "spouse"
    assert (first.answers["oblast"], first.answers["raion"]) == ("UA14", "UA1408")
    assert first.answers["age_band"] == "25_34"
    assert first.answers["actor"] == "armed_unknown"
    assert first.answers["threat"] == ["execution"]
    assert first.answers["task"] == "digging"
    assert first.answers["charge"] == ["CCU-111", "CCU-258-3"]
    assert (first.answers["taken_on"], first.answers["surrendered_on"]) == ("2022-02", "2022-05")
    assert {"ngo", "legal_ngo", "stats"} <= first.consents.keys()


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_the_first_lands_with_legal_aid_at_p1(now: datetime) -> None:
    first = written_reports(now)[0]

    decision = decide(first.answers, first.consents, sent_at(first, now))

    assert (decision.queue_kind, decision.priority) == ("legal", 1)
    assert (decision.acknowledge_within, decision.act_within) == (timedelta(hours=8), timedelta(hours=24))
    assert decision.reasons == (
        "The person surrendered, is a prisoner of war, is on trial or was convicted in Ukraine.",
    )
    assert decision.others == ("The family asks for legal defence.",)


def test_every_kind_of_teller_and_many_regions_are_there() -> None:
    relations = {choice.code for choice in current().questions["relation"].choices}
    oblasts = {report.answers["oblast"] for report in WRITTEN if isinstance(report.answers["oblast"], str)}

    assert {report.answers.get("relation") for report in WRITTEN} - {None} == relations
    assert oblasts == {"UA01", "UA85", "UA14", "UA44", "UA23", "UA65", "UA63", "UA48"}
    assert {report.language for report in WRITTEN} == {"uk", "en"}
    assert sum(report.language == "en" for report in WRITTEN) < len(WRITTEN) / 4


def test_every_situation_and_every_progress_is_there() -> None:
    situations = {choice.code for choice in current().questions["situation"].choices}

    assert {report.answers["situation"] for report in WRITTEN} == situations
    assert {report.progress for report in WRITTEN} == set(Status) - {Status.CLOSED}


def test_a_report_from_a_phone_that_may_be_checked_holds_no_name() -> None:
    searched = [report for report in WRITTEN if report.answers.get("device") == "may_be_checked"]

    assert len(searched) >= 3
    for report in searched:
        for code in ("surname", "given_name", "patronymic"):
            answer = report.answers.get(code)
            assert answer is None or missing_code(answer) == "na"


def test_names_are_spelt_in_three_alphabets_and_belong_to_nobody() -> None:
    surnames = [str(report.answers["surname"]) for report in WRITTEN if isinstance(report.answers.get("surname"), str)]

    rows = [tuple(row) for row in read_data("names")["surnames"]]
    only = [{row[n] for row in rows} - {row[m] for row in rows for m in range(3) if m != n} for n in range(3)]
    assert set(surnames) <= SURNAMES
    assert len(set(surnames)) == len(surnames)
    assert all(spelling & set(surnames) for spelling in only)


def test_nothing_looks_like_a_telephone_or_a_tax_number() -> None:
    for report in WRITTEN:
        assert re.search(r"\d(?:[\s().+/-]*\d){4,}", said(report)) is None, report.key
        assert "@" not in said(report).replace("@example.org", ""), report.key


@pytest.mark.parametrize("report", WRITTEN, ids=named)
def test_the_staff_have_come_only_as_far_as_their_own_steps_carry(report: MadeUpReport) -> None:
    # An answer moves a case on by itself; waiting for the family follows an answer.
    answered = report.progress in (Status.IN_PROGRESS, Status.AWAITING_FAMILY)

    assert bool(report.replies) is answered
    assert report.answers["reply_safe"] != "no" or not report.replies
    assert report.progress is not Status.AWAITING_FAMILY or not report.later
    assert all(read_written(text) == text for text in (*report.replies, *report.later))
    assert report.age_hours >= 1 or report.progress is Status.NEW


@pytest.mark.parametrize("report", WRITTEN, ids=named)
def test_what_is_written_is_in_the_reports_language(report: MadeUpReport) -> None:
    for text in (*report.replies, *report.later):
        cyrillic = len(re.findall(r"[а-яіїєґ]", text, re.IGNORECASE))
        assert (cyrillic > len(text) / 3) is (report.language == "uk")
    assert re.fullmatch(r"[\x20-\x7e]{20,}", report.story_of)


@pytest.mark.parametrize("report", WRITTEN, ids=named)
def test_no_answer_promises_a_rescue(report: MadeUpReport) -> None:
    for text in report.replies:
        assert re.search(r"врятуємо|звільнимо|гаранту|we will save|guarantee", text, re.IGNORECASE) is None


@pytest.mark.parametrize(
    ("unit", "steps", "written"),
    [
        ("hour", 40, "2026-11-25"),
        ("hour", 1, "2026-11-24"),
        ("day", -3, "2026-11-20"),
        ("day", 2, "2026-11-25"),
        ("month", -11, "2025-12"),
        ("month", 2, "2027-01"),
        ("year", -16, "2010"),
    ],
)
def test_near_dates_are_counted_in_days_of_kyiv(unit: str, steps: int, written: str) -> None:
    assert date_from(NOW, unit, steps) == written


def test_near_dates_stay_near_in_every_year() -> None:
    for now in MOMENTS:
        near = {report.key: report.answers for report in written_reports(now)}

        due = date.fromisoformat(str(near["summons-in-two-days"]["deadline"]))
        assert due - day_of(now) in (timedelta(days=1), timedelta(days=2))
        hearing = date.fromisoformat(str(near["hearing-in-forty-hours"]["next_hearing"]))
        assert timedelta(days=1) <= hearing - day_of(now) <= timedelta(days=2)
        surrendered = date.fromisoformat(str(near["surrendered-three-days-ago"]["surrendered_on"]))
        assert timedelta(days=3) <= day_of(now) - surrendered <= timedelta(days=4)


def test_no_day_of_taking_is_fixed() -> None:
    for entry in (entry for name in FILES for entry in read_data(name)["reports"]):
        assert not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(entry["answers"].get("taken_on")))


def test_free_texts_fit_where_they_are_written() -> None:
    for report in WRITTEN:
        for code, question in current().questions.items():
            text = report.answers.get(code)
            if question.kind is Kind.TEXT and isinstance(text, str):
                assert len(text) <= 2_000, (report.key, code)
