"""A record with two people who act, and an enemy who may write to the database and knows our code."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine, delete, update
from sqlmodel import Session, col, select

from app.storage.packing import unpack
from app.storage.sessions import session_scope, write_last
from app.trail import chain
from app.trail.chain import Actor, Head, Prepared, Verdict
from app.trail.tables import TrailEntry, TrailHead
from app.vault.context import Purpose, context
from app.vault.hybrid import new_private_key, open_with, public_key
from app.vault.signing import new_signing_key, verify_key


@dataclass
class Book:
    """An empty record, begun in a fresh database."""

    engine: Engine
    record_private: bytes = field(default_factory=new_private_key)
    actors: dict[str, Actor] = field(
        default_factory=lambda: {name: Actor(name, new_signing_key()) for name in ("daria", "bohdan")}
    )

    def begin(self) -> None:
        """Put the empty chain into the database."""
        with session_scope(self.engine) as session:
            chain.start(session)

    def act(self, name: str, **event: str) -> None:
        """One action in a transaction of its own, as the rooms above do it."""
        with session_scope(self.engine) as session:
            prepared = chain.prepare(session, self.actors[name], public_key(self.record_private), event)
            write_last(session, lambda: chain.append(session, prepared))

    def verdict(self, noted: str | None = None) -> Verdict:
        """What checking finds."""
        with session_scope(self.engine) as session:
            return chain.check(session, self.known_key, noted)

    def head(self) -> str:
        """The head as people note it down."""
        with session_scope(self.engine) as session:
            return str(chain.head(session))

    def known_key(self, name: str, _at: int) -> tuple[bytes, ...]:
        """The public signing keys of somebody who is known."""
        return (verify_key(self.actors[name].signing_key),) if name in self.actors else ()

    def opened(self) -> list[dict[str, str]]:
        """Every event, opened with the auditors' key."""
        with session_scope(self.engine) as session:
            rows = session.exec(select(TrailEntry).order_by(col(TrailEntry.seq))).all()
        return [
            unpack(open_with(self.record_private, row.sealed, context(Purpose.RECORD_ENTRY, row.actor))) for row in rows
        ]

    def change(self, seq: int, **values: object) -> None:
        """Write into one entry."""
        with session_scope(self.engine) as session:
            session.execute(update(TrailEntry).where(col(TrailEntry.seq) == seq).values(**values))

    def remove(self, *seqs: int) -> None:
        """Delete entries."""
        with session_scope(self.engine) as session:
            session.execute(delete(TrailEntry).where(col(TrailEntry.seq).in_(seqs)))

    def rewrite(self, change: Callable[[list[TrailEntry]], list[TrailEntry]]) -> None:
        """Put other entries in the place of all, and compute every number and hash anew, head included."""
        with session_scope(self.engine) as session:
            kept = session.exec(select(TrailEntry).order_by(col(TrailEntry.seq))).all()
            values = [row.model_dump() for row in change([TrailEntry(**row.model_dump()) for row in kept])]
            session.execute(delete(TrailEntry))
            last = chain.GENESIS
            for seq, row in enumerate(values, start=1):
                row |= {"seq": seq, "hash": link(seq, last, row)}
                last = row["hash"]
                session.add(TrailEntry(**row))
            set_head(session, Head(len(values), last))


def link(seq: int, previous: bytes, row: dict[str, object]) -> bytes:
    """The hash that an entry would have in a place, which everybody can compute."""
    after = Head(row["after_seq"], row["after_hash"])  # type: ignore[arg-type]
    return chain._link(seq, previous, Prepared(row["actor"], after, row["sealed"], row["signature"]))  # type: ignore[arg-type]


def set_head(session: Session, head: Head) -> None:
    """Write where the chain ends."""
    session.execute(update(TrailHead).values(seq=head.seq, hash=head.hash))
