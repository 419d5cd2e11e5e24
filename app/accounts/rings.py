"""Rings: a key pair in generations whose private half is sealed to each of its holders.

Every queue has one (``queue:<id>``), and so have the record and the statistics. A grant, an entry
of the record, or a facet is sealed to the public half of the newest generation. Older private halves
are sealed to the generation that came after, so that holders read on and nobody else does.
"""

from dataclasses import dataclass

from sqlmodel import Session, select

from app.accounts.errors import KeyNotHeld
from app.accounts.tables import RingKey, RingLink, RingShare
from app.vault.context import Purpose, context
from app.vault.hybrid import KeyPair, key_pair, new_private_key, open_with, public_key, seal_to

RECORD = "record"
STATISTICS = "statistics"
QUEUE = "queue:"
RECOVERY = "recovery:"
# No ring: what recovery calls an organisation's key to the names of its people.
NAMES = "names"


def queue_ring(queue_id: str) -> str:
    """The name of a queue's ring."""
    return f"{QUEUE}{queue_id}"


def recovery_ring(organisation_id: str) -> str:
    """The name of an organisation's recovery key, whose private half nobody holds but trustees, on paper."""
    return f"{RECOVERY}{organisation_id}"


@dataclass(frozen=True)
class RingPublic:
    """The public half (1,216 bytes) of one generation."""

    ring: str
    generation: int
    public_key: bytes


def create_ring(session: Session, ring: str, generation: int = 1) -> bytes:
    """Draw a generation of ``ring``; return its private key (32 bytes) to be shared at once."""
    private = new_private_key()
    session.add(RingKey(ring=ring, generation=generation, public_key=public_key(private)))
    return private


def sealed_share(ring: str, generation: int, private: bytes, account_id: str, account_key: bytes) -> RingShare:
    """``ring``'s private key sealed to a person's public key (``account_key``, 1,216 bytes), as a row to be added."""
    sealed = seal_to(account_key, private, _place(ring, generation, account_id))
    return RingShare(ring=ring, generation=generation, account_id=account_id, sealed=sealed)


def share_ring(
    session: Session, ring: str, generation: int, private: bytes, account_id: str, account_key: bytes
) -> None:
    """Seal ``ring``'s private key to a person and keep the row."""
    session.add(sealed_share(ring, generation, private, account_id, account_key))


def sealed_link(ring: str, generation: int, private: bytes, newer_public: bytes) -> RingLink:
    """A generation's private key sealed to the public key of the one after it, as a row to be added."""
    return RingLink(
        ring=ring, generation=generation, sealed=seal_to(newer_public, private, _link_place(ring, generation))
    )


def open_ring(session: Session, ring: str, generation: int, account_id: str, private: bytes | KeyPair) -> bytes:
    """Open a person's share of ``ring`` with their private key, or a newer one and through it this one.

    Raises: :class:`KeyNotHeld` where they have none.
    """
    held = select(RingShare).where(
        RingShare.ring == ring, RingShare.account_id == account_id, RingShare.generation >= generation
    )
    row = min(session.exec(held), key=lambda share: share.generation, default=None)
    if row is None:
        raise KeyNotHeld(ring)
    opened = open_with(private, row.sealed, _place(ring, row.generation, account_id))
    for older in range(row.generation - 1, generation - 1, -1):
        link = session.get(RingLink, (ring, older))
        if link is None:
            raise KeyNotHeld(ring)
        opened = open_with(key_pair(opened), link.sealed, _link_place(ring, older))
    return opened


def _place(ring: str, generation: int, account_id: str) -> bytes:
    return context(Purpose.RING_SHARE, ring, str(generation), account_id)


def _link_place(ring: str, generation: int) -> bytes:
    return context(Purpose.RING_LINK, ring, str(generation))
