"""Who joined and waits: whom nobody lets in by mistake, on a stale page, or because a row says so."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from app.accounts import joining, login, members
from app.accounts.administration import Waiting, begin_queue, found_queue, staff, staff_queues, to_begin, waits
from app.accounts.admission import admit, admit_to_queue, newcomers, waiting_for_queue
from app.accounts.auditing import people_of
from app.accounts.errors import InvitationGone, LogInRefused, NoSuchPerson, WrongFingerprint
from app.accounts.invitations import Wish, invite, invite_again, open_invitation, pending, revoke
from app.accounts.meant import Meant, seal_newcomer
from app.accounts.permissions import Role
from app.accounts.removal import new_directory, remove_person
from app.accounts.tables import Account, Invitation, Newcomer
from app.accounts.vouching import vouched
from app.vault.totp import totp_at
from tests.accounts.attacks import id_of
from tests.cast import NOW, Cast

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
LATER = NOW + timedelta(minutes=10)


@dataclass(frozen=True)
class Joined:
    """Somebody who finished their link: their account, the words of their keys, what they log in with."""

    account_id: str
    words: str
    begun: joining.Joining


def join(cast: Cast, *queues: str) -> Joined:
    """Petro invites a caseworker, who joins and waits."""
    petro, begun = cast.member("petro"), joining.begin("новенька")
    with cast.session() as session:
        token = invite(session, petro, Wish("Нова Людина", (Role.CASEWORKER,), queues), NOW)
        session.flush()
        account_id = open_invitation(session, token, NOW).account_id
    with cast.session() as session:
        digits = totp_at(begun.totp_secret, NOW)
        words = joining.join(session, token, joining.confirm(begun, begun.passphrase), digits, NOW).fingerprint
    return Joined(account_id, words, begun)


def test_a_lead_lets_those_in_who_wait_for_the_queue_and_each_thing_that_waits_is_said(cast: Cast) -> None:
    joined, petro, daria = join(cast, "legal"), cast.member("petro"), cast.member("daria")

    def said() -> list[tuple[Waiting, str]]:
        with cast.session() as session:
            people = staff(session, petro)
            queues = staff_queues(session, petro, people)
            return [(each.what, each.queue) for each in waits(session, petro, people, queues, NOW)]

    assert said() == [(Waiting.TO_ADMIT, "")]
    with cast.session() as session, pytest.raises(NoSuchPerson):
        # No administrator has heard the words yet.
        admit_to_queue(session, daria, "legal", joined.account_id, joined.words, NOW)
    with cast.session() as session:
        admit(session, petro, joined.account_id, joined.words, NOW)
    assert said() == [(Waiting.TO_QUEUE, "legal")]
    with cast.session() as session:
        for name, queue in (("bohdan", "legal"), ("oksana", "legal"), ("oksana", "tracing"), ("petro", "legal")):
            with pytest.raises(NoSuchPerson):
                admit_to_queue(session, cast.member(name), queue, joined.account_id, joined.words, NOW)
        assert waiting_for_queue(session, daria, "legal") == {joined.account_id: "Нова Людина"}
        admit_to_queue(session, daria, "legal", joined.account_id, joined.words, NOW)
    assert said() == []
    with cast.session() as session:
        assert joined.account_id in vouched(session).rings["queue:legal"].holders
        assert session.get(Newcomer, joined.account_id) is None


def test_who_is_meant_for_two_queues_waits_for_the_second_when_the_first_has_let_them_in(cast: Cast) -> None:
    joined, petro = join(cast, "legal", "tracing"), cast.member("petro")
    with cast.session() as session:
        admit(session, petro, joined.account_id, joined.words, NOW)
    for name, queue, still in (("daria", "legal", True), ("oksana", "tracing", False)):
        lead = cast.member(name)
        with cast.session() as session:
            assert waiting_for_queue(session, lead, queue) == {joined.account_id: "Нова Людина"}
            admit_to_queue(session, lead, queue, joined.account_id, joined.words, NOW)
        with cast.session() as session:
            assert waiting_for_queue(session, lead, queue) == {}
            assert (session.get(Newcomer, joined.account_id) is not None) is still


def test_a_queue_says_that_it_has_no_key_and_then_that_one_person_is_alone_in_it(cast: Cast) -> None:
    petro, oksana = cast.member("petro"), cast.member("oksana")

    def said() -> list[tuple[Waiting, str, str]]:
        with cast.session() as session:
            people = staff(session, petro)
            queues = staff_queues(session, petro, people)
            return [(each.what, each.who, each.queue) for each in waits(session, petro, people, queues, NOW)]

    with cast.session() as session:
        found_queue(session, petro, "second", "tracing", oksana.account_id, NOW)
    assert said() == [(Waiting.NO_KEY, "Оксана Зоряна", "second")]
    with cast.session() as session:
        begin_queue(session, oksana, "second", NOW)
    assert said() == [(Waiting.ALONE, "Оксана Зоряна", "second")]


def test_nobody_is_admitted_who_does_not_wait_or_is_of_another_organisation(cast: Cast) -> None:
    petro = cast.member("petro")
    with cast.session() as session:
        for stranger in (id_of(cast, "daria"), id_of(cast, "ayshe"), "nobody"):
            with pytest.raises(NoSuchPerson):
                admit(session, petro, stranger, "", NOW)


def test_who_is_made_to_be_meant_for_something_by_a_row_is_admitted_to_nothing(cast: Cast) -> None:
    joined, petro = join(cast), cast.member("petro")
    with cast.session() as session:
        session.execute(update(Newcomer).values(sealed=b"administrator"))
    with cast.session() as session:
        assert newcomers(session, petro) == {}
        assert joined.account_id not in {person.id for person in staff(session, petro)}
        with pytest.raises(NoSuchPerson):
            admit(session, petro, joined.account_id, joined.words, NOW)
        # Nor does the row keep anybody from being removed.
        state = vouched(session).organisations[petro.organisation_id]
        directory = new_directory(session, petro, state)
    assert directory.meant == {}
    assert joined.account_id not in {share.account_id for share in directory.shares}


def test_who_waits_has_no_role_no_queue_and_nothing_to_begin(cast: Cast) -> None:
    joined = join(cast, "legal")
    begun = joined.begun
    with cast.session() as session:
        half = login.log_in(session, begun.name, begun.passphrase, LATER)
    with cast.session() as session:
        token = login.second_factor(session, half, totp_at(begun.totp_secret, LATER), LATER)
    with cast.session() as session:
        waiting = members.resume(session, token, LATER)
        assert (waiting.admitted, waiting.roles, waiting.queues) == (False, frozenset(), ())
        assert to_begin(session, waiting) == ()


def test_links_of_others_and_noise_are_neither_shown_nor_taken_back(cast: Cast) -> None:
    petro = cast.member("petro")
    with cast.session() as session:
        ends = (NOW + timedelta(days=3)).date()
        session.add(Invitation(locator=bytes(32), kind="join", ends=ends, sealed=b"noise", noted=b"noise"))
    with cast.session() as session:
        assert pending(session, petro, NOW) == ()
        with pytest.raises(InvitationGone):
            revoke(session, petro, bytes(32).hex(), NOW)


def test_who_was_removed_gets_no_new_keys_by_a_link_old_or_new(cast: Cast) -> None:
    petro, gone = cast.member("petro"), id_of(cast, "vira")
    with cast.session() as session:
        token = invite_again(session, petro, gone, NOW)
        session.flush()
        kept = session.exec(select(Invitation)).one().model_dump()
        for stranger in (id_of(cast, "ayshe"), "nobody"):
            with pytest.raises(NoSuchPerson):
                invite_again(session, petro, stranger, NOW)
    with cast.session() as session:
        assert open_invitation(session, token, NOW).account_id == gone
        remove_person(session, petro, gone, NOW)
    again = cast.member("petro", LATER)
    with cast.session() as session:
        with pytest.raises(NoSuchPerson):
            invite_again(session, again, gone, NOW)
        # Somebody with the database puts the link back that ended with the removal.
        session.add(Invitation(**kept))
    with cast.session() as session, pytest.raises(InvitationGone):
        open_invitation(session, token, NOW)


def test_the_words_of_keys_that_a_row_was_given_are_not_those_that_were_heard(cast: Cast) -> None:
    joined, petro = join(cast), cast.member("petro")
    with cast.session() as session:
        daria = session.get_one(Account, id_of(cast, "daria"))
        mine = col(Account.id) == joined.account_id
        session.execute(update(Account).where(mine).values(public_key=daria.public_key))
    with cast.session() as session, pytest.raises(WrongFingerprint):
        admit(session, petro, joined.account_id, joined.words, NOW)


def test_a_reset_gives_nobody_a_role_that_they_did_not_have(cast: Cast) -> None:
    petro, ivan, begun = cast.member("petro"), cast.member("ivan"), joining.begin("іван")
    with cast.session() as session:
        token = invite_again(session, petro, ivan.account_id, NOW)
    with cast.session() as session:
        digits = totp_at(begun.totp_secret, NOW)
        words = joining.join(session, token, joining.confirm(begun, begun.passphrase), digits, NOW).fingerprint
    with cast.session() as session:
        # He reads the names, as everybody of the organisation does, and has the database's password.
        more = seal_newcomer(ivan.directory_key, ivan.account_id, Meant((Role.ADMINISTRATOR,), ()), None)
        session.execute(update(Newcomer).where(col(Newcomer.account_id) == ivan.account_id).values(sealed=more))
    with cast.session() as session:
        (waiting,) = [person for person in staff(session, petro) if person.id == ivan.account_id]
        assert (waiting.admitted, waiting.roles) == (False, (Role.CASEWORKER,))
        admit(session, petro, ivan.account_id, words, NOW)
    with cast.session() as session:
        people = vouched(session).organisations[petro.organisation_id].people
        assert people[ivan.account_id].roles == {Role.CASEWORKER}


def test_who_waits_with_other_words_gets_another_link_which_replaces_those_keys(cast: Cast) -> None:
    thief, petro, begun = join(cast, "legal"), cast.member("petro"), joining.begin("справжня")
    with cast.session() as session:
        token = invite_again(session, petro, thief.account_id, NOW)
    with cast.session() as session:
        digits = totp_at(begun.totp_secret, NOW)
        words = joining.join(session, token, joining.confirm(begun, begun.passphrase), digits, NOW).fingerprint
    with cast.session() as session:
        with pytest.raises(LogInRefused):
            login.log_in(session, thief.begun.name, thief.begun.passphrase, NOW)
        with pytest.raises(WrongFingerprint):
            admit(session, petro, thief.account_id, thief.words, NOW)
        meant = Meant((Role.CASEWORKER,), ("legal",), petro.account_id, NOW.date())
        assert newcomers(session, petro)[thief.account_id] == meant
        admit(session, petro, thief.account_id, words, NOW)
    with cast.session() as session:
        assert vouched(session).appointed(thief.account_id) is not None


def test_an_account_that_somebody_puts_there_hides_no_name_of_anybody(cast: Cast) -> None:
    roman = cast.member("roman")
    with cast.session() as session:
        everybody = people_of(session, roman)
        row = session.get_one(Account, id_of(cast, "daria")).model_dump()
        session.add(Account(**{**row, "id": "junk", "locator": bytes(32), "name_sealed": bytes(64)}))
    with cast.session() as session:
        assert people_of(session, roman) == everybody
