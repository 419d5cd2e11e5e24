"""Facets: what a report adds to the tables, sealed so that the database alone tells nothing of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from app.accounts.members import Member
from app.accounts.rings import STATISTICS
from app.accounts.tables import RingKey
from app.casefile.tables import Case
from app.casework import junk
from app.casework.known import record_known
from app.intake import changing, returning
from app.questionnaire import current
from app.statistics.facets import FACET_BYTES, FILLING, Progress, code_report, statistics_key
from app.statistics.reading import open_facet, raw_facets
from app.statistics.tables import Facet
from app.storage.packing import pack
from tests.cast import NOW, Cast, answers

STATS = {"ngo": "full", "stats": "full"}


def opened(cast: Cast, member: Member) -> list[dict[str, Any]]:
    """Every facet that a member's keys open, without its filling."""
    with cast.session() as session:
        rows = list(raw_facets(session, b""))
        found = [open_facet(session, member, *row) for row in rows]
    return [{name: value for name, value in content.items() if name != FILLING} for content in found if content]


def test_a_report_with_the_consent_adds_its_codes_and_months(cast: Cast) -> None:
    cast.report(answers(taken_on="2022-02-24", need=["tracing", "body"], birth_date="1990", story="Слово"), STATS)
    assert opened(cast, cast.member("lena")) == [
        {
            "received": "2026-11",
            "taken": "2022-02",
            "oblast": "UA14",
            "raion": "",
            "situation": "on_trial_ua",
            "method": "",
            "sex": "",
            "passport_period": "",
            "need": ["tracing", "body"],
            "threat": [],
            "age": "35_44",
            "closed": "",
            "outcome": "",
            "first_answer": "none",
        }
    ]


def test_a_report_without_the_consent_looks_the_same_from_outside_and_adds_nothing(cast: Cast) -> None:
    cast.report()
    cast.report(consents=STATS)
    contents = opened(cast, cast.member("lena"))
    assert sorted(map(bool, contents)) == [False, True]
    with cast.session() as session:
        rows = session.exec(select(Facet)).all()
    assert len({len(row.sealed) for row in rows}) == 1


def test_withdrawing_the_consent_leaves_a_facet_that_adds_nothing(cast: Cast) -> None:
    code = cast.report(consents=STATS)
    with cast.session() as session:
        _, visit = returning.open_return(session, code, NOW)
        changing.change_consents(session, visit, {"stats": ""}, NOW)
    assert opened(cast, cast.member("lena")) == [{}]


@pytest.fixture
def without_key(cast: Cast) -> str:
    """A case that is counted, and its code; then somebody damages the statistics' key in the database."""
    code = cast.report(consents=STATS)
    assert len(opened(cast, cast.member("lena"))) == 1
    with cast.session() as session:
        session.execute(delete(RingKey).where(col(RingKey.ring) == STATISTICS))
        assert statistics_key(session) is None
    return code


def facets(cast: Cast) -> list[Facet]:
    with cast.session() as session:
        return list(session.exec(select(Facet)))


def test_withdrawing_the_consent_takes_the_facet_away_also_while_there_is_no_key(cast: Cast, without_key: str) -> None:
    with cast.session() as session:
        _, visit = returning.open_return(session, without_key, NOW)
        changing.change_consents(session, visit, {"stats": ""}, NOW)
    assert facets(cast) == []


def test_what_is_set_aside_is_not_counted_also_while_there_is_no_key(cast: Cast, without_key: str) -> None:
    case, daria = cast.case_of(without_key), cast.member("daria")
    kept = facets(cast)
    with cast.session() as session:
        record_known(session, daria, case, {"situation": "pow_ua"}, "document", "", NOW)
    assert facets(cast) == kept
    with cast.session() as session:
        junk.set_aside(session, daria, case, session.get_one(Case, case).version, NOW)
    assert facets(cast) == []


def test_withdrawing_everything_leaves_no_facet(cast: Cast) -> None:
    code = cast.report(consents=STATS)
    with cast.session() as session:
        _, visit = returning.open_return(session, code, NOW)
        returning.withdraw(session, visit, code, NOW)
    with cast.session() as session:
        assert session.exec(select(Facet)).all() == []


@pytest.mark.parametrize("name", ["daria", "petro", "roman", "tomas", "ayshe", "omar"])
def test_nobody_but_coordinators_opens_a_facet(cast: Cast, name: str) -> None:
    cast.report(consents=STATS)
    assert opened(cast, cast.member(name)) == []


@pytest.mark.parametrize(
    ("given", "band"),
    [
        ({"birth_date": "2008-11-21"}, "under_18"),
        ({"birth_date": "2008-11-20"}, "18_24"),
        ({"birth_date": "2001-11"}, "25_34"),
        ({"birth_date": "1900"}, "60_plus"),
        ({"age_band": "45_59"}, "45_59"),
        ({"birth_date": {"missing": "dk"}, "age_band": {"missing": "na"}}, ""),
    ],
)
def test_an_age_becomes_a_band(given: dict[str, Any], band: str) -> None:
    assert code_report(given, NOW)["age"] == band


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (timedelta(hours=3), "within_day"),
        (timedelta(days=2), "within_3_days"),
        (timedelta(days=7), "within_week"),
        (timedelta(days=8), "later"),
        (None, "none"),
    ],
)
def test_the_time_to_the_first_answer_becomes_a_class(after: timedelta | None, code: str) -> None:
    answered = None if after is None else NOW + after
    assert code_report({}, NOW, Progress(answered=answered))["first_answer"] == code


def test_a_closing_is_told_by_its_month() -> None:
    progress = Progress(closed=date(2026, 12, 31), outcome="exchanged")
    found = code_report({}, datetime(2026, 11, 30, 23, tzinfo=UTC), progress)
    assert (found["received"], found["closed"], found["outcome"]) == ("2026-11", "2026-12", "exchanged")


def test_the_longest_facet_fits_into_the_one_size() -> None:
    longest: dict[str, Any] = {
        code: max((choice.code for choice in question.choices), key=len)
        for code, question in current().questions.items()
        if question.choices
    }
    for code in ("need", "threat"):
        longest[code] = sorted((choice.code for choice in current().questions[code].choices), key=len)[-4:]
    found = code_report(longest, NOW, Progress(NOW, NOW.date(), "submitted_icc_and_more"))
    assert len(pack({**found, FILLING: ""})) < FACET_BYTES
