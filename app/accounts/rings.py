"""Rings: a key pair in generations whose private half is sealed to each of its holders.

Every queue has one (``queue:<id>``), and so has the record. A grant, or an entry of the
record, is sealed to the public half of the newest generation.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.accounts.errors import KeyNotHeld
from app.accounts.tables import RingKey, RingShare
from app.vault.context import Purpose, context
from app.vault.hybrid import KeyPair, new_private_key, open_with, public_key, seal_to

RECORD = "record"

# Every sending and every entry of the record asks this; it is built once.
_NEWEST = (
    select(col(RingKey.generation), col(RingKey.public_key))
    .where(col(RingKey.ring) == bindparam("ring"))
    .order_by(col(RingKey.generation).desc())
    .limit(1)
)


def queue_ring(queue_id: str) -> str:
    """The name of a queue's ring."""
    return f"queue:{queue_id}"


@dataclass(frozen=True)
class RingPublic:
    """The public half (1,216 bytes) of one generation."""

    ring: str
    generation: int
    public_key: bytes


def create_ring(session: Session, ring: str) -> bytes:
    """Draw the first generation of ``ring``; return its private key (32 bytes) to be shared at once."""
    private = new_private_key()
    session.add(RingKey(ring=ring, generation=1, public_key=public_key(private)))
    return private


def share_ring(
    session: Session, ring: str, generation: int, private: bytes, account_id: str, account_key: bytes
) -> None:
    """Seal ``ring``'s private key to a person's public key (``account_key``, 1,216 bytes)."""
    sealed = seal_to(account_key, private, _place(ring, generation, account_id))
    session.add(RingShare(ring=ring, generation=generation, account_id=account_id, sealed=sealed))


def newest_key(session: Session, ring: str) -> RingPublic:
    """The public key that new content is sealed to.

    Raises: :class:`KeyNotHeld` where the ring has no key yet.
    """
    row = session.execute(_NEWEST, {"ring": ring}).first()
    if row is None:
        raise KeyNotHeld(ring)
    return RingPublic(ring, row[0], row[1])


def open_ring(session: Session, ring: str, generation: int, account_id: str, private: bytes | KeyPair) -> bytes:
    """Open a person's share of ``ring`` with their private key.

    Raises: :class:`KeyNotHeld` where they have none.
    """
    row = session.get(RingShare, (ring, generation, account_id))
    if row is None:
        raise KeyNotHeld(ring)
    return open_with(private, row.sealed, _place(ring, generation, account_id))


def _place(ring: str, generation: int, account_id: str) -> bytes:
    return context(Purpose.RING_SHARE, ring, str(generation), account_id)
