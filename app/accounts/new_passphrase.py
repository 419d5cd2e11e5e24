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
from app.accounts.login import find_factor, open_bundle, spend
from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.accounts.sessions import SessionKind
from app.accounts.tables import Account, SessionRow
from app.storage.conflicts import changed_rows
from app.storage.packing import pack
from app.vault.context import Purpose, context
from app.vault.passphrase import new_passphrase
from app.vault.symmetric import seal
from app.vault.unlock import fold_words, unlock_passphrase


@dataclass(frozen=True)
class Offered:
    """A passphrase that was drawn, and the same sealed for the form that takes it."""

    words: str = field(repr=False)
    carried: str = field(repr=False)


@dataclass(frozen=True)
class Proof:
    """What somebody types to show that an account is theirs: log-in name, passphrase, six digits or a spare code."""

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
    proved = prove(session, member, proof, now)
    wrapped = wrap(session, proved.account, proved.bundle, proof.name, words)
    proved.spend(session, now)
    put_on_record(session, member, "passphrase_changed", now)
    wrapped.put(session)
    end_other_sessions(session, member.account_id, token)


@dataclass(frozen=True)
class Proved:
    """That somebody is who they are: their account, what their passphrase opened, and the second factor to be used up.

    It is used up after what takes long, since that takes the write lock, and before anything else is written or put on
    the record: who is refused here has changed nothing, and what the route commits says so.
    """

    account: Account = field(repr=False)
    bundle: dict[str, Any] = field(repr=False)
    factor: int | bytes = field(repr=False)

    def spend(self, session: Session, now: datetime) -> None:
        """Hold the account as it was read, and use the second factor up.

        Raises: :class:`LogInRefused` where it was used meanwhile, or before; :class:`PassphraseChanged` where the
        passphrase or the authenticator was changed meanwhile.
        """
        # Of two who change something of one account at once, the second waits here, and has used nothing up yet: each
        # would wait for the other's spare codes otherwise, or not see them.
        as_read = col(Account.locator) == self.account.locator, col(Account.bundle) == self.account.bundle
        held = update(Account).where(col(Account.id) == self.account.id, *as_read)
        if not changed_rows(session.execute(held.values(bundle=self.account.bundle))):
            raise PassphraseChanged
        if not spend(session, self.bundle["totp_secret"], self.factor, now):
            raise LogInRefused


@dataclass(frozen=True)
class Wrapped:
    """A person's bundle, sealed anew and not written yet; the row must still be as it was read."""

    account_id: str
    before: tuple[bytes, bytes] = field(repr=False)
    after: tuple[bytes, bytes] = field(repr=False)

    def put(self, session: Session) -> None:
        """Write it.

        Raises: :class:`PassphraseChanged` where the passphrase or the second factor was changed meanwhile.
        """
        locator, bundle = self.before
        mine = col(Account.id) == self.account_id
        unchanged = update(Account).where(mine, col(Account.locator) == locator, col(Account.bundle) == bundle)
        if not changed_rows(session.execute(unchanged.values(locator=self.after[0], bundle=self.after[1]))):
            raise PassphraseChanged


def wrap(session: Session, account: Account, bundle: dict[str, Any], name: str, passphrase: str) -> Wrapped:
    """Seal a bundle under what a log-in name and a passphrase yield."""
    unlocked = unlock_passphrase(name, passphrase, about(session).salt)
    sealed = seal(unlocked.wrapping_key, pack(bundle), context(Purpose.BUNDLE, account.id))
    return Wrapped(account.id, (account.locator, account.bundle), (unlocked.locator, sealed))


def end_other_sessions(session: Session, account_id: str, token: str) -> None:
    """End every session of a person, half-open ones too, but the one with ``token``."""
    here = SessionKind.STAFF.keys(token).locator
    session.execute(delete(SessionRow).where(col(SessionRow.account_id) == account_id, col(SessionRow.locator) != here))


def prove(session: Session, member: Member, proof: Proof, now: datetime) -> Proved:
    """Whether somebody is the member: by name, passphrase, and six digits or a spare code, which work once.

    Whoever catches :class:`LogInRefused` lets the transaction commit: wrong digits are counted as at the log-in.

    Raises: :class:`LogInRefused`, :class:`~app.accounts.errors.TooManyAttempts`.
    """
    try:
        account, bundle = open_bundle(session, proof.name, proof.passphrase)
    except LogInRefused:
        tag = attempts.log_in_tag(session, proof.name, now)
        attempts.refuse_when_too_many(session, tag, attempts.LOG_IN_ATTEMPTS, now)
        raise
    secret: bytes = bundle["totp_secret"]
    # Only somebody with the passphrase comes so far, as at the log-in.
    tag = attempts.second_factor_tag(secret, now)
    attempts.refuse_when_too_many(session, tag, attempts.LOG_IN_ATTEMPTS, now)
    if account.id != member.account_id:
        raise LogInRefused
    factor = find_factor(session, account.id, secret, proof.totp, now)
    if factor is None:
        attempts.note_failure(session, tag, now)
        raise LogInRefused
    return Proved(account, bundle, factor)
