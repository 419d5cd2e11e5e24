"""Logging in: name and passphrase open the bundle, the second factor opens the session."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from app.accounts import attempts, sessions
from app.accounts.errors import LogInRefused
from app.accounts.installation import about
from app.accounts.sessions import SessionKind
from app.accounts.spare_codes import find_spare_code, spend_spare_code
from app.accounts.tables import Account, SpentTotp
from app.accounts.vouching import vouched
from app.accounts.vouching_rings import Keys
from app.accounts.waiting import waits
from app.storage.columns import quarter_up
from app.storage.conflicts import insert_if_absent
from app.storage.packing import unpack
from app.trail import chain
from app.vault.context import Purpose, context
from app.vault.digest import keyed_tag
from app.vault.errors import VaultError
from app.vault.hybrid import public_key
from app.vault.signing import verify_key
from app.vault.symmetric import open_sealed
from app.vault.totp import totp_step
from app.vault.unlock import unlock_passphrase

DEFAULT_LANGUAGE = "uk"


def log_in(session: Session, name: str, passphrase: str, now: datetime) -> str:
    """Open the bundle; return the token of a session that still waits for the second factor.

    Raises: :class:`LogInRefused`, or :class:`~app.accounts.errors.TooManyAttempts` where too many were wrong; the right
    passphrase opens all the same, so that nobody who knows a name can lock its owner out.
    """
    try:
        account, bundle = open_bundle(session, name, passphrase)
    except LogInRefused:
        tag = attempts.log_in_tag(session, name, now)
        attempts.refuse_when_too_many(session, tag, attempts.LOG_IN_ATTEMPTS, now)
        raise
    content = {"account_id": account.id, "tag": attempts.second_factor_tag(bundle["totp_secret"], now), **bundle}
    return sessions.open_new(session, SessionKind.SECOND_FACTOR, content, now, account.id)


def open_bundle(session: Session, name: str, passphrase: str) -> tuple[Account, dict[str, Any]]:
    """The account that a name and its passphrase find, and the keys that they open.

    Raises: :class:`LogInRefused`.
    """
    unlocked = unlock_passphrase(name, passphrase, about(session).salt)
    account = session.exec(select(Account).where(Account.locator == unlocked.locator)).first()
    if account is None:
        raise LogInRefused
    try:
        bundle = unpack(open_sealed(unlocked.wrapping_key, account.bundle, context(Purpose.BUNDLE, account.id)))
    except VaultError:
        raise LogInRefused from None
    keys = Keys.of(verify_key(bundle["signing_key"]), public_key(bundle["private_key"]))
    known = vouched(session)
    # Whoever can write to the database can make an account, and its keys; only an administrator appoints anybody.
    admitted = known.organisation_of(account.id) == account.organisation_id and known.appointed(account.id) == keys
    if not admitted and not waits(session, account):
        raise LogInRefused
    return account, bundle


def note_refusal(session: Session, name: str, now: datetime) -> None:
    """Count a refused log-in; whoever catches :class:`LogInRefused` calls this and lets the transaction commit."""
    attempts.note_failure(session, attempts.log_in_tag(session, name, now), now)


def second_factor(session: Session, token: str, typed: str, now: datetime) -> str:
    """Check the one-time password or a spare code, which work once; return the token of the full session.

    Raises: :class:`LogInRefused`, :class:`~app.accounts.errors.SessionEnded`,
    :class:`~app.accounts.errors.TooManyAttempts`.
    """
    content = sessions.read(session, SessionKind.SECOND_FACTOR, token, now)
    attempts.refuse_when_too_many(session, content["tag"], attempts.LOG_IN_ATTEMPTS, now)
    secret = content["totp_secret"]
    if not spend(session, secret, find_factor(session, content["account_id"], secret, typed, now), now):
        raise LogInRefused
    sessions.end(session, SessionKind.SECOND_FACTOR, token)
    full = full_content(session, content)
    account_key = session.exec(select(Account.public_key).where(Account.id == content["account_id"])).one()
    return sessions.open_new(session, SessionKind.STAFF, full, now, content["account_id"], account_key)


def full_content(session: Session, bundle: Mapping[str, Any]) -> dict[str, Any]:
    """What a full session of somebody holds, whose account and keys are in ``bundle``."""
    kept = {name: bundle[name] for name in ("account_id", "private_key", "signing_key")}
    return {**kept, "language": DEFAULT_LANGUAGE, "head": str(chain.head(session))}


def note_second_refusal(session: Session, token: str, now: datetime) -> None:
    """Count a refused one-time password against the person whose passphrase was right."""
    content = sessions.read(session, SessionKind.SECOND_FACTOR, token, now)
    attempts.note_failure(session, content["tag"], now)


def log_out(session: Session, token: str) -> None:
    """End the session."""
    sessions.end(session, SessionKind.STAFF, token)


def find_factor(session: Session, account_id: str, secret: bytes, typed: str, now: datetime) -> int | bytes | None:
    """What was typed as the second factor, to be spent: a step or a spare code's locator; None where it is neither."""
    step = totp_step(secret, typed, now)
    return step if step is not None else find_spare_code(session, account_id, typed, about(session).salt)


def spend(session: Session, secret: bytes, found: int | bytes | None, now: datetime) -> bool:
    """Whether a second factor that was found is still good; it is used up with this."""
    if found is None:
        return False
    return spend_spare_code(session, found) if isinstance(found, bytes) else spend_totp(session, secret, found, now)


def spend_totp(session: Session, secret: bytes, step: int, now: datetime) -> bool:
    """Whether a one-time password had not been used yet; it is used with this."""
    tag = keyed_tag(secret, context(Purpose.SPENT_TOTP, str(step)))
    return insert_if_absent(session, SpentTotp, tag=tag, ends=quarter_up(now + timedelta(minutes=5)))
