"""Joining: what a person does alone behind their link, and the account that comes of it.

What was drawn for them (passphrase, second factor) travels from page to page sealed under the link's token and is
stored nowhere until they have typed both. Their keys are drawn in the last step and live only under their secrets.
"""

import base64
import binascii
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col

from app.accounts.admission import own_words
from app.accounts.errors import InvitationGone, RefusedPerson
from app.accounts.installation import about
from app.accounts.invitations import Kind, open_invitation, use_up
from app.accounts.login import spend_totp
from app.accounts.people import Own, draw_account
from app.accounts.spare_codes import draw_spare_codes, spare_code_rows
from app.accounts.tables import Account, DirectoryShare, Newcomer, SessionRow, SpareCode
from app.accounts.vouching_rings import Keys
from app.storage.conflicts import changed_rows
from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.passphrase import new_passphrase
from app.vault.symmetric import open_sealed, seal
from app.vault.tokens import open_token
from app.vault.totp import new_totp_secret, secret_in_fours, totp_step, totp_uri
from app.vault.unlock import fold_words

SHORTEST_NAME, LONGEST_NAME = 3, 50


@dataclass(frozen=True)
class Joining:
    """How far a person has come behind their link."""

    name: str
    passphrase: str = field(repr=False)
    totp_secret: bytes = field(repr=False)
    typed: bool = False

    @property
    def totp_text(self) -> str:
        """The second factor's secret as authenticators take it by hand, in fours."""
        return secret_in_fours(self.totp_secret)

    @property
    def totp_address(self) -> str:
        """The address that an authenticator reads from a picture."""
        return totp_uri(self.totp_secret, self.name)


@dataclass(frozen=True)
class Joined:
    """What a person sees once, and the words by which others know their keys."""

    fingerprint: str
    spare_codes: tuple[str, ...] = field(repr=False)


def begin(name: str) -> Joining:
    """Draw a passphrase and a second factor for somebody who chose a log-in name.

    Raises: :class:`RefusedPerson`.
    """
    chosen = " ".join(name.split())
    if not SHORTEST_NAME <= len(fold_words(chosen)) <= LONGEST_NAME:
        raise RefusedPerson({"name": "log_in_name"})
    return Joining(chosen, new_passphrase(), new_totp_secret())


def draw_another(joining: Joining) -> Joining:
    """Another passphrase; the one before is forgotten."""
    return replace(joining, passphrase=new_passphrase(), typed=False)


def confirm(joining: Joining, typed: str) -> Joining:
    """Hold the passphrase as typed against the one that was drawn.

    Raises: :class:`RefusedPerson`.
    """
    if fold_words(typed) != fold_words(joining.passphrase):
        raise RefusedPerson({"password": "other_words"})
    return replace(joining, typed=True)


def carry(token: str, joining: Joining) -> str:
    """``joining`` as text for a hidden field, readable with the link alone."""
    sealed = seal(open_token(token, Purpose.JOINING).key, pack(vars(joining)), context(Purpose.JOINING))
    return base64.urlsafe_b64encode(sealed).decode()


def carried(token: str, text: str) -> Joining | None:
    """What :func:`carry` made, or None where it is damaged or belongs to another link."""
    try:
        sealed = base64.urlsafe_b64decode(text.encode("ascii"))
        return Joining(**unpack(open_sealed(open_token(token, Purpose.JOINING).key, sealed, context(Purpose.JOINING))))
    except (ValueError, binascii.Error, VaultError):
        return None


def join(session: Session, token: str, joining: Joining, digits: str, now: datetime) -> Joined:
    """Make the account, once the authenticator shows the right digits; the link is used up with it.

    Nothing of it goes on the record yet, since nobody has vouched for the key that would sign it: what does is that
    they were invited, and that they were admitted.

    Raises: :class:`RefusedPerson`, :class:`~app.accounts.errors.InvitationGone`.
    """
    invited = open_invitation(session, token, now)
    step = totp_step(joining.totp_secret, digits, now)
    if not joining.typed or step is None:
        raise RefusedPerson({"totp": "digits"})
    salt, codes = about(session).salt, draw_spare_codes()
    own = Own(joining.name, joining.passphrase, joining.totp_secret)
    row, keys = draw_account(salt, invited.account_id, invited.organisation_id, invited.name_sealed, invited.roles, own)
    spare = spare_code_rows(invited.account_id, codes, salt)
    if invited.kind is Kind.RESET:
        _replace_keys(session, row, invited.replaces)
    else:
        session.add(row)
    use_up(session, open_token(token, Purpose.INVITATION).locator)
    session.flush()
    session.add_all(spare)
    session.add(Newcomer(account_id=invited.account_id, sealed=invited.newcomer_sealed))
    spend_totp(session, joining.totp_secret, step, now)
    return Joined(own_words(Keys.of(keys.verify_key, keys.public_key)), codes)


def _replace_keys(session: Session, row: Account, replaces: bytes) -> None:
    """Put new keys in the place of those that a link was made for (``replaces``; no bytes: a link of an older release).

    Raises: :class:`~app.accounts.errors.InvitationGone` where another link was finished meanwhile: its keys stand.
    """
    # The share first, as whoever puts the names under a new key has it: nobody waits for one who waits for them.
    session.execute(delete(DirectoryShare).where(col(DirectoryShare.account_id) == row.id))
    as_meant = update(Account).where(col(Account.id) == row.id)
    if replaces:
        as_meant = as_meant.where(col(Account.verify_key) == replaces)
    if not changed_rows(session.execute(as_meant.values(row.model_dump(exclude={"id"})))):
        raise InvitationGone
    # Again with all that stands beside: whoever was let in at this moment was so with the keys of before.
    forget_keys(session, row.id)


def forget_keys(session: Session, account_id: str) -> None:
    """End every session of a person's keys of before, and delete what stood beside them.

    Their shares of queues stay as noise, since nobody has the old keys, until a lead gives new ones: what was signed
    and the rows must agree, or a thief of a link could keep a queue from receiving.
    """
    for table in (DirectoryShare, Newcomer, SpareCode, SessionRow):
        session.execute(delete(table).where(col(table.account_id) == account_id))
