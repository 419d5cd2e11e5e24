"""Reading facets back, in the order of their ids, with the keys of a coordinator who is logged in."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.accounts.errors import KeyNotHeld
from app.accounts.members import Member
from app.accounts.rings import STATISTICS
from app.statistics.errors import NoKey
from app.statistics.facets import facet_place
from app.statistics.tables import Facet
from app.storage.packing import unpack
from app.vault.digest import sha256
from app.vault.errors import VaultError
from app.vault.hybrid import KeyPair, open_with

_READ_AT_ONCE = 1_000
_PAGE = (
    select(col(Facet.id), col(Facet.generation), col(Facet.sealed))
    .where(col(Facet.id) > bindparam("after"))
    .order_by(col(Facet.id))
    .limit(_READ_AT_ONCE)
)


@dataclass(frozen=True)
class Seen:
    """A facet in its row, and opened; ``content`` is None where no key of the member opens it."""

    id: bytes
    sealed: bytes
    content: dict[str, Any] | None


def facets_after(session: Session, member: Member, after: bytes, most: int) -> Iterator[Seen]:
    """At most so many facets behind ``after``, opened."""
    for facet_id, generation, sealed in islice(raw_facets(session, after), most):
        yield Seen(facet_id, sealed, open_facet(session, member, facet_id, generation, sealed))


def raw_facets(session: Session, after: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """The facets behind ``after`` in the order of their ids, still sealed: id, generation, sealing."""
    while rows := session.execute(_PAGE, {"after": after}).all():
        yield from ((row[0], row[1], row[2]) for row in rows)
        after = rows[-1][0]


def statistics_pair(session: Session, member: Member, generation: int) -> KeyPair:
    """The statistics' key pair, if the member holds it.

    Raises: :class:`NoKey`.
    """
    try:
        return member.ring_pair(session, STATISTICS, generation)
    except KeyNotHeld:
        raise NoKey from None


def open_facet(
    session: Session, member: Member, facet_id: bytes, generation: int, sealed: bytes
) -> dict[str, Any] | None:
    """What a facet holds; None where no key of the member opens it."""
    try:
        return unpack(
            open_with(statistics_pair(session, member, generation), sealed, facet_place(facet_id, generation))
        )
    except (VaultError, NoKey):
        # One row that somebody wrote into the database, or that was damaged, must not keep all others from counting.
        return None


def fingerprint(facet_id: bytes, sealed: bytes) -> bytes:
    """24 bytes that tell a facet from all others, and whether it was replaced since."""
    return facet_id[:16] + sha256(sealed)[:8]
