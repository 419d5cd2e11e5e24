"""Rows of organisations, people, rings of keys, queues and sessions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, String
from sqlmodel import Field

from app.storage.columns import (
    FLEETING_ROWS,
    UNORDERED,
    Row,
    coarse_time,
    key_bytes,
    sealed_bytes,
    sealed_bytes_or_none,
    short_text,
)


def _reference(target: str, *, primary: bool = False, length: int = 64) -> Any:
    return Field(
        sa_column=Column(String(length), ForeignKey(target, ondelete="CASCADE"), primary_key=primary, nullable=False)
    )


class Installation(Row, table=True):
    """The one row that makes a database an installation; nothing in it is secret."""

    __tablename__ = "installation"

    id: int = Field(default=1, primary_key=True)
    salt: bytes = key_bytes()
    receiving_id: str = short_text()
    root_public: bytes = key_bytes()
    service_public: bytes = key_bytes()
    backup_public: bytes = sealed_bytes()
    practice: bool = False


class Organisation(Row, table=True):
    """An organisation; its name is public, since the consent text says it."""

    __tablename__ = "organisation"
    __table_args__ = (UNORDERED,)

    id: str = short_text(primary=True)
    name: str = short_text(200)


class Account(Row, table=True):
    """A member of staff: found by what their name and passphrase yield, named nowhere in clear."""

    __tablename__ = "account"
    __table_args__ = (UNORDERED,)

    id: str = short_text(primary=True)
    organisation_id: str = _reference("organisation.id")
    locator: bytes = key_bytes(unique=True)
    bundle: bytes = sealed_bytes()
    public_key: bytes = sealed_bytes()
    verify_key: bytes = key_bytes()
    name_sealed: bytes = sealed_bytes()
    roles: str = short_text(200)


class DirectoryShare(Row, table=True):
    """An organisation's directory key, sealed to one of its people."""

    __tablename__ = "directory_share"
    __table_args__ = (UNORDERED,)

    organisation_id: str = _reference("organisation.id", primary=True)
    account_id: str = _reference("account.id", primary=True)
    sealed: bytes = sealed_bytes()


class AddressCard(Row, table=True):
    """A lawyer, a hotline or an office, as one organisation keeps it: sealed under its directory key."""

    __tablename__ = "address_card"
    __table_args__ = (UNORDERED,)

    organisation_id: str = _reference("organisation.id", primary=True)
    id: str = short_text(24, primary=True)
    sealed: bytes = sealed_bytes()


class Queue(Row, table=True):
    """A queue of one organisation; its id stands in addresses."""

    __tablename__ = "queue"
    __table_args__ = (UNORDERED,)

    id: str = short_text(primary=True)
    organisation_id: str = _reference("organisation.id")
    kind: str = short_text()


class Membership(Row, table=True):
    """That a person belongs to a queue, and whether they lead it."""

    __tablename__ = "membership"
    __table_args__ = (UNORDERED,)

    queue_id: str = _reference("queue.id", primary=True)
    account_id: str = _reference("account.id", primary=True)
    lead: bool = False


class Roster(Row, table=True):
    """A queue's duty roster and who is away, sealed to one generation of its key; each part is signed inside."""

    __tablename__ = "roster"
    __table_args__ = (UNORDERED,)

    queue_id: str = _reference("queue.id", primary=True)
    generation: int = Field(sa_column=Column(Integer, nullable=False))
    sealed: bytes = sealed_bytes()


class RingKey(Row, table=True):
    """The public half of one generation of a ring's key pair."""

    __tablename__ = "ring_key"
    __table_args__ = (UNORDERED,)

    ring: str = short_text(primary=True)
    generation: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    public_key: bytes = sealed_bytes()


class RingShare(Row, table=True):
    """The private half of a ring's key, sealed to one of its holders."""

    __tablename__ = "ring_share"
    __table_args__ = (UNORDERED,)

    ring: str = short_text(primary=True)
    generation: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    account_id: str = _reference("account.id", primary=True)
    sealed: bytes = sealed_bytes()


class RingLink(Row, table=True):
    """The private half of a generation, sealed to the generation after it: who holds the newer one reads on."""

    __tablename__ = "ring_link"
    __table_args__ = (UNORDERED,)

    ring: str = short_text(primary=True)
    generation: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    sealed: bytes = sealed_bytes()


class RecoveryCopy(Row, table=True):
    """The private half of a ring's newest key, or the key to names, sealed to an organisation's recovery key."""

    __tablename__ = "recovery_copy"
    __table_args__ = (UNORDERED,)

    ring: str = short_text(primary=True)
    generation: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    # A copy for an older recovery key is another row: a backup that has it does not bring it back beside the newer.
    recovery: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    organisation_id: str = _reference("organisation.id")
    sealed: bytes = sealed_bytes()


class RecoveredKey(Row, table=True):
    """A ring's key that trustees gave back, sealed to the person who carries it on and has not taken it up yet."""

    __tablename__ = "recovered_key"
    __table_args__ = (UNORDERED,)

    ring: str = short_text(primary=True)
    generation: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    account_id: str = _reference("account.id", primary=True)
    sealed: bytes = sealed_bytes()


class StatementRow(Row, table=True):
    """A signed statement of a chain: who and which key counts, up to the root."""

    __tablename__ = "statement"
    __table_args__ = (UNORDERED,)

    chain: str = short_text(100, primary=True)
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    signer: str = short_text()
    content: bytes = sealed_bytes()
    signature: bytes = sealed_bytes()


class Invitation(Row, table=True):
    """A link that was given out: found and opened by its token; the note is for administrators of one organisation."""

    __tablename__ = "invitation"
    __table_args__ = (UNORDERED,)

    locator: bytes = key_bytes(primary=True)
    kind: str = short_text()
    ends: date
    sealed: bytes = sealed_bytes()
    noted: bytes = sealed_bytes()


class Newcomer(Row, table=True):
    """Somebody who joined and is not yet where they were meant to be; where that is, the organisation alone reads."""

    __tablename__ = "newcomer"
    __table_args__ = (UNORDERED,)

    account_id: str = _reference("account.id", primary=True)
    sealed: bytes = sealed_bytes()


class SpareCode(Row, table=True):
    """A code that stands in for the six digits once; nothing but what Argon2id and HKDF make of it."""

    __tablename__ = "spare_code"
    __table_args__ = (UNORDERED,)

    locator: bytes = key_bytes(primary=True)
    account_id: str = _reference("account.id")


class SessionRow(Row, table=True):
    """A session of either kind: what only the cookie's token opens."""

    __tablename__ = "session"
    __table_args__ = (FLEETING_ROWS,)

    locator: bytes = key_bytes(primary=True)
    account_id: str | None = short_text(nullable=True, index=True)
    sealed: bytes = sealed_bytes()
    # When a session of staff began and ends at the latest, sealed to whose it is: only they see it in their list.
    about: bytes | None = sealed_bytes_or_none()
    ends: datetime = coarse_time(index=True)


class Lockdown(Row, table=True):
    """The one row that says whether the desk is closed, and who wishes the contrary until when; none: it never was."""

    __tablename__ = "lockdown"
    __table_args__ = (UNORDERED,)

    id: int = Field(default=1, sa_column=Column(Integer, primary_key=True, autoincrement=False))
    closed: bool = False
    asked_by: str | None = short_text(nullable=True)
    asked_until: datetime | None = coarse_time(nullable=True)


class Epoch(Row, table=True):
    """A day's key: drafts are sealed under it, and attempts counted; deleted after 48 hours."""

    __tablename__ = "epoch"
    __table_args__ = (FLEETING_ROWS,)

    day: date = Field(primary_key=True)
    key: bytes = sealed_bytes()


class SpentTotp(Row, table=True):
    """A one-time password that was used, as a tag that only its secret explains."""

    __tablename__ = "spent_totp"
    __table_args__ = (FLEETING_ROWS,)

    tag: bytes = key_bytes(primary=True)
    ends: datetime = coarse_time(index=True)


class Attempts(Row, table=True):
    """How many attempts failed under a tag (an account under the day's key, or all codes together)."""

    __tablename__ = "attempts"
    __table_args__ = (FLEETING_ROWS,)

    tag: bytes = key_bytes(primary=True)
    failed: int = 0
    ends: datetime = coarse_time(index=True)


Index("ix_membership_account", Membership.__table__.c.account_id)
Index("ix_ring_share_account", RingShare.__table__.c.account_id)
Index("ix_spare_code_account", SpareCode.__table__.c.account_id)
