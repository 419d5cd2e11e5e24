"""After losing a telephone: the passphrase and a spare code set up another authenticator, and nothing less does."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import event
from sqlmodel import select

from app.accounts import login, members
from app.accounts.errors import LogInRefused, MistypedDigits, PassphraseChanged, SessionEnded, TooManyAttempts
from app.accounts.installation import about
from app.accounts.members import Member
from app.accounts.new_authenticator import (
    change_authenticator,
    change_spare_codes,
    offer_authenticator,
    offered_authenticator,
)
from app.accounts.new_passphrase import Proof, change_passphrase, offer_passphrase
from app.accounts.spare_codes import draw_spare_codes, spare_code_rows, spare_codes_left
from app.accounts.tables import Account, SpareCode
from app.vault.totp import totp_at
from tests.casework.desk import record
from tests.cast import NOW, Cast

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
LATER = NOW + timedelta(minutes=2)


@pytest.fixture
def spare(cast: Cast) -> str:
    """A spare code of Bohdan's; those whom founding made have none."""
    codes = draw_spare_codes()[:1]
    with cast.session() as session:
        session.add_all(spare_code_rows(cast.founded_account("bohdan"), codes, about(session).salt))
    return codes[0]


def bohdan(cast: Cast) -> tuple[Member, str, str]:
    """Bohdan, the token of his session, and his passphrase."""
    token = cast.log_in("bohdan")
    with cast.session() as session:
        return members.resume(session, token, NOW), token, cast.secrets("bohdan")[0]


def test_a_spare_code_and_the_passphrase_set_up_another_and_the_old_one_is_over(cast: Cast, spare: str) -> None:
    member, token, passphrase = bohdan(cast)
    other, old_secret = cast.log_in("bohdan", LATER), cast.secrets("bohdan")[1]
    with cast.session() as session:
        half = login.log_in(session, "bohdan", passphrase, LATER)
        offered = offer_authenticator(session, member, LATER)
    with cast.session() as session:
        again = offered_authenticator(session, member, offered.carried, LATER)
        assert (again.secret, again.text.replace(" ", "") in again.address) == (offered.secret, True)
        digits = totp_at(offered.secret, LATER)
        change_authenticator(session, member, token, offered.secret, digits, Proof("bohdan", passphrase, spare), LATER)
    with cast.session() as session:
        assert members.resume(session, token, LATER).account_id == member.account_id
        assert spare_codes_left(session, member.account_id) == 0
        for ended in (other, half):
            with pytest.raises(SessionEnded):
                members.resume(session, ended, LATER)
        with pytest.raises(SessionEnded):
            login.second_factor(session, half, totp_at(old_secret, LATER), LATER)
    assert record(cast)[0]["kind"] == "authenticator_changed"
    much_later = LATER + timedelta(minutes=5)
    for secret, good in ((old_secret, False), (offered.secret, True)):
        with cast.session() as session:
            fresh = login.log_in(session, "bohdan", passphrase, much_later)
        with cast.session() as session:
            if good:
                assert login.second_factor(session, fresh, totp_at(secret, much_later), much_later)
            else:
                with pytest.raises(LogInRefused):
                    login.second_factor(session, fresh, totp_at(secret, much_later), much_later)


def test_nothing_less_does_and_nothing_is_changed(cast: Cast, spare: str) -> None:
    member, token, passphrase = bohdan(cast)
    daria = cast.member("daria")
    with cast.session() as session:
        offered = offer_authenticator(session, member, LATER)
        foreign = offer_authenticator(session, daria, LATER)
    digits, fresh = totp_at(offered.secret, LATER), totp_at(cast.secrets("bohdan")[1], LATER)
    lena = cast.secrets("lena")
    with cast.session() as session:
        with pytest.raises(LogInRefused):
            offered_authenticator(session, member, foreign.carried, LATER)
        with pytest.raises(MistypedDigits):
            change_authenticator(session, member, token, offered.secret, "000000", Proof("bohdan", "", spare), LATER)
        for proof in (
            Proof("bohdan", passphrase, "000000"),
            Proof("bohdan", passphrase, ""),
            Proof("bohdan", lena[0], spare),
            # The session is one's, the passphrase another's: a desk that was left open.
            Proof("lena", lena[0], totp_at(lena[1], LATER)),
        ):
            with pytest.raises(LogInRefused):
                change_authenticator(session, member, token, offered.secret, digits, proof, LATER)
            with pytest.raises(LogInRefused):
                change_spare_codes(session, member, proof, LATER)
        assert spare_codes_left(session, member.account_id) == 1
        change_authenticator(session, member, token, offered.secret, digits, Proof("bohdan", passphrase, fresh), LATER)


def test_what_was_changed_meanwhile_is_not_overwritten(cast: Cast, spare: str, monkeypatch: pytest.MonkeyPatch) -> None:
    member, token, passphrase = bohdan(cast)
    secret = cast.secrets("bohdan")[1]
    with cast.session() as session:
        offered = offer_authenticator(session, member, LATER)
    digits, proof = totp_at(offered.secret, LATER), Proof("bohdan", passphrase, spare)
    with cast.session() as session:
        account = session.get_one(Account, member.account_id)
        # What this one read is what another has written over by now.
        session.expunge(account)
        account.bundle = b"older"
        monkeypatch.setattr("app.accounts.new_passphrase.open_bundle", lambda *_: (account, {"totp_secret": secret}))
        with pytest.raises(PassphraseChanged):
            change_authenticator(session, member, token, offered.secret, digits, proof, LATER)
        session.rollback()
    with cast.session() as session:
        assert login.log_in(session, "bohdan", passphrase, LATER)


def test_new_spare_codes_end_the_old_ones(cast: Cast, spare: str) -> None:
    member, _token, passphrase = bohdan(cast)
    with cast.session() as session:
        codes = change_spare_codes(session, member, Proof("bohdan", passphrase, spare), LATER)
    assert spare not in codes
    assert record(cast)[0]["kind"] == "spare_codes_drawn"
    with cast.session() as session:
        assert spare_codes_left(session, member.account_id) == len(set(codes)) == 8
        assert len(session.exec(select(SpareCode)).all()) == 8
        half = login.log_in(session, "bohdan", passphrase, LATER)
    with cast.session() as session:
        with pytest.raises(LogInRefused):
            login.second_factor(session, half, spare, LATER)
        assert login.second_factor(session, half, codes[3], LATER)


def test_digits_are_not_guessed_by_who_sits_at_an_open_desk_and_knows_the_passphrase(cast: Cast) -> None:
    member, _token, passphrase = bohdan(cast)
    fresh = totp_at(cast.secrets("bohdan")[1], LATER)
    wrong = f"{(int(fresh) + 1) % 1_000_000:06}"
    for _attempt in range(10):
        with cast.session() as session, suppress(LogInRefused):
            change_spare_codes(session, member, Proof("bohdan", passphrase, wrong), LATER)
    for typed in (wrong, fresh):
        with cast.session() as session:
            with pytest.raises(TooManyAttempts):
                change_spare_codes(session, member, Proof("bohdan", passphrase, typed), LATER)
            # Nor at the log-in, where the same digits are asked for.
            half = login.log_in(session, "bohdan", passphrase, LATER)
            session.flush()
            with pytest.raises(TooManyAttempts):
                login.second_factor(session, half, typed, LATER)


@pytest.mark.parametrize("what", ["authenticator", "spare codes", "passphrase"])
def test_nobody_waits_for_what_is_stretched(cast: Cast, spare: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written before the last word was stretched: each takes long, and families would wait to send."""
    member, token, passphrase = bohdan(cast)
    done: list[str] = []

    def stretched(*typed: Any, **how: Any) -> Any:
        done.append("stretched")
        return Argon2id(*typed, **how)

    monkeypatch.setattr("app.vault.unlock.Argon2id", stretched)

    @event.listens_for(cast.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            done.append("written")

    proof = Proof("bohdan", passphrase, spare)
    with cast.session() as session:
        if what == "spare codes":
            change_spare_codes(session, member, proof, LATER)
        elif what == "passphrase":
            words = offer_passphrase(session, member, LATER).words
            done.clear()
            change_passphrase(session, member, token, words, words, proof, LATER)
        else:
            offered = offer_authenticator(session, member, LATER)
            done.clear()
            digits = totp_at(offered.secret, LATER)
            change_authenticator(session, member, token, offered.secret, digits, proof, LATER)
    assert done.index("written") == done.count("stretched") > 2
