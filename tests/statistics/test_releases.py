"""Releases: made by one coordinator, confirmed by another, frozen, counted once."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from app.accounts.errors import KeyNotHeld
from app.statistics import confirming, ledger, making, releases
from app.statistics.errors import NoSuchRelease, NothingToDo, NotOver, Overdrawn, SamePerson
from app.statistics.facets import (
    add_facet,
    code_report,
    drop_facet,
    nothing_to_add,
    seal_facet,
    statistics_key,
    store_facet,
)
from app.statistics.periods import Period, read_period
from app.statistics.tables import Counted, LedgerEntry, Release
from tests.cast import Cast
from tests.statistics.made import INTAKE, LATER, OUTCOME, PERIOD, confirm, exactly, facet, make, put, read


def rows(cast: Cast, table: Any) -> list[Any]:
    with cast.session() as session:
        return list(session.exec(select(table)))


def test_a_release_counts_the_people_of_its_period_and_nobody_else(cast: Cast) -> None:
    put(cast, [facet(oblast="UA14")] * 24 + [facet(oblast="UA44")] * 19 + [None] * 20)
    put(cast, [facet(date(2026, 6, 30)), facet(date(2026, 10, 1))] * 15)
    assert make(cast) == 2
    number = confirm(cast)
    assert number == 1
    shown = read(cast, number)
    assert shown["oblast_month"] == {("UA14", "2026-08"): 24}
    assert shown["situation"] == {("missing", ""): 43}
    assert shown["need"] == {("unknown", ""): 43}
    assert rows(cast, Counted) == []
    assert rows(cast, Release)[0].sealed is None


def test_steps_give_the_same_as_one_and_are_resumed_where_they_were_left(cast: Cast) -> None:
    put(cast, [facet()] * 25)
    assert make(cast, most=7) == 5
    number = confirm(cast)
    assert number is not None
    assert read(cast, number)["situation"] == {("missing", ""): 25}


def test_a_step_that_two_windows_take_counts_once(cast: Cast) -> None:
    put(cast, [facet()] * 25)
    lena = cast.member("lena")
    with cast.session() as session:
        making.begin(session, lena, INTAKE, PERIOD, LATER)
    with cast.session() as one:
        making.take_step(one, lena, INTAKE, PERIOD, LATER, exactly, 10)
        one.rollback()
    with cast.session() as session:
        row = session.get_one(Release, (INTAKE.value, str(PERIOD)))
        session.expunge(row)
        making.take_step(session, lena, INTAKE, PERIOD, LATER, exactly, 10)
    with cast.session() as session, pytest.raises(NothingToDo):
        making._move(session, row, {"percent": 1})
    with cast.session() as session:
        assert [state.percent for state in making.waiting(session)] == [40]


@pytest.mark.parametrize("name", ["daria", "petro", "roman", "omar"])
def test_nobody_else_can_make_a_release(cast: Cast, name: str) -> None:
    member = cast.member(name)
    with cast.session() as session, pytest.raises(KeyNotHeld):
        making.begin(session, member, INTAKE, PERIOD, LATER)


def test_a_period_that_is_not_over_is_not_counted(cast: Cast) -> None:
    lena = cast.member("lena")
    with cast.session() as session, pytest.raises(NotOver):
        making.begin(session, lena, INTAKE, Period(2026, 4), LATER)
    for text in ("2026-08", "2026-Q5", "next", "1999-Q1"):
        with pytest.raises(NotOver):
            read_period(text)


def test_a_period_draws_on_the_ledger_once_for_each_kind(cast: Cast) -> None:
    put(cast, [facet()])
    make(cast)
    confirm(cast)
    lena, vira = cast.member("lena"), cast.member("vira")
    for member in (lena, vira):
        with cast.session() as session, pytest.raises(Overdrawn):
            making.begin(session, member, INTAKE, PERIOD, LATER)
        with cast.session() as session, pytest.raises(Overdrawn):
            ledger.draw(session, member, 2, INTAKE, PERIOD, 1)
    make(cast, OUTCOME)
    with cast.session() as session:
        drawn = ledger.read_ledger(session)
    assert [(entry.number, entry.kind, entry.holds) for entry in drawn] == [(2, OUTCOME, True), (1, INTAKE, True)]
    assert ledger.most_drawn(drawn) == 3_620


def test_the_ledger_refuses_more_than_the_budget(cast: Cast) -> None:
    lena = cast.member("lena")
    with pytest.raises(Overdrawn), cast.session() as session:
        ledger.draw(session, lena, 1, INTAKE, PERIOD, 4_001)
    assert rows(cast, LedgerEntry) == []


def test_an_altered_entry_of_the_ledger_shows(cast: Cast) -> None:
    make(cast)
    with cast.session() as session:
        session.execute(update(LedgerEntry).values(epsilon_milli=1))
    with cast.session() as session:
        assert [entry.holds for entry in ledger.read_ledger(session)] == [False]


def test_whoever_made_a_release_does_not_confirm_it(cast: Cast) -> None:
    make(cast)
    lena, daria = cast.member("lena"), cast.member("daria")
    with cast.session() as session, pytest.raises(SamePerson):
        confirming.begin(session, lena, INTAKE, PERIOD)
    with cast.session() as session, pytest.raises(KeyNotHeld):
        confirming.begin(session, daria, INTAKE, PERIOD)
    with cast.session() as session, pytest.raises(NoSuchRelease):
        releases.read_release(session, 1)


def test_only_what_was_made_can_be_confirmed(cast: Cast) -> None:
    lena, vira = cast.member("lena"), cast.member("vira")
    with cast.session() as session:
        making.begin(session, lena, INTAKE, PERIOD, LATER)
    with cast.session() as session, pytest.raises(NothingToDo):
        confirming.begin(session, vira, INTAKE, PERIOD)
    with cast.session() as session, pytest.raises(NothingToDo):
        making.begin(session, vira, INTAKE, PERIOD, LATER)
    with cast.session() as session, pytest.raises(NothingToDo):
        making.take_step(session, vira, INTAKE, PERIOD, LATER)


def test_a_family_that_withdraws_before_the_confirmation_is_in_no_release(cast: Cast) -> None:
    def add_nothing(session: Session, key: bytes) -> None:
        emptied = nothing_to_add(session, key)
        assert emptied is not None
        store_facet(session, key, emptied)

    for leave in (drop_facet, add_nothing):
        key, *_ = put(cast, [facet()] * 11)
        make(cast, most=4)
        with cast.session() as session:
            leave(session, key)
        assert confirm(cast) is None
        assert rows(cast, Release) == rows(cast, Counted) == rows(cast, LedgerEntry) == []
    make(cast)
    assert read(cast, confirm(cast) or 0)["situation"] == {("missing", ""): 20}


def test_a_correction_before_the_confirmation_does_not_undo_the_making(cast: Cast) -> None:
    key, *_ = put(cast, [facet()] * 11)
    make(cast)
    with cast.session() as session:
        ring = statistics_key(session)
        assert ring is not None
        store_facet(session, key, seal_facet(ring, key, facet(situation="pow_ua")))
    assert confirm(cast) == 1


def test_a_stopped_making_spends_nothing_and_can_be_begun_anew(cast: Cast) -> None:
    make(cast)
    lena = cast.member("lena")
    with cast.session() as session:
        making.stop(session, lena, INTAKE, PERIOD, LATER)
    assert rows(cast, Release) == rows(cast, Counted) == rows(cast, LedgerEntry) == []
    with cast.session() as session, pytest.raises(NothingToDo):
        making.stop(session, lena, INTAKE, PERIOD, LATER)
    make(cast)
    confirm(cast)
    with cast.session() as session, pytest.raises(NothingToDo):
        making.stop(session, lena, INTAKE, PERIOD, LATER)


@pytest.mark.parametrize(
    "change",
    [
        {"content": b'{"kind":"intake","number":1,"period":"2026-Q3"}'},
        {"made_signature": bytes(64)},
        {"confirmed_signature": bytes(64)},
        {"confirmed_by": "somebody"},
        {"period": "2026-Q2"},
        {"period": "never"},
        {"kind": "none"},
        {"content": b"{"},
        {"content": b"[]"},
        {"content": b"[" * 100_000},
    ],
    ids=lambda change: str(change)[:40],
)
def test_a_release_that_two_coordinators_did_not_sign_is_shown_to_nobody(cast: Cast, change: dict[str, Any]) -> None:
    make(cast)
    confirm(cast)
    with cast.session() as session:
        session.execute(update(Release).values(**change))
    with cast.session() as session:
        assert releases.read_releases(session) == ()
        assert len(releases.unsound(session)) == 1
        with pytest.raises(NoSuchRelease):
            releases.read_release(session, 1)


def test_a_closed_case_is_in_the_outcomes_of_the_quarter_it_was_closed_in(cast: Cast) -> None:
    closed = {**code_report({"situation": "missing"}, LATER), "closed": "2026-09", "outcome": "located_alive"}
    put(cast, [closed] * 24)
    make(cast, OUTCOME)
    number = confirm(cast, OUTCOME)
    assert number is not None
    assert read(cast, number) == {"outcome": {("located_alive", ""): 24}, "first_answer": {("none", ""): 24}}


def test_a_row_that_nobody_can_open_keeps_no_release_from_being_made(cast: Cast) -> None:
    put(cast, [facet()] * 20)
    with cast.session() as session:
        ring = statistics_key(session)
        assert ring is not None
        sealed = seal_facet(ring, bytes(32), facet())
        add_facet(session, type(sealed)(sealed.id, 1, sealed.sealed[:-1] + b"x"))
        add_facet(session, type(sealed)(bytes(32), 7, sealed.sealed))
    make(cast)
    assert read(cast, confirm(cast) or 0)["situation"] == {("missing", ""): 20}
