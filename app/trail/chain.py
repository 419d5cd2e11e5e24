"""Appending to the record and checking it.

An entry is made in two steps, so that no lock is held during cryptography:
:func:`prepare` seals and signs, :func:`append` takes the head and links. The signature
covers the head that the actor had last seen, so an entry cannot be moved before it even
by somebody who recomputes every hash.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.storage.packing import pack
from app.trail.tables import TrailEntry, TrailHead
from app.vault import signing
from app.vault.context import Purpose, context
from app.vault.digest import sha256
from app.vault.hybrid import seal_to

GENESIS = bytes(32)
# The public signing keys that may have signed for an actor at a number of the record.
KeysAt = Callable[[str, int], Collection[bytes]]


@dataclass(frozen=True)
class Actor:
    """Who signs an entry: an account or ``service``, with the private signing key."""

    id: str
    signing_key: bytes


@dataclass(frozen=True)
class Head:
    """Where the chain ends: how many entries, and the hash of the last."""

    seq: int
    hash: bytes

    def __str__(self) -> str:
        """The form people note down: ``1234-9f86d081884c7d65``."""
        return f"{self.seq}-{self.hash.hex()[:16]}"


@dataclass(frozen=True)
class Prepared:
    """A sealed and signed entry that is not yet linked."""

    actor: str
    after: Head
    sealed: bytes
    signature: bytes


@dataclass(frozen=True)
class Verdict:
    """What checking the record found: entries that hold, and the first break, if any."""

    entries: int
    head: Head
    broken_at: int | None = None
    reason: str | None = None


def start(session: Session) -> None:
    """Create the empty chain of a new installation."""
    session.add(TrailHead(id=1, seq=0, hash=GENESIS))


def head(session: Session) -> Head:
    """The end of the chain as it stands."""
    row = session.exec(select(TrailHead.seq, TrailHead.hash)).one()
    return Head(*row)


def prepare(session: Session, actor: Actor, record_key: bytes, event: Mapping[str, Any]) -> Prepared:
    """Seal ``event`` to the auditors' public key (1,216 bytes) and sign the ciphertext."""
    after = head(session)
    sealed = seal_to(record_key, pack(event), context(Purpose.RECORD_ENTRY, actor.id))
    signature = signing.sign(actor.signing_key, sealed, _place(actor.id, after))
    return Prepared(actor.id, after, sealed, signature)


def append(session: Session, prepared: Prepared) -> Head:
    """Link ``prepared`` to the end of the chain; call it last, since it holds the head until the commit."""
    table = TrailHead.__table__
    seq, previous = session.execute(
        update(table).values(seq=table.c.seq + 1).returning(table.c.seq, table.c.hash)
    ).one()
    link = _link(seq, previous, prepared)
    session.add(
        TrailEntry(
            seq=seq,
            actor=prepared.actor,
            after_seq=prepared.after.seq,
            after_hash=prepared.after.hash,
            sealed=prepared.sealed,
            signature=prepared.signature,
            hash=link,
        )
    )
    session.execute(update(table).values(hash=link))
    return Head(seq, link)


def check(session: Session, verify_keys_of: KeysAt, noted: str | None = None) -> Verdict:
    """Follow the chain from its first entry and name the first break.

    ``verify_keys_of`` gives the public signing keys that an actor had at a number, or has since; ``noted`` is a head
    written down earlier (``str`` of :class:`Head`), which the chain must still contain. People may go on acting
    meanwhile.
    """
    began = head(session)
    hashes = bytearray(GENESIS)
    query = select(TrailEntry).order_by(col(TrailEntry.seq)).execution_options(yield_per=500)
    # Left as soon as something is broken; PostgreSQL must hear that no more rows are wanted.
    with session.exec(query) as rows:
        reason = _first_fault(session, rows, hashes, verify_keys_of)
    count = len(hashes) // 32 - 1
    found = Head(count, bytes(hashes[-32:]))
    if reason is None and not _reaches(found, hashes, began, head(session)):
        reason = "cut_off"
    if reason is not None:
        return Verdict(count, found, count + 1, reason)
    if noted is not None and not _contains(hashes, noted):
        return Verdict(count, found, None, "noted_head_missing")
    return Verdict(count, found)


def is_signed(row: Any, verify_keys: Iterable[bytes]) -> bool:
    """Whether an entry, looked at alone, is signed with one of these keys after the head that it names."""
    place = _place(row.actor, Head(row.after_seq, row.after_hash))
    return signing.is_signed(verify_keys, row.signature, row.sealed, place)


def _first_fault(
    session: Session,
    rows: Iterable[TrailEntry],
    hashes: bytearray,
    verify_keys_of: KeysAt,
) -> str | None:
    """Add the hash of each entry that holds to ``hashes``; stop at the first that does not."""
    seen: set[bytes] = set()
    for row in rows:
        session.expunge(row)
        reason = _fault(row, len(hashes) // 32 - 1, hashes, verify_keys_of(row.actor, row.seq))
        if reason is not None:
            return reason
        # Half a signature tells entries apart: a copy of an old one would hold, whoever puts it at the end.
        start_of_signature = row.signature[:16]
        if start_of_signature in seen:
            return "repeated"
        seen.add(start_of_signature)
        hashes += row.hash
    return None


def _reaches(found: Head, hashes: bytearray, began: Head, ended: Head) -> bool:
    """Whether the entries reach the head of before, and, unless more came meanwhile, the head of now."""
    at_beginning = hashes[began.seq * 32 : began.seq * 32 + 32] == began.hash
    return at_beginning and (ended.seq > found.seq or ended == found)


def _fault(row: TrailEntry, count: int, hashes: bytearray, verify_keys: Collection[bytes]) -> str | None:
    if row.seq != count + 1:
        return "missing"
    prepared = Prepared(row.actor, Head(row.after_seq, row.after_hash), row.sealed, row.signature)
    if row.hash != _link(row.seq, bytes(hashes[-32:]), prepared):
        return "altered"
    if not 0 <= row.after_seq <= count or hashes[row.after_seq * 32 : row.after_seq * 32 + 32] != row.after_hash:
        return "reordered"
    if not verify_keys:
        return "unknown_actor"
    return None if is_signed(row, verify_keys) else "forged"


def _contains(hashes: bytearray, noted: str) -> bool:
    seq, _, start_of_hash = noted.strip().partition("-")
    if not seq.isascii() or not seq.isdigit() or len(start_of_hash) != 16:
        return False
    at = int(seq) * 32
    return hashes[at : at + 32].hex()[:16] == start_of_hash.lower()


def _place(actor: str, after: Head) -> bytes:
    return context(Purpose.RECORD_ENTRY, actor, str(after.seq), after.hash)


def _link(seq: int, previous: bytes, prepared: Prepared) -> bytes:
    return sha256(
        context(
            Purpose.TRAIL_LINK,
            str(seq),
            previous,
            _place(prepared.actor, prepared.after),
            sha256(prepared.sealed),
            prepared.signature,
        )
    )
