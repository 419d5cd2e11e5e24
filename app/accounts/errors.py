"""What can go wrong with people, keys and sessions."""

from dataclasses import dataclass

from app.storage.errors import RodynaError


class AccountsError(RodynaError):
    """Any error of this room."""


class LogInRefused(AccountsError):
    """The name, the passphrase or the second factor is wrong; which one is not told."""


class CardGone(AccountsError):
    """There is no such card in the organisation's address book, or no longer."""


class CardChanged(AccountsError):
    """Somebody changed the card since the page showed it."""


class SessionEnded(AccountsError):
    """There is no such session, or its time is over."""


@dataclass
class TooManyAttempts(AccountsError):
    """Too many wrong attempts; try again after ``retry_after_seconds``."""

    retry_after_seconds: int


class CarriedGone(AccountsError):
    """What a page carried is too old, damaged, or not from here."""


class NotPermitted(AccountsError):
    """The person's roles do not carry the permission."""


class DeskClosed(AccountsError):
    """The desk is in lockdown."""


class KeyNotHeld(AccountsError):
    """The person is not a member of the ring whose key is needed."""


class UnsentGone(AccountsError):
    """A text that was kept for its writer is too old, damaged or foreign."""


class MistypedPassphrase(AccountsError):
    """What was typed is not the passphrase that was offered."""


class MistypedDigits(AccountsError):
    """What was typed is not what the new authenticator shows."""


class PassphraseChanged(AccountsError):
    """The passphrase was changed somewhere else meanwhile."""


class NotInstalled(AccountsError):
    """The database holds no installation yet."""


class InstalledAlready(AccountsError):
    """The database holds an installation, which is not touched."""


class RefusedPlan(AccountsError):
    """The description of organisations and people contradicts itself."""


class NotVouched(AccountsError):
    """What the database says of a key or a person is not what was signed up to the root."""


class MayNotState(AccountsError):
    """The person may not sign this: they are no administrator there, or no lead of the ring."""


class StatedMeanwhile(AccountsError):
    """Somebody else signed a newer statement while this one was made; nothing was changed."""


class InvitationGone(AccountsError):
    """The link was used, taken back, is too old, or never was."""


@dataclass
class RefusedPerson(AccountsError):
    """What was typed about a person, a queue or an organisation cannot be used; ``problems`` says why by field."""

    problems: dict[str, str]


class WrongFingerprint(AccountsError):
    """The words that were typed are not those of the person's keys: it may be somebody else's account."""


@dataclass
class RefusedShares(AccountsError):
    """Shares that do not give the recovery key; ``problems`` says why, by the share's place (from one; 0: all)."""

    problems: dict[int, str]


class StillHeld(AccountsError):
    """Somebody of the organisation still holds the key, and can give it on; nothing is to be recovered."""


class NoSuchPerson(AccountsError):
    """There is no such person, queue or invitation in the member's own reach."""
