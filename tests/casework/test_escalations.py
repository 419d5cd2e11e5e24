"""Late cases reach the lead, then the coordinator, who learns number, priority and age alone."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.casefile.errors import NotFound
from app.casefile.tables import Case
from app.casework import actions, escalations, junk, watch
from app.casework.escalations import Escalated, Missed
from app.casework.standby import posts
from tests.cast import NOW, Cast

# The legal queue promises to acknowledge within eight hours.
MISSED, TWICE = NOW + timedelta(hours=10), NOW + timedelta(hours=18)


def late_case(cast: Cast, until: timedelta = TWICE - NOW) -> str:
    """A case that nobody acknowledged, and the worker's look at it."""
    case_id = cast.case_of(cast.report())
    look(cast, NOW + until)
    return case_id


def look(cast: Cast, moment: datetime) -> None:
    with cast.session() as session:
        watch.pass_on_missed(session, moment)
        watch.escalate(session, moment)


def seen_by(cast: Cast, name: str) -> tuple[Escalated, ...]:
    member = cast.member(name)
    with cast.session() as session:
        return escalations.escalations(session, member, TWICE)


def missed(cast: Cast, name: str) -> tuple[Missed, ...]:
    member = cast.member(name)
    with cast.session() as session:
        return escalations.missed_by(session, posts(session, member, MISSED))


def test_a_missed_acknowledgement_reaches_the_lead_of_its_queue_alone(cast: Cast) -> None:
    case_id = late_case(cast, MISSED - NOW)

    assert [(case.case_id, case.priority, case.reminded) for case in missed(cast, "daria")] == [(case_id, 1, False)]
    assert missed(cast, "bohdan") == missed(cast, "oksana") == missed(cast, "ayshe") == missed(cast, "lena") == ()
    assert seen_by(cast, "lena") == ()


def test_after_twice_the_time_a_coordinator_learns_number_priority_and_age(cast: Cast) -> None:
    case_id = late_case(cast)

    (found,) = seen_by(cast, "lena")
    assert asdict(found).keys() == {"case_id", "priority", "late_since", "seen", "reminded"}
    assert (found.case_id, found.priority, found.seen, found.reminded) == (case_id, 1, False, False)
    assert found.late_since == NOW.replace(minute=0, second=0) + timedelta(hours=9)
    # Of another organisation nothing is told.
    assert seen_by(cast, "omar") == ()


def test_what_was_seen_says_so_and_a_lead_who_was_reminded_reads_it(cast: Cast) -> None:
    case_id = late_case(cast)
    lena = cast.member("lena")
    with cast.session() as session:
        escalations.mark_seen(session, lena, case_id, TWICE)
    assert [(case.seen, case.reminded) for case in seen_by(cast, "vira")] == [(True, False)]
    with cast.session() as session:
        escalations.remind_lead(session, lena, case_id, TWICE)

    assert [(case.seen, case.reminded) for case in seen_by(cast, "vira")] == [(True, True)]
    assert [case.reminded for case in missed(cast, "daria")] == [True]


def test_once_somebody_acknowledged_it_nobody_is_told_any_more(cast: Cast) -> None:
    case_id = late_case(cast)
    daria, lena = cast.member("daria"), cast.member("lena")
    with cast.session() as session:
        actions.acknowledge(session, daria, case_id, 1, TWICE)

    assert (seen_by(cast, "lena"), missed(cast, "daria")) == ((), ())
    with pytest.raises(NotFound), cast.session() as session:
        escalations.remind_lead(session, lena, case_id, TWICE)


def test_what_was_set_aside_is_late_for_nobody_until_it_is_given_back(cast: Cast) -> None:
    daria, lena = cast.member("daria"), cast.member("lena")
    before, after = (cast.case_of(cast.report()) for _ in range(2))
    with cast.session() as session:
        junk.set_aside(session, daria, before, 1, NOW)
    look(cast, TWICE)
    assert [case.case_id for case in missed(cast, "daria")] == [after]
    with cast.session() as session:
        junk.set_aside(session, daria, after, session.get_one(Case, after).version, TWICE)
    look(cast, TWICE)
    assert (seen_by(cast, "lena"), missed(cast, "daria")) == ((), ())
    with pytest.raises(NotFound), cast.session() as session:
        escalations.remind_lead(session, lena, after, TWICE)
    for case_id in (before, after):
        with cast.session() as session:
            junk.give_back(session, daria, case_id, TWICE)
    look(cast, TWICE)
    assert {case.case_id for case in seen_by(cast, "lena")} == {before, after}
    assert {case.case_id for case in missed(cast, "daria")} == {before, after}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_late_cases_are_found_along_their_own_index_however_many_are_open(cast: Cast) -> None:
    late_case(cast)
    plans: list[str] = []

    @event.listens_for(cast.engine, "before_cursor_execute")
    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT") and "escalated IS NOT NULL" in statement:
            plans.extend(row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall())

    assert len(seen_by(cast, "lena")) == len(missed(cast, "daria")) == 1
    on_cases = [plan for plan in plans if " case " in plan]
    assert on_cases
    assert [plan for plan in on_cases if "ix_case_escalated" not in plan] == []


@pytest.mark.parametrize("number", ["", "nosuch12", "23456789"])
def test_what_was_not_escalated_cannot_be_seen_or_reminded_of(cast: Cast, number: str) -> None:
    lena = cast.member("lena")
    for step in (escalations.mark_seen, escalations.remind_lead):
        with pytest.raises(NotFound), cast.session() as session:
            step(session, lena, number, TWICE)


def test_a_case_of_another_organisation_is_not_found(cast: Cast) -> None:
    case_id = late_case(cast)
    omar = cast.member("omar")
    with pytest.raises(NotFound), cast.session() as session:
        escalations.mark_seen(session, omar, case_id, TWICE)
