"""Logging in, and everything that must not open a door."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select

from app.accounts import attempts, login, members
from app.accounts.errors import LogInRefused, NotInstalled, SessionEnded, TooManyAttempts
from app.accounts.permissions import Role
from app.accounts.record import put_on_record
from app.accounts.ring_keeping import renew_ring
from app.accounts.tables import Account, DirectoryShare
from app.storage.sessions import session_scope
from app.trail import chain
from app.vault.totp import totp_at
from tests.cast import NOW, Cast


def test_a_caseworker_logs_in_with_name_passphrase_and_second_factor(cast: Cast) -> None:
    # For themselves: what is kept from another test may know of a record that had begun there.
    token = cast.log_in("daria")
    with cast.session() as session:
        daria = members.resume(session, token, NOW)

    assert daria.name == "Дарія Лановенко"
    assert daria.roles == {Role.CASEWORKER}
    assert [(queue.id, queue.lead) for queue in daria.queues] == [("legal", True)]
    assert daria.head == "0-0000000000000000"


@pytest.mark.parametrize(("name", "passphrase"), [("daria", "bohdan"), ("bohdan", "daria"), ("nobody", "daria")])
def test_a_passphrase_opens_only_its_own_name(cast: Cast, name: str, passphrase: str) -> None:
    with cast.session() as session, pytest.raises(LogInRefused):
        login.log_in(session, name, cast.secrets(passphrase)[0], NOW)


def test_a_one_time_password_works_once(cast: Cast) -> None:
    passphrase, secret = cast.secrets("daria")
    with cast.session() as session:
        first = login.log_in(session, "daria", passphrase, NOW)
        second = login.log_in(session, "daria", passphrase, NOW)
    with cast.session() as session:
        login.second_factor(session, first, totp_at(secret, NOW), NOW)
    with cast.session() as session, pytest.raises(LogInRefused):
        login.second_factor(session, second, totp_at(secret, NOW), NOW)


def test_a_half_open_session_is_no_session(cast: Cast) -> None:
    with cast.session() as session:
        half = login.log_in(session, "daria", cast.secrets("daria")[0], NOW)
    with cast.session() as session, pytest.raises(SessionEnded):
        members.resume(session, half, NOW)


def test_ten_wrong_passphrases_turn_away_wrong_ones_alone(cast: Cast) -> None:
    for _ in range(attempts.LOG_IN_ATTEMPTS):
        with cast.session() as session:
            login.note_refusal(session, "Daria", NOW)

    with cast.session() as session, pytest.raises(TooManyAttempts) as refusal:
        login.log_in(session, "daria", cast.secrets("bohdan")[0], NOW)
    assert 0 < refusal.value.retry_after_seconds <= 1800
    with cast.session() as session, pytest.raises(LogInRefused):
        login.log_in(session, "bohdan", cast.secrets("daria")[0], NOW)
    # Whoever knows her name cannot keep her out, and she has all her tries at the second factor.
    assert cast.member("daria").name == "Дарія Лановенко"
    later = NOW + timedelta(minutes=31)
    with cast.session() as session, pytest.raises(LogInRefused):
        login.log_in(session, "daria", cast.secrets("bohdan")[0], later)


def test_wrong_one_time_passwords_count_against_the_person(cast: Cast) -> None:
    with cast.session() as session:
        half = login.log_in(session, "daria", cast.secrets("daria")[0], NOW)
    for _ in range(attempts.LOG_IN_ATTEMPTS):
        with cast.session() as session:
            with pytest.raises(LogInRefused):
                login.second_factor(session, half, "000000", NOW)
            login.note_second_refusal(session, half, NOW)

    with cast.session() as session:
        another = login.log_in(session, "daria", cast.secrets("daria")[0], NOW)
    for token in (half, another):
        with cast.session() as session, pytest.raises(TooManyAttempts):
            login.second_factor(session, token, totp_at(cast.secrets("daria")[1], NOW), NOW)
    assert cast.member("bohdan").name == "Богдан Терновий"


def test_a_session_ends_by_itself_by_hand_and_without_use(cast: Cast) -> None:
    token = cast.log_in("daria")
    with cast.session() as session:
        assert members.resume(session, token, NOW + timedelta(minutes=50)).name == "Дарія Лановенко"
    with cast.session() as session, pytest.raises(SessionEnded):
        members.resume(session, token, NOW + timedelta(hours=3))
    other = cast.log_in("bohdan")
    with cast.session() as session:
        login.log_out(session, other)
    with cast.session() as session, pytest.raises(SessionEnded):
        members.resume(session, other, NOW)


def test_a_session_ends_after_twelve_hours_of_use(cast: Cast) -> None:
    token = cast.log_in("daria")
    for minutes in range(0, 12 * 60, 30):
        with cast.session() as session:
            members.resume(session, token, NOW + timedelta(minutes=minutes))
    with cast.session() as session, pytest.raises(SessionEnded):
        members.resume(session, token, NOW + timedelta(hours=12, minutes=1))


def test_the_language_of_the_desk_stays_for_the_session(cast: Cast) -> None:
    token = cast.log_in("daria")
    with cast.session() as session:
        members.set_language(session, token, "en", NOW)
    with cast.session() as session:
        assert members.resume(session, token, NOW).language == "en"


def account_of(session: Session, cast: Cast, name: str) -> Account:
    person = next(each.person for each in cast.founded.people if each.plan.name == name)
    return session.get_one(Account, person.account_id)


def test_names_and_passphrases_are_taken_as_keyboards_write_them(cast: Cast) -> None:
    passphrase, _ = cast.secrets("daria")
    with cast.session() as session:
        assert login.log_in(session, "  DARIA ", f" {passphrase.title()}  ", NOW)


def test_a_bundle_of_somebody_else_opens_nothing(cast: Cast) -> None:
    with cast.session() as session:
        daria, bohdan = account_of(session, cast, "daria"), account_of(session, cast, "bohdan")
        daria.bundle = bohdan.bundle
        session.add(daria)
    with cast.session() as session, pytest.raises(LogInRefused):
        login.log_in(session, "daria", cast.secrets("daria")[0], NOW)


def test_a_bundle_moved_to_another_persons_row_opens_nothing(cast: Cast) -> None:
    with cast.session() as session:
        daria, bohdan = account_of(session, cast, "daria"), account_of(session, cast, "bohdan")
        locator, daria.locator = daria.locator, bytes(32)
        bohdan.bundle = daria.bundle
        session.add(daria)
        session.flush()
        bohdan.locator = locator
        session.add(bohdan)
    with cast.session() as session, pytest.raises(LogInRefused):
        login.log_in(session, "daria", cast.secrets("daria")[0], NOW)


def test_nobody_logs_in_where_nothing_is_installed(engine: Engine) -> None:
    with session_scope(engine) as session, pytest.raises(NotInstalled):
        login.log_in(session, "daria", "six made up words of nobody", NOW)


@pytest.mark.parametrize("typed", ["", "000000", "12345", "not digits", "\ud800"])
def test_a_wrong_one_time_password_opens_nothing_and_the_right_one_still_does(cast: Cast, typed: str) -> None:
    passphrase, secret = cast.secrets("daria")
    with cast.session() as session:
        half = login.log_in(session, "daria", passphrase, NOW)
    with cast.session() as session, pytest.raises(LogInRefused):
        login.second_factor(session, half, typed, NOW)
    with cast.session() as session:
        assert login.second_factor(session, half, totp_at(secret, NOW), NOW)


def test_a_half_open_session_is_used_up_and_ends_by_itself(cast: Cast) -> None:
    passphrase, secret = cast.secrets("daria")
    with cast.session() as session:
        half, late = (login.log_in(session, "daria", passphrase, NOW) for _ in range(2))
    with cast.session() as session:
        login.second_factor(session, half, totp_at(secret, NOW), NOW)
    later = NOW + timedelta(minutes=30)
    for token, moment in ((half, NOW), (late, later), ("nobody's", NOW)):
        with cast.session() as session, pytest.raises(SessionEnded):
            login.second_factor(session, token, totp_at(secret, moment), moment)


def test_one_time_passwords_typed_in_two_places_at_once_open_one_session(cast: Cast) -> None:
    passphrase, secret = cast.secrets("daria")
    with cast.session() as session:
        halves = [login.log_in(session, "daria", passphrase, NOW) for _ in range(4)]
    barrier, opened = Barrier(4), []

    def type_it(half: str) -> None:
        barrier.wait()
        try:
            with cast.session() as session:
                opened.append(login.second_factor(session, half, totp_at(secret, NOW), NOW))
        except LogInRefused:
            opened.append("refused")

    threads = [Thread(target=type_it, args=[half]) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert opened.count("refused") == 3


@pytest.mark.parametrize("table", [Account, DirectoryShare])
def test_a_person_who_was_removed_is_logged_out(cast: Cast, table: type[Account] | type[DirectoryShare]) -> None:
    token = cast.log_in("daria")
    with cast.session() as session:
        mine = account_of(session, cast, "daria").id
        session.execute(delete(table).where(col(table.id if table is Account else table.account_id) == mine))  # type: ignore[union-attr]
    with cast.session() as session, pytest.raises(SessionEnded):
        members.resume(session, token, NOW)


def test_a_queue_that_was_left_is_a_members_no_more_with_the_next_request(cast: Cast) -> None:
    token = cast.log_in("bohdan")
    with cast.session() as session:
        mine = account_of(session, cast, "bohdan").id
        renew_ring(session, cast.member("daria"), "queue:legal", NOW, without=[mine])
    with cast.session() as session:
        bohdan = members.resume(session, token, NOW)

    assert bohdan.queues == ()
    assert bohdan.queue("legal") is None


def test_the_keys_of_another_account_do_not_open_this_ones_names(cast: Cast) -> None:
    token = cast.log_in("daria")
    with cast.session() as session:
        shares = {row.account_id: row for row in session.exec(select(DirectoryShare))}
        mine, other = account_of(session, cast, "daria").id, account_of(session, cast, "bohdan").id
        shares[mine].sealed = shares[other].sealed
        session.add(shares[mine])
    with cast.session() as session, pytest.raises(SessionEnded):
        members.resume(session, token, NOW)


def test_colleagues_are_named_within_the_organisation_alone(cast: Cast) -> None:
    daria, ayshe = cast.member("daria"), cast.member("ayshe")
    with cast.session() as session:
        both = [daria.account_id, ayshe.account_id]
        assert members.colleagues(session, daria, both) == {daria.account_id: "Дарія Лановенко"}
        assert members.colleagues(session, ayshe, both) == {ayshe.account_id: "Айше Бахчелі"}


def test_the_head_of_the_record_is_shown_as_it_was_at_log_in(cast: Cast) -> None:
    daria = cast.member("daria", NOW)
    with cast.session() as session:
        put_on_record(session, daria, "opened", NOW, case="CASE0001")
    with cast.session() as session:
        head = str(chain.head(session))

    assert head.startswith("1-")
    assert cast.member("bohdan", NOW).head == head
    assert daria.head == "0-0000000000000000"


def test_a_member_never_shows_a_key_in_words(cast: Cast) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        pair = daria.ring_pair(session, "queue:legal", 1)
        assert daria.ring_pair(session, "queue:legal", 1) is pair

    for key in (daria.signing_key, daria.directory_key):
        assert repr(key)[2:-1] not in repr(daria)
    assert "KeyPair" not in repr(daria)
