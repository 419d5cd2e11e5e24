"""A case is opened by the members of its queue, whole, and every opening stands on the record."""

from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from app.accounts.members import Member
from app.accounts.tables import Membership
from app.casefile.cases import withdraw_case
from app.casefile.errors import NotFound
from app.casefile.items import Kind, new_item_id, seal_item
from app.casefile.keys import FIRST_GRANT, Compartment
from app.casefile.signed import StaffText, sign_text
from app.casefile.tables import Grant, Item
from app.casework.actions import add_note, answer_family, take
from app.casework.listing import QueuePage, queue_page
from app.casework.opening import open_case, open_keys
from app.casework.queues import QueueFilter
from app.casework.view import CaseView
from app.intake import returning
from app.vault.context import Purpose
from app.vault.errors import VaultError
from tests.casework.desk import record, share, while_reading
from tests.cast import NOW, Cast, answers

WHOLE = {
    "surname": "Ковалишин",
    "story": "Його забрали з дому.",
    "need": ["legal_defence"],
    "situation_basis": "witnessed",
}


def view(cast: Cast, member: Member, case_id: str) -> CaseView:
    with cast.session() as session:
        return open_case(session, member, case_id, NOW)


def page(cast: Cast, member: Member, queue_id: str) -> QueuePage:
    with cast.session() as session:
        return queue_page(session, member, queue_id, QueueFilter(), None, NOW)


def test_both_members_of_the_queue_read_everything_the_family_sent(cast: Cast) -> None:
    case_id = cast.case_of(cast.report(answers(**WHOLE), {"ngo": "full", "icc_otp": "facts_only"}))
    for name in ("daria", "bohdan"):
        seen = view(cast, cast.member(name), case_id)
        assert seen.answers == answers(**WHOLE)
        assert {given.recipient: given.scope for given in seen.consents} == {"ngo": "full", "icc_otp": "facts_only"}
        assert (seen.language, seen.queue.id, seen.told) == ("uk", "legal", ())
        assert seen.routing.received == NOW
        assert seen.listed.late is False


def test_a_list_opens_only_what_tells_cases_apart(cast: Cast) -> None:
    cast.report(answers(**WHOLE))
    row = page(cast, cast.member("daria"), "legal").rows[0]

    assert row.answers == {code: value for code, value in answers(**WHOLE).items() if code != "story"}


def test_every_opening_and_every_list_is_on_the_record(cast: Cast) -> None:
    cases = sorted(cast.case_of(cast.report()) for _ in range(2))
    daria = cast.member("daria")
    with cast.session() as session:
        queue_page(session, daria, "legal", QueueFilter(), None, NOW)
    with cast.session() as session:
        open_case(session, daria, cases[0], NOW)
    listed, opened = record(cast)

    at = NOW.isoformat()
    assert sorted(listed.pop("cases").split()) == cases
    assert listed == {"actor": daria.account_id, "kind": "listed", "at": at, "queue": "legal"}
    assert opened == {"actor": daria.account_id, "kind": "opened", "at": at, "case": cases[0], "queue": "legal"}


def test_nothing_is_shown_that_could_not_be_put_on_the_record(cast: Cast) -> None:
    case_id = cast.case_of(cast.report())
    daria = cast.member("daria")
    with cast.session() as session:
        session.connection().exec_driver_sql("DELETE FROM ring_key WHERE ring = 'record'")
    with cast.session() as session, pytest.raises(Exception, match="record"):
        open_case(session, daria, case_id, NOW)


@pytest.mark.parametrize("case_id", ["", "CASE2345", "case\x00", "CASE234\x00", "\ud800", "x" * 10_000, "' OR 1=1 --"])
def test_what_is_no_case_is_not_found(cast: Cast, case_id: str) -> None:
    cast.report()
    daria = cast.member("daria")
    with cast.session() as session, pytest.raises(NotFound):
        open_case(session, daria, case_id, NOW)


def test_a_membership_row_without_a_key_opens_nothing(cast: Cast) -> None:
    case_id = cast.case_of(cast.report())
    tomas = cast.member("tomas")
    with cast.session() as session:
        session.add(Membership(queue_id="legal", account_id=tomas.account_id, lead=True))
    tomas = cast.member("tomas", NOW + timedelta(minutes=5))
    with cast.session() as session, pytest.raises(NotFound):
        open_case(session, tomas, case_id, NOW)
    with cast.session() as session, pytest.raises(NotFound):
        queue_page(session, tomas, "legal", QueueFilter(), None, NOW)


def test_another_organisation_reads_what_was_shared_with_it_and_nothing_else(cast: Cast) -> None:
    case_id = cast.case_of(cast.report(answers(**WHOLE)))
    daria = cast.member("daria")
    with cast.session() as session:
        answer_family(session, daria, case_id, "Ми прочитали.", NOW)
        add_note(session, daria, case_id, "Подзвонити.", NOW)
    share(cast, daria, case_id, "partner-legal", Compartment.FACTS)
    ayshe = cast.member("ayshe")
    seen = view(cast, ayshe, case_id)

    assert set(seen.answers) == {"situation", "situation_basis", "oblast", "reply_safe", "relation", "need"}
    assert (seen.conversation, seen.notes, seen.queue.id) == ((), (), "partner-legal")
    assert page(cast, ayshe, "partner-legal").rows == ()


def test_colleagues_of_another_organisation_are_shown_by_its_name_alone(cast: Cast) -> None:
    case_id = cast.case_of(cast.report())
    daria = cast.member("daria")
    with cast.session() as session:
        answer_family(session, daria, case_id, "Ми прочитали.", NOW)
    with cast.session() as session:
        take(session, daria, case_id, 2, NOW)
    share(cast, daria, case_id, "partner-legal", *FIRST_GRANT)
    seen = view(cast, cast.member("ayshe"), case_id)

    assert [line.author for line in seen.conversation] == ["Родинний захист"]
    assert (seen.assignee, seen.mine) == (None, False)
    assert view(cast, cast.member("bohdan"), case_id).assignee == "Дарія Лановенко"


def test_a_text_that_its_author_did_not_sign_is_marked(cast: Cast) -> None:
    case_id = cast.case_of(cast.report())
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    with cast.session() as session:
        add_note(session, daria, case_id, "Справжня.", NOW)
        keys = open_keys(session, bohdan, case_id).keys
        item_id = new_item_id()
        forged = StaffText(daria.account_id, "Родинний захист", NOW.isoformat(), "Підробка.")
        content = sign_text(Purpose.NOTE, case_id, item_id, forged, bohdan.signing_key)
        item = seal_item(keys, Compartment.DESK, Kind.NOTE, content, NOW.date(), item_id)
        session.add(Item(**vars(item)))

    notes = {note.text: note.verified for note in view(cast, daria, case_id).notes}
    assert notes == {"Справжня.": True, "Підробка.": False}


def test_a_case_taken_back_while_it_is_being_opened_is_not_found(cast: Cast) -> None:
    case_id = cast.case_of(cast.report())
    daria = cast.member("daria")

    def withdraw() -> None:
        with cast.session() as session:
            withdraw_case(session, case_id, NOW)

    while_reading(cast, "grant", withdraw)
    with cast.session() as session, pytest.raises(NotFound):
        open_case(session, daria, case_id, NOW)


def test_a_case_taken_back_while_a_list_is_being_opened_hurts_no_other(cast: Cast) -> None:
    gone, kept = cast.case_of(cast.report()), cast.case_of(cast.report())
    daria = cast.member("daria")

    def withdraw() -> None:
        with cast.session() as session:
            withdraw_case(session, gone, NOW)

    while_reading(cast, "grant", withdraw)
    with cast.session() as session:
        shown = queue_page(session, daria, "legal", QueueFilter(), None, NOW)

    assert {row.listed.id: bool(row.answers) for row in shown.rows} == {gone: False, kept: True}


def test_grants_exchanged_between_cases_open_neither(cast: Cast) -> None:
    first, second = cast.case_of(cast.report()), cast.case_of(cast.report())
    with cast.session() as session:
        one, two = session.exec(select(Grant)).all()
        session.execute(update(Grant).where(col(Grant.case_id) == one.case_id).values(sealed=two.sealed))
    daria = cast.member("daria")
    with cast.session() as session, pytest.raises(VaultError):
        open_case(session, daria, one.case_id, NOW)
    with cast.session() as session:
        assert open_case(session, daria, two.case_id, NOW).answers == answers()
    assert {one.case_id, two.case_id} == {first, second}


def test_what_the_family_wrote_later_stands_in_the_order_of_time(cast: Cast) -> None:
    code = cast.report()
    daria = cast.member("daria")
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
    with cast.session() as session:
        returning.write_message(session, opened, "Друге.", NOW.replace(minute=20))
        answer_family(session, daria, opened.case_id, "Перше.", NOW.replace(minute=15))
        returning.write_message(session, opened, "Третє.", NOW.replace(minute=30))

    assert [line.text for line in view(cast, daria, opened.case_id).conversation] == ["Перше.", "Друге.", "Третє."]
