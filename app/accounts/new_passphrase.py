"""A new passphrase for somebody who has the old one: the same keys, wrapped anew under another locator."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col

from app.accounts import attempts
from app.accounts.carried import open_carried, seal_carried
from app.accounts.errors import LogInRefused, MistypedPassphrase, PassphraseChanged
from app.accounts.installation import about
from app.accounts.login import open_bundle, spend_totp
from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.accounts.sessions import SessionKind
from app.accounts.tables import Account, SessionRow
from app.storage.conflicts import changed_rows
from app.storage.packing import pack
from app.vault.context import Purpose, context
from app.vault.passphrase import new_passphrase
from app.vault.symmetric import seal
from app.vault.totp import totp_step
from app.vault.unlock import fold_words, unlock_passphrase


@dataclass(frozen=True)
class Offered:
    """A passphrase that was drawn, and the same sealed for the form that takes it."""

    words: str = field(repr=False)
    carried: str = field(repr=False)


@dataclass(frozen=True)
class Proof:
    """What somebody types to show that the account is theirs: log-in name, old passphrase, one-time password."""

    name: str = field(repr=False)
    passphrase: str = field(repr=False)
    totp: str = field(repr=False)


def offer_passphrase(session: Session, member: Member, now: datetime) -> Offered:
    """Draw six words for the member; they are stored nowhere but in the page that shows them."""
    words = new_passphrase()
    content = {"account_id": member.account_id, "words": words}
    return Offered(words, seal_carried(session, Purpose.OFFERED_WORDS, content, now))


def offered_words(session: Session, member: Member, carried: str, now: datetime) -> str:
    """The six words that a page was offering.

    Raises: :class:`~app.accounts.errors.CarriedGone`, also for words that were offered to somebody else.
    """
    content = open_carried(session, Purpose.OFFERED_WORDS, carried, now)
    if content["account_id"] != member.account_id:
        raise LogInRefused
    words: str = content["words"]
    return words


def change_passphrase(
    session: Session, member: Member, token: str, words: str, typed: str, proof: Proof, now: datetime
) -> None:
    """Wrap the member's bundle under the offered ``words`` and end all their other sessions.

    Raises: :class:`MistypedPassphrase` where ``typed`` is not what was offered, :class:`LogInRefused` where the proof
    is wrong, :class:`~app.accounts.errors.TooManyAttempts`, :class:`PassphraseChanged` where it was changed meanwhile.
    """
    if fold_words(typed) != fold_words(words):
        raise MistypedPassphrase
    account, bundle = _prove(session, member, proof, now)
    unlocked = unlock_passphrase(proof.name, words, about(session).salt)
    sealed = seal(unlocked.wrapping_key, pack(bundle), context(Purpose.BUNDLE, account.id))
    put_on_record(session, member, "passphrase_changed", now)
    unchanged = (col(Account.id) == account.id) & (col(Account.locator) == account.locator)
    wrap = update(Account).where(unchanged).values(locator=unlocked.locator, bundle=sealed)
    if not changed_rows(session.execute(wrap)):
        raise PassphraseChanged
    here = SessionKind.STAFF.keys(token).locator
    session.execute(delete(SessionRow).where(col(SessionRow.account_id) == account.id, col(SessionRow.locator) != here))


def _prove(session: Session, member: Member, proof: Proof, now: datetime) -> tuple[Account, dict[str, Any]]:
    try:
        account, bundle = open_bundle(session, proof.name, proof.passphrase)
    except LogInRefused:
        tag = attempts.log_in_tag(session, proof.name, now)
        attempts.refuse_when_too_many(session, tag, attempts.LOG_IN_ATTEMPTS, now)
        raise
    secret: bytes = bundle["totp_secret"]
    # Only somebody with the passphrase comes so far, as at the log-in.
    attempts.refuse_when_too_many(session, attempts.second_factor_tag(secret, now), attempts.LOG_IN_ATTEMPTS, now)
    step = totp_step(secret, proof.totp, now)
    if account.id != member.account_id or step is None or not spend_totp(session, secret, step, now):
        raise LogInRefused
    return account, bundle
