"""A new authenticator for somebody whose telephone is gone, and new spare codes.

Both are for who has the passphrase and a second factor, be it the old authenticator or a spare code. The keys stay, so
nobody needs to let them in anew.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from app.accounts.carried import open_carried, seal_carried
from app.accounts.errors import LogInRefused, MistypedDigits
from app.accounts.installation import about
from app.accounts.login import spend_totp
from app.accounts.members import Member
from app.accounts.new_passphrase import Proof, end_other_sessions, prove, wrap
from app.accounts.record import put_on_record
from app.accounts.spare_codes import draw_spare_codes, spare_code_rows
from app.accounts.tables import SpareCode
from app.vault.context import Purpose
from app.vault.totp import new_totp_secret, secret_in_fours, totp_step, totp_uri

# What the authenticator shows beside the digits; the log-in name is not known here and need not be.
SHOWN_AS = "Rodyna"


@dataclass(frozen=True)
class OfferedSecret:
    """A second factor's secret that was drawn, and the same sealed for the form that takes it."""

    secret: bytes = field(repr=False)
    carried: str = field(repr=False)

    @property
    def text(self) -> str:
        """The secret as authenticators take it by hand."""
        return secret_in_fours(self.secret)

    @property
    def address(self) -> str:
        """The address that an authenticator reads from a picture."""
        return totp_uri(self.secret, SHOWN_AS)


def offer_authenticator(session: Session, member: Member, now: datetime) -> OfferedSecret:
    """Draw a secret for the member; it is stored nowhere but in the page that shows it."""
    secret = new_totp_secret()
    content = {"account_id": member.account_id, "secret": secret}
    return OfferedSecret(secret, seal_carried(session, Purpose.OFFERED_TOTP, content, now))


def offered_authenticator(session: Session, member: Member, carried: str, now: datetime) -> OfferedSecret:
    """The secret that a page was offering.

    Raises: :class:`~app.accounts.errors.CarriedGone`, :class:`LogInRefused` for what was offered to somebody else.
    """
    content = open_carried(session, Purpose.OFFERED_TOTP, carried, now)
    if content["account_id"] != member.account_id:
        raise LogInRefused
    return OfferedSecret(content["secret"], carried)


def change_authenticator(
    session: Session, member: Member, token: str, secret: bytes, digits: str, proof: Proof, now: datetime
) -> None:
    """Put the offered ``secret`` in the place of the old one and end all other sessions, half-open ones too.

    Raises: :class:`~app.accounts.errors.MistypedDigits` where ``digits`` are not what the new authenticator shows,
    :class:`LogInRefused` where the proof is wrong, :class:`~app.accounts.errors.TooManyAttempts`,
    :class:`~app.accounts.errors.PassphraseChanged` where the account was changed meanwhile.
    """
    step = totp_step(secret, digits, now)
    if step is None:
        raise MistypedDigits
    proved = prove(session, member, proof, now)
    bundle = {**proved.bundle, "totp_secret": secret}
    sealed = wrap(session, proved.account, bundle, proof.name, proof.passphrase)
    proved.spend(session, now)
    put_on_record(session, member, "authenticator_changed", now)
    sealed.put(session)
    spend_totp(session, secret, step, now)
    end_other_sessions(session, member.account_id, token)


def change_spare_codes(session: Session, member: Member, proof: Proof, now: datetime) -> tuple[str, ...]:
    """Draw new spare codes, to be shown once; the old ones end.

    Raises: :class:`LogInRefused` where the proof is wrong, :class:`~app.accounts.errors.TooManyAttempts`,
    :class:`~app.accounts.errors.PassphraseChanged` where the account was changed meanwhile.
    """
    proved = prove(session, member, proof, now)
    codes = draw_spare_codes()
    rows = spare_code_rows(member.account_id, codes, about(session).salt)
    proved.spend(session, now)
    put_on_record(session, member, "spare_codes_drawn", now)
    session.execute(delete(SpareCode).where(col(SpareCode.account_id) == member.account_id))
    session.add_all(rows)
    return codes
