"""Logging in, and everything that must not open a door."""

from datetime import timedelta

import pytest

from app.accounts import attempts, login, members
from app.accounts.errors import LogInRefused, SessionEnded, TooManyAttempts
from app.accounts.permissions import Role
from app.vault.totp import totp_at
from tests.cast import NOW, Cast


def test_a_caseworker_logs_in_with_name_passphrase_and_second_factor(cast: Cast) -> None:
    daria = cast.member("daria")

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


def test_ten_wrong_passphrases_close_the_name_for_a_while_and_no_other(cast: Cast) -> None:
    for _ in range(attempts.LOG_IN_ATTEMPTS):
        with cast.session() as session:
            login.note_refusal(session, "Daria", NOW)

    with cast.session() as session, pytest.raises(TooManyAttempts) as refusal:
        login.log_in(session, "daria", cast.secrets("daria")[0], NOW)
    assert 0 < refusal.value.retry_after_seconds <= 1800
    assert cast.member("bohdan").name == "Богдан Терновий"
    assert cast.member("daria", NOW + timedelta(minutes=31)).name == "Дарія Лановенко"


def test_wrong_one_time_passwords_count_against_the_name(cast: Cast) -> None:
    with cast.session() as session:
        half = login.log_in(session, "daria", cast.secrets("daria")[0], NOW)
    for _ in range(attempts.LOG_IN_ATTEMPTS):
        with cast.session() as session:
            with pytest.raises(LogInRefused):
                login.second_factor(session, half, "000000", NOW)
            login.note_second_refusal(session, half, NOW)

    with cast.session() as session, pytest.raises(TooManyAttempts):
        login.second_factor(session, half, totp_at(cast.secrets("daria")[1], NOW), NOW)


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
