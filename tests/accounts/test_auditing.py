"""The record as auditors read it: bounded, filtered, and for nobody else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from app.accounts import auditing
from app.accounts.auditing import Wanted, people_of, read_trail
from app.accounts.errors import KeyNotHeld
from app.accounts.record import put_on_record
from app.duties import note_event
from app.trail.tables import TrailEntry
from app.vault.signing import new_signing_key
from tests.cast import NOW, Cast


def act(cast: Cast, name: str, kind: str, days: int = 0, **details: str) -> None:
    member = cast.member(name)
    with cast.session() as session:
        put_on_record(session, member, kind, NOW + timedelta(days=days), **details)


def read(cast: Cast, wanted: Wanted, before: int | None = None) -> tuple[list[tuple[str | None, int]], int | None]:
    roman = cast.member("roman")
    with cast.session() as session:
        page = read_trail(session, roman, wanted, before, NOW)
    return [(entry.kind, entry.seq) for entry in page.entries if entry.kind != "trail_read"], page.further


@pytest.fixture
def acted(cast: Cast) -> Cast:
    """Daria and Bohdan worked on two cases on three days; the service noted what a family did on the second."""
    act(cast, "daria", "opened", 0, case="CASE2345")
    act(cast, "bohdan", "listed", 1, cases="CASE2345 CASE6789")
    with cast.session() as session:
        day = (NOW + timedelta(days=1)).date().isoformat()
        note_event(session, cast.founded.service_private, {"kind": "family_wrote", "case": "CASE6789", "day": day})
    act(cast, "daria", "answered", 2, case="CASE6789")
    return cast


def test_the_newest_comes_first_with_names_and_what_it_was_about(acted: Cast) -> None:
    roman = acted.member("roman")
    with acted.session() as session:
        page = read_trail(session, roman, Wanted(), None, NOW)
        assert page.names == {
            account: name for account, name in people_of(session, roman).items() if account in page.names
        }
    assert [entry.kind for entry in page.entries] == ["answered", "family_wrote", "listed", "opened"]
    assert page.entries[0].details == {"case": "CASE6789"}
    assert page.entries[1].at is None
    assert len(page.names) == 2
    assert page.further is None


def test_it_is_filtered_by_person_kind_case_and_days(acted: Cast) -> None:
    daria = acted.member("daria").account_id
    days = [(NOW + timedelta(days=number)).date() for number in range(3)]
    assert read(acted, Wanted(actor=daria))[0] == [("answered", 4), ("opened", 1)]
    assert read(acted, Wanted(kind="listed"))[0] == [("listed", 2)]
    assert read(acted, Wanted(case="CASE6789"))[0] == [("answered", 4), ("family_wrote", 3), ("listed", 2)]
    assert read(acted, Wanted(since=days[1], until=days[1]))[0] == [("family_wrote", 3), ("listed", 2)]
    assert read(acted, Wanted(since=days[2]))[0] == [("answered", 4)]
    assert read(acted, Wanted(actor="nobody", case="x"))[0] == []


def test_a_page_opens_a_bounded_number_of_entries_and_says_where_to_go_on(
    acted: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "PAGE", 2)
    assert read(acted, Wanted()) == ([("answered", 4), ("family_wrote", 3)], 3)
    assert read(acted, Wanted(), 3) == ([("listed", 2), ("opened", 1)], None)
    monkeypatch.setattr(auditing, "MOST_OPENED", 3)
    assert read(acted, Wanted(kind="opened"), 5) == ([], 2)
    assert read(acted, Wanted(kind="opened"), 2) == ([("opened", 1)], None)


def test_a_day_is_found_without_opening_what_came_after(acted: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "SLACK", 0)
    for number in range(20):
        act(acted, "daria", "noted", 30 + number)
    monkeypatch.setattr(auditing, "MOST_OPENED", 3)
    found, _ = read(acted, Wanted(until=NOW.date()))
    assert found == [("opened", 1)]


def test_what_cannot_be_opened_is_shown_as_such_and_reading_is_on_the_record(acted: Cast) -> None:
    read(acted, Wanted(case="CASE2345"))
    roman = acted.member("roman")
    with acted.session() as session:
        newest = read_trail(session, roman, Wanted(), None, NOW).entries[0]
    assert (newest.kind, newest.details) == ("trail_read", {"case": "CASE2345"})


def test_an_entry_that_its_actor_did_not_sign_is_told_from_the_others(acted: Cast) -> None:
    roman, daria = acted.member("roman"), acted.member("daria")
    with acted.session() as session:
        put_on_record(session, replace(daria, signing_key=new_signing_key()), "exported", NOW, case="CASE2345")
    with acted.session() as session:
        session.execute(update(TrailEntry).where(col(TrailEntry.seq) == 2).values(actor=daria.account_id))
    with acted.session() as session:
        page = read_trail(session, roman, Wanted(), None, NOW)
    assert [(entry.seq, entry.verified) for entry in page.entries] == [
        (5, False),
        (4, True),
        (3, True),
        (2, False),
        (1, True),
    ]


@pytest.mark.parametrize("name", ["daria", "petro", "lena", "omar"])
def test_nobody_but_an_auditor_opens_the_record(acted: Cast, name: str) -> None:
    member = acted.member(name)
    with acted.session() as session, pytest.raises(KeyNotHeld):
        read_trail(session, member, Wanted(), None, NOW)
