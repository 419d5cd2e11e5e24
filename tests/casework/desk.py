"""What tests of casework share: the record opened by its auditor, and grants that another queue was given."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, event, insert
from sqlmodel import col, select

from app.accounts.members import Member
from app.accounts.queues import newest_key
from app.accounts.rings import queue_ring
from app.casefile.keys import Compartment, GrantPlace, seal_grant
from app.casefile.tables import Grant
from app.casework.opening import open_keys
from app.storage.packing import unpack
from app.trail.tables import TrailEntry
from app.vault.context import Purpose, context
from app.vault.hybrid import open_with
from tests.cast import Cast


def record(cast: Cast) -> list[dict[str, Any]]:
    """Every event on the record with its actor, as the auditor reads it."""
    roman = cast.member("roman")
    with cast.session() as session:
        pair = roman.ring_pair(session, "record", 1)
        entries = session.exec(select(TrailEntry).order_by(col(TrailEntry.seq))).all()
    return [
        {"actor": entry.actor, **unpack(open_with(pair, entry.sealed, context(Purpose.RECORD_ENTRY, entry.actor)))}
        for entry in entries
    ]


def share(cast: Cast, holder: Member, case_id: str, queue_id: str, *compartments: Compartment) -> None:
    """Give another queue some of a case's compartments, as a referral will."""
    with cast.session() as session:
        keys = open_keys(session, holder, case_id).keys.share(compartments)
        ring = newest_key(session, queue_ring(queue_id))
        place = GrantPlace(case_id, queue_id, ring.generation, "legal_ngo")
        session.execute(insert(Grant), [{**asdict(place), "sealed": seal_grant(keys, place, ring.public_key)}])


def _wait() -> None:
    """Let a statement pass."""


def while_reading(cast: Cast, table: str, action: Callable[[], object], time: int = 1) -> None:
    """Do something right after the next statement that reads `table`, or after the second, third, ..."""
    waiting = [action, *[_wait] * (time - 1)]

    @event.listens_for(cast.engine, "after_cursor_execute")
    def act(_connection: Connection, _cursor: object, statement: str, *_rest: Any) -> None:
        words = statement.replace('"', "").split()
        if waiting and any(word in ("FROM", "JOIN") and after == table for word, after in pairwise(words)):
            waiting.pop()()


@contextmanager
def tables_written(cast: Cast) -> Iterator[list[str]]:
    """The tables that are written to meanwhile, in the order of the statements."""
    found: list[str] = []

    @event.listens_for(cast.engine, "before_cursor_execute")
    def note(_connection: Connection, _cursor: object, statement: str, *_rest: Any) -> None:
        word, *rest = statement.replace('"', "").split()
        if word in ("INSERT", "UPDATE", "DELETE"):
            found.append(rest[word != "UPDATE"])

    yield found
    event.remove(cast.engine, "before_cursor_execute", note)
