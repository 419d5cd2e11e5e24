"""Who shows twice by the same digits that an account is theirs changes nothing, and two at once lose nothing."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Thread

import pytest
from sqlmodel import select

from app.accounts import members
from app.accounts.errors import LogInRefused, PassphraseChanged
from app.accounts.installation import about
from app.accounts.members import Member
from app.accounts.new_authenticator import change_authenticator, change_spare_codes
from app.accounts.new_passphrase import Proof, Wrapped, change_passphrase, prove
from app.accounts.spare_codes import draw_spare_codes, spare_code_rows, spare_codes_left
from app.accounts.tables import SpareCode
from app.storage.sessions import Session
from app.vault.passphrase import new_passphrase
from app.vault.totp import new_totp_secret, totp_at
from tests.casework.desk import record
from tests.cast import NOW, Cast
from tests.keys.dump import dump

LATER = NOW + timedelta(minutes=2)


def passphrase(session: Session, member: Member, token: str, proof: Proof) -> None:
    words = new_passphrase()
    change_passphrase(session, member, token, words, words, proof, LATER)


def authenticator(session: Session, member: Member, token: str, proof: Proof) -> None:
    secret = new_totp_secret()
    change_authenticator(session, member, token, secret, totp_at(secret, LATER), proof, LATER)


def spare_codes(session: Session, member: Member, _token: str, proof: Proof) -> None:
    change_spare_codes(session, member, proof, LATER)


def rows(cast: Cast) -> dict[str, list[str]]:
    """Every row there is; PostgreSQL gives one that was held in another place."""
    return {table: sorted(map(repr, found)) for table, found in dump(cast.engine).items()}


@pytest.fixture
def spare(cast: Cast) -> tuple[str, ...]:
    """Two spare codes of Bohdan's; those whom founding made have none."""
    codes = draw_spare_codes()[:2]
    with cast.session() as session:
        session.add_all(spare_code_rows(cast.founded_account("bohdan"), codes, about(session).salt))
    return codes


@pytest.mark.parametrize("change", [passphrase, authenticator, spare_codes])
def test_digits_that_were_used_at_the_log_in_change_nothing_and_nothing_is_on_the_record(
    cast: Cast, spare: tuple[str, ...], change: Callable[[Session, Member, str, Proof], None]
) -> None:
    elsewhere, token = cast.log_in("bohdan", NOW), cast.log_in("bohdan", LATER)
    words, secret = cast.secrets("bohdan")
    with cast.session() as session:
        bohdan = members.resume(session, token, LATER)
        assert members.resume(session, elsewhere, LATER).account_id == bohdan.account_id
    before = rows(cast), record(cast)
    # The page says which field is wrong, and what was refused commits with the count of wrong attempts.
    with cast.session() as session, suppress(LogInRefused):
        change(session, bohdan, token, Proof("bohdan", words, totp_at(secret, LATER)))
    assert (rows(cast), record(cast)) == before
    with cast.session() as session:
        change(session, bohdan, token, Proof("bohdan", words, spare[0]))
    assert len(record(cast)) == len(before[1]) + 1


@pytest.mark.parametrize("by", ["digits", "spare code"])
def test_of_two_who_draw_spare_codes_at_once_only_one_set_stands(cast: Cast, spare: tuple[str, ...], by: str) -> None:
    words, secret = cast.secrets("bohdan")
    bohdan, drawn = cast.member("bohdan"), list[tuple[str, ...]]()
    with cast.session() as session:
        salt = about(session).salt
    typed = totp_at(secret, LATER) if by == "digits" else spare[1]

    def draw() -> None:
        with cast.session() as session, suppress(LogInRefused):
            drawn.append(change_spare_codes(session, bohdan, Proof("bohdan", words, typed), LATER))

    second = Thread(target=draw)
    with cast.session() as session:
        drawn.append(change_spare_codes(session, bohdan, Proof("bohdan", words, spare[0]), LATER))
        session.flush()
        second.start()
        # Long enough for the second to stand before its own write: the first has not committed yet.
        second.join(1)
    second.join()
    # A spare code of before ended with the first drawing, as the page says that all do.
    assert len(drawn) == (2 if by == "digits" else 1)
    kept = {row.locator for row in spare_code_rows(bohdan.account_id, drawn[-1], salt)}
    with cast.session() as session:
        assert set(session.exec(select(SpareCode.locator))) == kept
    assert [each["kind"] for each in record(cast)] == ["spare_codes_drawn"] * len(drawn)


def test_who_has_drawn_spare_codes_upon_an_account_that_was_changed_meanwhile_is_told(
    cast: Cast, spare: tuple[str, ...]
) -> None:
    token, (words, secret) = cast.log_in("bohdan"), cast.secrets("bohdan")
    with cast.session() as session:
        bohdan = members.resume(session, token, LATER)
        proved = prove(session, bohdan, Proof("bohdan", words, spare[0]), LATER)
        with cast.session() as other:
            passphrase(other, bohdan, token, Proof("bohdan", words, totp_at(secret, LATER)))
        with pytest.raises(PassphraseChanged):
            proved.spend(session, LATER)
        session.rollback()
        assert spare_codes_left(session, bohdan.account_id) == len(spare)


def test_a_bundle_that_changed_since_it_was_opened_is_not_written_over(cast: Cast) -> None:
    older = Wrapped(cast.founded_account("bohdan"), (b"older locator", b"older"), (b"newer locator", b"newer"))
    before = rows(cast)
    with cast.session() as session, pytest.raises(PassphraseChanged):
        older.put(session)
    assert rows(cast) == before
