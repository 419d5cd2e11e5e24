"""Two people at one moment: the second is told, and what the first did stands. And who comes too late."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, delete, select

from app.accounts import address_cards, members
from app.accounts.address_cards import cards, change_card, keep_card
from app.accounts.errors import CardChanged, InstalledAlready, InvitationGone, NoSuchPerson, SessionEnded
from app.accounts.first_setup import FirstSetup, Names
from app.accounts.invitations import Wish, invite, open_invitation, use_up
from app.accounts.leaving import begin_to_leave, end_organisation
from app.accounts.members import Member, resume
from app.accounts.partners import NewOrganisation, add_organisation, admit_first, begun
from app.accounts.permissions import Role
from app.accounts.removal import remove_person
from app.accounts.tables import Account, Invitation, SessionRow
from app.vault.totp import totp_at
from tests.accounts.attacks import id_of
from tests.cast import NOW, OMAR, Cast
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_of_two_who_change_a_card_at_once_the_second_is_told_and_the_first_stands(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    daria, bohdan = cast.member("daria"), cast.member("bohdan")

    def change(session: Session, member: Member, name: str) -> None:
        change_card(session, member, card.id, card.state, {"name": name, "kind": "lawyer"}, NOW)

    with cast.session() as session:
        keep_card(session, daria, {"name": "Адвокатка Вигадана", "kind": "lawyer"}, NOW)
    with cast.session() as session:
        (card,) = cards(session, daria)
        read = address_cards._sealed(session, daria, card.id)
    with cast.session() as session:
        change(session, bohdan, "Адвокатка Перша")
    # What this one read is what the other has written over by now.
    monkeypatch.setattr("app.accounts.address_cards._sealed", lambda *_: read)
    with pytest.raises(CardChanged), cast.session() as session:
        change(session, daria, "Адвокатка Друга")
    monkeypatch.undo()
    with cast.session() as session:
        assert [each.said.name for each in cards(session, daria)] == ["Адвокатка Перша"]


def test_a_link_that_two_have_open_is_used_by_one(cast: Cast) -> None:
    with cast.session() as session:
        invite(session, cast.member("petro"), Wish("Нова Людина", (Role.CASEWORKER,), ()), NOW)
    with cast.session() as session:
        locator = session.exec(select(Invitation.locator)).one()
        use_up(session, locator)
    with cast.session() as session, pytest.raises(InvitationGone):
        use_up(session, locator)


def test_a_first_setup_that_comes_second_founds_nothing(cast: Cast) -> None:
    first = FirstSetup(ends=NOW)
    first.name(Names(organisation="Друга установа", shown="Олена Друга", log_in="olena"))
    assert first.founder is not None
    digits = totp_at(first.founder.totp_secret, NOW)
    before = dump(cast.engine)
    with pytest.raises(InstalledAlready), cast.session() as session:
        first.found(session, first.founder.passphrase, digits, NOW)
    assert dump(cast.engine) == before


def test_a_session_that_somebody_with_sql_keeps_for_who_was_removed_is_over(cast: Cast) -> None:
    token = cast.begun_session("bohdan")
    with cast.session() as session:
        kept = session.exec(select(SessionRow).where(col(SessionRow.account_id) == id_of(cast, "bohdan"))).one()
        row = kept.model_dump()
        assert resume(session, token, NOW).name
    with cast.session() as session:
        remove_person(session, cast.member("petro"), id_of(cast, "bohdan"), NOW)
    with cast.session() as session:
        session.add(SessionRow(**row))
    with cast.session() as session, pytest.raises(SessionEnded):
        resume(session, token, NOW)


def test_nobody_is_let_in_first_who_does_not_wait_for_it(cast: Cast) -> None:
    petro, new = cast.member("petro"), NewOrganisation("Правнича сотня", "Угода.", "Марта Нова")
    with cast.session() as session:
        add_organisation(session, petro, new, cast.founded.root_private.hex(), NOW)
    with cast.session() as session:
        (each,) = begun(session, petro, NOW)
        for stranger in ("nobody", id_of(cast, "daria")):
            with pytest.raises(NoSuchPerson):
                admit_first(session, petro, each.id, stranger, "", NOW)
    # Nor whose account somebody put there with the database alone.
    with cast.session() as session:
        daria = session.get_one(Account, id_of(cast, "daria")).model_dump()
        session.add(Account(**daria | {"id": "enemy", "organisation_id": each.id, "locator": bytes(32)}))
    with cast.session() as session:
        assert begun(session, petro, NOW) == (each,)
    # Nor where nobody stands in: no such organisation is begun, and Omar has none.
    for member, organisation_id in ((petro, petro.organisation_id), (cast.member(OMAR), each.id)):
        with cast.session() as session, pytest.raises(NoSuchPerson):
            admit_first(session, member, organisation_id, "nobody", "", NOW)


def test_the_first_link_of_an_organisation_that_ended_lets_nobody_in_who_puts_it_back(cast: Cast) -> None:
    petro, new = cast.member("petro"), NewOrganisation("Правнича сотня", "Угода.", "Марта Нова")
    root = cast.founded.root_private.hex()
    with cast.session() as session:
        token = add_organisation(session, petro, new, root, NOW)
        session.flush()
        kept = session.exec(select(Invitation)).one().model_dump()
    with cast.session() as session:
        (each,) = begun(session, petro, NOW)
        assert open_invitation(session, token, NOW).organisation_id == each.id
        begin_to_leave(session, petro, each.id, root, NOW)
    with cast.session() as session:
        end_organisation(session, petro, each.id, root, NOW + timedelta(minutes=20), 0)
    with cast.session() as session:
        session.execute(delete(Invitation))
        session.flush()
        session.add(Invitation(**kept))
    with cast.session() as session, pytest.raises(InvitationGone):
        open_invitation(session, token, NOW)


def test_of_very_many_that_are_opened_in_a_request_only_the_last_are_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MOST_OPENED", 2)
    daria, opened = cast.member("daria"), list[bytes]()

    def open_it(sealed: bytes) -> bytes:
        def turned() -> bytes:
            opened.append(sealed)
            return sealed[::-1]

        return daria.opened_once(sealed, b"here", turned)

    assert [open_it(sealed) for sealed in (b"ab", b"cd", b"ab", b"ef", b"ab")] == [b"ba", b"dc", b"ba", b"fe", b"ba"]
    assert opened == [b"ab", b"cd", b"ef", b"ab"]
