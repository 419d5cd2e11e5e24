"""Working facts: what is known now stands beside the report, signed, in the parts it belongs to, and suggests a way."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from app.accounts.members import Member
from app.casefile.cases import as_item
from app.casefile.items import Kind
from app.casefile.tables import Case, Item
from app.casework.errors import NotAllowedNow
from app.casework.facts import known_entries
from app.casework.known import follow_urgency, record_known, suggestion
from app.casework.listing import queue_page
from app.casework.moving import Wish, offer
from app.casework.opening import Standing, open_case, open_keys
from app.casework.queues import QueueFilter
from app.casework.view import CaseView
from tests.casework.desk import record
from tests.cast import NOW, Cast, answers
from tests.keys.dump import dump

COURT = "Верхньозоряний районний суд"


@pytest.fixture
def case_id(cast: Cast) -> str:
    """A missing man, with lawyers elsewhere allowed the facts alone."""
    consents = {"ngo": "full", "legal_ngo": "facts_only", "stats": "full"}
    return cast.case_of(cast.report(answers(situation="missing", story="Зник у березні."), consents))


def record_as(cast: Cast, member: Member, case_id: str, minutes: int, basis: str = "document", **found: Any) -> None:
    with cast.session() as session:
        record_known(session, member, case_id, found, basis, "2026-11", NOW + timedelta(minutes=minutes))


def seen(cast: Cast, member: Member, case_id: str) -> CaseView:
    with cast.session() as session:
        return open_case(session, member, case_id, NOW)


def test_a_missing_man_becomes_a_prisoner_and_then_a_defendant(cast: Cast, case_id: str) -> None:
    oksana, mykola = cast.member("oksana"), cast.member("mykola")
    record_as(cast, oksana, case_id, 1, situation="pow_ua", basis="told_by_other")
    record_as(cast, mykola, case_id, 2, situation="on_trial_ua", charge=["CCU-111"], court=COURT)

    view = seen(cast, oksana, case_id)
    assert view.answers["situation"] == "missing"
    assert (view.now["situation"], view.now["charge"], view.now["court"]) == ("on_trial_ua", ["CCU-111"], COURT)
    assert [(change.answers["situation"], change.basis, change.since) for change in view.known] == [
        ("pow_ua", "told_by_other", "2026-11"),
        ("on_trial_ua", "document", "2026-11"),
    ]
    assert [view.people[change.author] for change in view.known] == ["Оксана Зоряна", "Микола Гайовий"]
    assert [entry["kind"] for entry in record(cast)][:2] == ["facts_recorded"] * 2
    with cast.session() as session:
        (row,) = queue_page(session, oksana, "tracing", QueueFilter(), None, NOW).rows
    assert row.answers["situation"] == "on_trial_ua"


def test_what_is_written_freely_does_not_travel_with_the_facts(cast: Cast, case_id: str) -> None:
    oksana, ayshe = cast.member("oksana"), cast.member("ayshe")
    record_as(cast, oksana, case_id, 1, situation="on_trial_ua", court=COURT)
    wish = Wish("partner-legal", Standing.OFFERED_REFERRAL, "facts_only", "Прошу.")
    with cast.session() as session:
        offer(session, oksana, case_id, wish, NOW)

    view = seen(cast, ayshe, case_id)
    assert view.now["situation"] == "on_trial_ua"
    assert "court" not in view.now
    with cast.session() as session:
        assert suggestion(session, view, NOW) is None
    parts = sorted(row["compartment"] for row in dump(cast.engine)["item"] if row["kind"] == "entry")
    assert parts == ["desk", "facts", "letter", "words"]


def test_the_rules_suggest_where_it_belongs_now_and_say_why(cast: Cast, case_id: str) -> None:
    oksana = cast.member("oksana")
    with cast.session() as session:
        assert suggestion(session, seen(cast, oksana, case_id), NOW) is None
    record_as(cast, oksana, case_id, 1, situation="on_trial_ua")
    with cast.session() as session:
        found = suggestion(session, seen(cast, oksana, case_id), NOW)
    assert found is not None
    assert (found.queue_id, found.moves, found.priority) == ("legal", True, 1)
    assert found.reasons


def test_what_has_become_urgent_is_made_so_in_one_step(cast: Cast) -> None:
    case_id, daria = cast.case_of(cast.report()), cast.member("daria")
    with cast.session() as session, pytest.raises(NotAllowedNow):
        follow_urgency(session, daria, case_id, 1, NOW)
    record_as(cast, daria, case_id, 1, next_hearing="2026-11-21")
    with cast.session() as session:
        follow_urgency(session, daria, case_id, 2, NOW)
    with cast.session() as session:
        row = session.get_one(Case, case_id)
    assert (row.priority, row.act_by, row.version) == (0, NOW.replace(hour=20, minute=0, second=0), 3)


def test_a_change_that_its_author_did_not_sign_is_shown_and_not_counted(cast: Cast, case_id: str) -> None:
    oksana, ayshe = cast.member("oksana"), cast.member("ayshe")
    # Somebody with the keys, who writes in a name of nobody here.
    forger = replace(oksana, signing_key=ayshe.signing_key)
    record_as(cast, forger, case_id, 1, situation="killed")
    view = seen(cast, oksana, case_id)
    assert [change.verified for change in view.known] == [False]
    assert view.now["situation"] == "missing"


def test_a_district_of_another_region_is_known_no_more(cast: Cast) -> None:
    case_id = cast.case_of(cast.report(answers(raion="UA1408")))
    daria = cast.member("daria")
    record_as(cast, daria, case_id, 1, oblast="UA65")
    assert "raion" not in seen(cast, daria, case_id).now


def test_nothing_is_recorded_where_nothing_is_new_or_the_case_is_closed(cast: Cast, case_id: str) -> None:
    oksana = cast.member("oksana")
    with pytest.raises(NotAllowedNow):
        record_as(cast, oksana, case_id, 1)
    with cast.session() as session:
        session.get_one(Case, case_id).status = "closed"
        session.flush()
    with pytest.raises(NotAllowedNow):
        record_as(cast, oksana, case_id, 1, situation="killed")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_fact_that_was_damaged_in_the_database_hides_no_other(cast: Cast, case_id: str) -> None:
    oksana = cast.member("oksana")
    record_as(cast, oksana, case_id, 1, situation="pow_ua")
    with cast.session() as session:
        first = {row.id for row in session.exec(select(Item).where(col(Item.kind) == Kind.ENTRY))}
    record_as(cast, oksana, case_id, 2, situation="on_trial_ua")
    with cast.session() as session:
        for item in session.exec(select(Item).where(col(Item.id).in_(first))):
            item.sealed = bytes(len(item.sealed))
            session.add(item)
    with cast.session() as session:
        (row,) = queue_page(session, oksana, "tracing", QueueFilter(), None, NOW).rows
        opened = open_keys(session, oksana, case_id)
        items = [as_item(each) for each in session.exec(select(Item).where(col(Item.case_id) == case_id))]
        assert {entry.body["answers"].get("situation") for entry in known_entries(opened.keys, items)} == {
            "on_trial_ua",
            None,
        }
    assert row.answers["situation"] == "on_trial_ua"
