"""A case is stored whole, and taken back whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from app.casefile import cases
from app.casefile.cases import FILLING, Arrival, Holder, Sealed
from app.casefile.items import Kind, open_item, seal_to_inbox
from app.casefile.keys import CaseKeys, Compartment, GrantPlace, open_grant
from app.storage.sessions import session_scope
from app.vault.hybrid import new_private_key, public_key
from tests.cast import NOW
from tests.keys.dump import dump

PRIVATE = new_private_key()
PARTS = {"identity": {"surname": "Ковалишин"}, "facts": {"situation": "on_trial_ua"}}
ARRIVAL = Arrival(
    case_id="CASE2345",
    parts=PARTS,
    consents={"ngo": {"scope": "full", "text": "1/uk", "day": "2026-11-20"}},
    routing={"reasons": ["Because."], "others": [], "asks": [], "fallback": None},
    version="2026-11",
    language="uk",
    holder=Holder("legal", 1, public_key(PRIVATE)),
    consent="ngo",
    told=("protection", "legal"),
    priority=1,
    acknowledge_within=timedelta(hours=8),
    act_within=timedelta(hours=24),
)


def store(engine: Engine, arrival: Arrival = ARRIVAL) -> Sealed:
    sealed = cases.seal_case(arrival, NOW)
    with session_scope(engine) as session:
        cases.store_case(session, sealed)
    return sealed


def opened(engine: Engine, case_id: str = "CASE2345") -> CaseKeys:
    grant = next(row for row in dump(engine)["grant"] if row["case_id"] == case_id)
    return open_grant(
        GrantPlace(case_id, grant["queue_id"], grant["generation"], grant["consent"]), grant["sealed"], PRIVATE
    )


def contents(engine: Engine, *parts: Compartment) -> dict[tuple[str, str], dict[str, Any]]:
    keys = opened(engine)
    with session_scope(engine) as session:
        items = cases.items_of(session, "CASE2345", *parts)
    return {
        (item.compartment, item.kind): {name: value for name, value in open_item(keys, item).items() if name != FILLING}
        for item in items
    }


def test_a_report_comes_out_of_its_compartments_as_it_went_in(engine: Engine) -> None:
    store(engine)

    assert contents(engine, *Compartment) == {
        ("identity", Kind.REPORT): {"version": "2026-11", "answers": {"surname": "Ковалишин"}},
        ("facts", Kind.REPORT): {"version": "2026-11", "answers": {"situation": "on_trial_ua"}, "language": "uk"},
        ("words", Kind.REPORT): {"version": "2026-11", "answers": {}},
        ("facts", Kind.CONSENTS): dict(ARRIVAL.consents),
        ("facts", Kind.ROUTING): {
            **ARRIVAL.routing,
            "received": "2026-11-20T11:07:31+00:00",
            "practice": False,
            "acknowledge_by": "2026-11-20T19:07:31+00:00",
            "act_by": "2026-11-21T11:07:31+00:00",
        },
    }
    assert set(contents(engine, Compartment.WORDS)) == {("words", Kind.REPORT)}


def test_the_code_is_given_the_replies_and_the_way_into_the_inbox(engine: Engine) -> None:
    sealed = store(engine)
    keys = opened(engine)

    assert sealed.replies_key == keys.keys[Compartment.REPLIES]
    message = seal_to_inbox("CASE2345", sealed.inbox_public, Kind.MESSAGE, {"text": "Дякую."}, NOW.date())
    with session_scope(engine) as session:
        cases.add_item(session, message)
    assert contents(engine, Compartment.INBOX) == {("inbox", Kind.MESSAGE): {"text": "Дякую."}}


def test_a_list_shows_the_day_and_deadlines_to_the_hour(engine: Engine) -> None:
    store(engine)
    row = dump(engine)["case"][0]

    assert row["received"] == NOW.date()
    assert row["acknowledge_by"] == row["due"] == datetime(2026, 11, 20, 20, tzinfo=UTC)
    assert row["act_by"] == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert (row["status"], row["priority"], row["assignee"], row["unread"], row["version"]) == (
        "new",
        1,
        None,
        False,
        1,
    )


def test_a_case_that_nobody_is_told_of_is_stored_all_the_same(engine: Engine) -> None:
    store(engine, replace(ARRIVAL, told=()))

    assert dump(engine)["told"] == []
    assert len(dump(engine)["item"]) == 5


def test_a_short_report_and_a_long_one_have_as_many_pieces(engine: Engine) -> None:
    store(engine)
    store(engine, replace(ARRIVAL, case_id="CASE6789", parts={"words": {"story": "ї" * 9_000}}))
    rows = dump(engine)["item"]

    assert len([row for row in rows if row["case_id"] == "CASE6789"]) * 2 == len(rows)


def test_a_number_is_free_until_it_was_used_and_never_again(engine: Engine) -> None:
    with session_scope(engine) as session:
        assert cases.is_free(session, "CASE2345")
    store(engine)
    with session_scope(engine) as session:
        assert not cases.is_free(session, "CASE2345")
    with session_scope(engine) as session:
        cases.withdraw_case(session, "CASE2345", NOW)
    with session_scope(engine) as session:
        assert not cases.is_free(session, "CASE2345")


def test_two_cases_of_one_number_are_never_stored(engine: Engine) -> None:
    store(engine)
    with pytest.raises(IntegrityError):
        store(engine, replace(ARRIVAL, parts={}))

    assert contents(engine, Compartment.IDENTITY)["identity", Kind.REPORT]["answers"] == {"surname": "Ковалишин"}


def test_taking_back_leaves_one_line_and_no_other_case_is_touched(engine: Engine) -> None:
    store(engine)
    store(engine, replace(ARRIVAL, case_id="CASE6789"))
    before = dump(engine)
    with session_scope(engine) as session:
        cases.withdraw_case(session, "CASE2345", NOW)
    after = dump(engine)

    kept = {
        name: [row for row in rows if row.get("case_id", row.get("id")) != "CASE2345"] for name, rows in before.items()
    }
    assert after | {"withdrawal": []} == kept
    gone = {"case_id": "CASE2345", "queue_id": "legal", "day": NOW.date(), "cause": "family"}
    assert after["withdrawal"] == [gone]


def test_what_is_gone_cannot_be_taken_back_again(engine: Engine) -> None:
    store(engine)
    for _ in range(2):
        with session_scope(engine) as session:
            cases.withdraw_case(session, "CASE2345", NOW)
    with session_scope(engine) as session:
        cases.withdraw_case(session, "NOBODYS2", NOW)

    assert [row["case_id"] for row in dump(engine)["withdrawal"]] == ["CASE2345"]


def test_nothing_can_be_added_to_what_is_gone(engine: Engine) -> None:
    sealed = store(engine)
    with session_scope(engine) as session:
        cases.withdraw_case(session, "CASE2345", NOW)
    late = seal_to_inbox("CASE2345", sealed.inbox_public, Kind.MESSAGE, {"text": "Дякую."}, NOW.date())
    with pytest.raises(IntegrityError), session_scope(engine) as session:
        cases.add_item(session, late)
