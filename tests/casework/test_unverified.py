"""What somebody with a part's key wrote in a colleague's name is dropped from the lists and marked where it is read."""

from dataclasses import replace

import pytest
from sqlmodel import col, update

from app.accounts.members import Member
from app.casefile.cases import items_of
from app.casefile.items import Kind, seal_item
from app.casefile.keys import Compartment
from app.casefile.tables import Item
from app.casework import diary
from app.casework.book import read_book
from app.casework.closing import propose_closing
from app.casework.moving import Wish, offer
from app.casework.opening import Standing, read_case
from app.casework.proposed import read_proposals
from app.casework.story import story
from app.casework.today import today
from app.casework.upcoming import upcoming
from app.casework.way import Redacted, redacted_words
from app.vault.signing import new_signing_key
from tests.cast import NOW, Cast, answers

NO_ENTRY = {"what": "task", "author": "x", "organisation": "", "at": "", "body": {}, "signature": b""}
TASK = {"text": "Дістати копію вироку.", "service": "legal", "day": "2026-11-25"}


@pytest.fixture
def database_kind() -> str:
    """Whose signature it is does not depend on the database."""
    return "sqlite"


def stranger(cast: Cast, name: str) -> Member:
    """Somebody who holds all that a colleague holds but their signing key."""
    return replace(cast.member(name), signing_key=new_signing_key())


@pytest.mark.parametrize("forged", [False, True])
def test_nobody_is_reminded_of_what_its_author_did_not_sign_and_the_story_marks_it(cast: Cast, forged: bool) -> None:
    case = cast.case_of(cast.report())
    daria, bohdan = stranger(cast, "daria") if forged else cast.member("daria"), cast.member("bohdan")
    with cast.session() as session:
        diary.add_task(session, daria, case, TASK, daria.account_id, NOW)
    with cast.session() as session:
        version = read_case(session, bohdan, case, NOW).view.version
        propose_closing(session, daria, case, version, "acquitted", "Довід.", NOW)
    with cast.session() as session:
        assert len(upcoming(session, bohdan, NOW)) == (not forged)
        shown = today(session, bohdan, NOW)
        assert (len(shown.due), len(shown.asked)) == (not forged, not forged)
        reading = read_case(session, bohdan, case, NOW)
        book = read_book(session, bohdan, reading.opened)
        events = story(reading.view, book, read_proposals(session, book, case, NOW))
    assert {event.what: event.verified for event in events} == {
        "received": True,
        "task": not forged,
        "proposed": not forged,
    }


@pytest.mark.parametrize("content", [{}, {"what": "task"}, {**NO_ENTRY, "at": "soon"}, {**NO_ENTRY, "at": 7}], ids=str)
def test_what_is_no_entry_at_all_hides_neither_the_case_nor_what_waits_in_others(
    cast: Cast, content: dict[str, object]
) -> None:
    """Put there by a colleague who holds the part's key, and the database's password."""
    spoilt, other = cast.case_of(cast.report()), cast.case_of(cast.report())
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    with cast.session() as session:
        diary.add_task(session, daria, other, TASK, daria.account_id, NOW)
        diary.add_task(session, daria, spoilt, TASK, daria.account_id, NOW)
    with cast.session() as session:
        keys = read_case(session, bohdan, spoilt, NOW).opened.keys
        task = next(item for item in items_of(session, spoilt, Compartment.DESK) if item.kind == Kind.ENTRY)
        made_up = seal_item(keys, Compartment.DESK, Kind.ENTRY, content, task.day, task.id)
        session.execute(update(Item).where(col(Item.id) == task.id).values(sealed=made_up.sealed))
    with cast.session() as session:
        assert [each.case_id for each in today(session, daria, NOW).due] == [other]
        reading = read_case(session, daria, spoilt, NOW)
        assert read_book(session, daria, reading.opened).foreign == 1


@pytest.mark.parametrize("forged", [False, True])
def test_a_partner_sees_whether_the_redacted_words_are_the_caseworkers(cast: Cast, forged: bool) -> None:
    told = answers(situation="missing", story="Його забрали.")
    case = cast.case_of(cast.report(told, {"ngo": "full", "legal_ngo": "pseudonymised"}))
    oksana, ayshe = stranger(cast, "oksana") if forged else cast.member("oksana"), cast.member("ayshe")
    wish = Wish("partner-legal", Standing.OFFERED_REFERRAL, "pseudonymised", "Прошу", "Когось забрали.")
    with cast.session() as session:
        offer(session, oksana, case, wish, NOW)
    with cast.session() as session:
        reading = read_case(session, ayshe, case, NOW)
        assert redacted_words(session, reading) == (Redacted("Когось забрали.", verified=not forged),)
