"""Reading facets back, in the order of their ids, with the keys of a coordinator who is logged in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice, tee
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.accounts.errors import KeyNotHeld
from app.accounts.members import Member
from app.accounts.rings import STATISTICS
from app.statistics.errors import NoKey
from app.statistics.facets import facet_place
from app.statistics.tables import Facet
from app.storage.engine import AS_BYTES
from app.storage.packing import unpack
from app.vault.digest import sha256
from app.vault.errors import VaultError
from app.vault.hybrid import KeyPair, open_with
from app.vault.many import Sealing, open_many

# A facet as it lies in the table: id, generation of the key, sealing.
Row = tuple[bytes, int, bytes]

_READ_AT_ONCE = 1_000
FINGERPRINT_BYTES = 24
# So many bytes of it are the beginning of the id.
ID_KEPT = 16
# In the place of the fingerprint of one that does not belong to a release, so that all steps are of one size.
NOT_COUNTED = bytes(FINGERPRINT_BYTES)
_PAGE = (
    select(col(Facet.id), col(Facet.generation), col(Facet.sealed))
    .where(col(Facet.id) > bindparam("after"))
    .order_by(col(Facet.id))
    .limit(_READ_AT_ONCE)
    .execution_options(**AS_BYTES)
)


@dataclass(frozen=True)
class Seen:
    """A facet in its row, and opened; ``content`` is None where no key of the member opens it."""

    id: bytes
    sealed: bytes
    content: dict[str, Any] | None


def facets_after(session: Session, member: Member, after: bytes, most: int) -> Iterator[Seen]:
    """At most so many facets behind ``after``, opened on every core."""
    return open_facets(session, member, islice(raw_facets(session, after), most))


def open_facets(session: Session, member: Member, facets: Iterable[Row]) -> Iterator[Seen]:
    """These facets, opened on every core."""
    rows, kept = tee(facets)
    # Asked once: of a generation that the member does not hold there may be very many rows.
    pair = cache(partial(_pair_if_held, session, member))
    opened = open_many(
        Sealing(pair(generation), sealed, facet_place(id_, generation)) for id_, generation, sealed in rows
    )
    for (facet_id, _, sealed), packed in zip(kept, opened, strict=True):
        yield Seen(facet_id, sealed, None if packed is None else _content(packed))


def raw_facets(session: Session, after: bytes) -> Iterator[Row]:
    """The facets behind ``after`` in the order of their ids, still sealed."""
    # By the connection: a session would look at each row for what it might have to keep.
    while rows := session.connection().execute(_PAGE, {"after": after}).all():
        for facet_id, generation, sealed in rows:
            # Who takes the key off the table could write one person's facet a hundred times, louder than any noise.
            if facet_id > after:
                yield facet_id, generation, sealed
            after = facet_id


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
    """What a facet holds; None where no key of the member opens it, or it is none."""
    try:
        packed = open_with(statistics_pair(session, member, generation), sealed, facet_place(facet_id, generation))
    except (VaultError, NoKey):
        return None
    return _content(packed)


def fingerprint(facet_id: bytes, sealed: bytes) -> bytes:
    """24 bytes that tell a facet from all others, and whether it was replaced since."""
    return facet_id[:ID_KEPT] + sha256(sealed)[: FINGERPRINT_BYTES - ID_KEPT]


def _pair_if_held(session: Session, member: Member, generation: int) -> KeyPair | None:
    try:
        return statistics_pair(session, member, generation)
    except NoKey:
        return None


def _content(packed: bytes) -> dict[str, Any] | None:
    """A facet out of its bytes; None where somebody who can write to the database sealed something else.

    One such row, or one that was damaged, must not keep all others from being counted.
    """
    try:
        content: Any = unpack(packed)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
