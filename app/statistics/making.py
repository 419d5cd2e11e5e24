"""Making a release: in steps, in the session of the coordinator who asked, resumable, stopped at any moment.

Between two steps the state (where we are, and what was counted) lies sealed to the statistics ring, so that no key
leaves the session and nothing that was opened is stored. Memory holds one step's facets and the counts, however many
facets there are. Whoever is second, of two windows that take the same step, finds its work undone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import Session, col, select

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.statistics import ledger
from app.statistics.counting import Adding, belongs, cell_key, half_range, nothing_counted
from app.statistics.declaring import Table, declared
from app.statistics.errors import NoKey, NothingToDo, NotOver, Overdrawn
from app.statistics.facets import statistics_key
from app.statistics.noise import Mechanism, laplace, shown
from app.statistics.periods import Period, ReleaseKind, read_named, read_period
from app.statistics.reading import NOT_COUNTED, facets_after, fingerprint, statistics_pair
from app.statistics.tables import Counted, Facet, Release
from app.storage.columns import day_of
from app.storage.conflicts import changed_rows, insert_if_absent
from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.hybrid import KeyPair, open_with, seal_to
from app.vault.signing import sign

# How many facets one step opens (two or three seconds on a slow machine).
STEP_FACETS = 20_000
STATE_BYTES = 16_000


@dataclass(frozen=True)
class State:
    """A making as its page shows it; ``made`` when it waits for the second signature, ``percent`` then of what
    ``confirmed_by`` has looked through.
    """

    kind: ReleaseKind
    period: Period
    percent: int
    made: bool
    made_by: str
    confirmed_by: str | None = None


def begin(session: Session, member: Member, kind: ReleaseKind, period: Period, now: datetime) -> None:
    """Begin to make a release of a period that is over.

    Raises: :class:`NotOver`, :class:`Overdrawn` where this period was drawn for already, :class:`NothingToDo` where
    somebody has begun, :class:`NoKey`.
    """
    if not period.is_over(day_of(now)):
        raise NotOver(str(period))
    if ledger.was_drawn(session, kind, period) is not None or ledger.was_released(session, kind, period):
        raise Overdrawn(f"{kind} {period}")
    ring = statistics_key(session)
    if ring is None:
        raise NoKey
    generation = ring.generation
    pair = statistics_pair(session, member, generation)
    # Counted once: it takes a reading of the whole table, and every step would take longer for it.
    of = session.execute(select(func.count()).select_from(Facet)).scalar_one()
    state = {"after": b"", "seen": 0, "of": of, "counts": nothing_counted(declared().of(kind), period)}
    sealed = seal_to(pair.public, _packed(state), _place(kind, period, 0))
    begun = insert_if_absent(
        session,
        Release,
        kind=kind.value,
        period=str(period),
        generation=generation,
        step=0,
        percent=0,
        made_by=member.account_id,
        confirmed_by=None,
        sealed=sealed,
        content=None,
        made_signature=None,
        confirmed_signature=None,
    )
    if not begun:
        raise NothingToDo(f"{kind} {period}")
    put_on_record(session, member, "release_begun", now, release=f"{kind}-{period}")


def waiting(session: Session) -> tuple[State, ...]:
    """Every making, those that wait for the second signature too; what somebody wrote past the program is none."""
    rows = session.exec(select(Release).where(col(Release.content).is_(None)))
    found = [_state(row) for row in rows if read_named(row.kind, row.period)]
    return tuple(sorted(found, key=lambda state: (state.period, state.kind)))


def take_step(
    session: Session,
    member: Member,
    kind: ReleaseKind,
    period: Period,
    now: datetime,
    mechanism: Mechanism = laplace,
    most: int = STEP_FACETS,
) -> State:
    """Open and count the next facets; after the last of them blur the counts, draw on the ledger, and sign.

    Raises: :class:`NothingToDo` where there is no step to take or another window took it, :class:`Overdrawn`.
    """
    row = session.get(Release, (kind.value, str(period)))
    if row is None or row.made_by != member.account_id or row.sealed is None:
        raise NothingToDo(f"{kind} {period}")
    if row.made_signature is not None:
        return State(kind, period, 100, made=True, made_by=row.made_by)
    pair = statistics_pair(session, member, row.generation)
    state = unpack(open_with(pair, row.sealed, _place(kind, period, row.step)))
    seen_before = state["seen"]
    counted = _count(session, member, kind, period, state, most)
    if state["seen"] == seen_before:
        return _finish(session, member, row, pair, state["counts"], mechanism, now)
    values: dict[str, Any] = {
        "step": row.step + 1,
        "percent": min(99, 100 * state["seen"] // max(state["seen"], state.get("of", 0))),
        "sealed": seal_to(pair.public, _packed(state), _place(kind, period, row.step + 1)),
    }
    # Made before the row is changed, whose value in memory changes with it.
    step = Counted(
        kind=kind.value,
        period=str(period),
        step=row.step,
        sealed=seal_to(pair.public, b"".join(counted), counted_place(kind, period, row.step)),
    )
    _move(session, row, values)
    session.add(step)
    return State(kind, period, values["percent"], made=False, made_by=row.made_by)


def stop(session: Session, member: Member, kind: ReleaseKind, period: Period, now: datetime) -> None:
    """Stop a making, or set aside one that waits: nobody saw its figures, so nothing of the budget is spent.

    Raises: :class:`NothingToDo`; :class:`NoKey` for whoever could not make it anew.
    """
    ring = statistics_key(session)
    if ring is None:
        raise NoKey
    statistics_pair(session, member, ring.generation)
    discard(session, kind, period)
    put_on_record(session, member, "release_stopped", now, release=f"{kind}-{period}")


def discard(session: Session, kind: ReleaseKind, period: Period) -> None:
    """Delete a release that was never shown, with all that was counted for it.

    Raises: :class:`NothingToDo`.
    """
    unshown = col(Release.content).is_(None)
    if not changed_rows(session.execute(delete(Release).where(*_is(Release, kind, period), unshown))):
        raise NothingToDo(f"{kind} {period}")
    session.execute(delete(Counted).where(*_is(Counted, kind, period)))
    ledger.take_back(session, kind, period)


def counted_place(kind: ReleaseKind, period: Period, step: int) -> bytes:
    """The context that the ids of a step are sealed in."""
    return context(Purpose.COUNTED, kind.value, str(period), str(step))


def figures_place(kind: ReleaseKind, period: Period, step: int) -> bytes:
    """The context that figures wait in until they are confirmed."""
    return _place(kind, period, step)


def made_place(kind: ReleaseKind, period: Period) -> bytes:
    """The context of the first signature."""
    return context(Purpose.RELEASE_MADE, kind.value, str(period))


def _count(
    session: Session, member: Member, kind: ReleaseKind, period: Period, state: dict[str, Any], most: int
) -> list[bytes]:
    """Move ``state`` on by at most so many facets; give a fingerprint for each that belongs to the release.

    The others have an empty one: how long all are together tells nobody how many belong.
    """
    adding, counted = Adding(state["counts"], declared().of(kind)), []
    for facet in facets_after(session, member, state["after"], most):
        state["after"], state["seen"] = facet.id, state["seen"] + 1
        belonging = facet.content is not None and belongs(facet.content, kind, period)
        if facet.content is not None and belonging:
            adding.add(facet.content)
        counted.append(fingerprint(facet.id, facet.sealed) if belonging else NOT_COUNTED)
    return counted


def _finish(
    session: Session,
    member: Member,
    row: Release,
    pair: KeyPair,
    counts: dict[str, dict[str, int]],
    mechanism: Mechanism,
    now: datetime,
) -> State:
    kind, period = ReleaseKind(row.kind), _period(row)
    tables = [_figures(table, counts[table.code], period, mechanism) for table in declared().of(kind)]
    number = ledger.next_number(session)
    content = pack(
        {
            "number": number,
            "kind": kind.value,
            "period": str(period),
            "declaration": declared().version,
            "confidence": declared().confidence,
            "epsilon_milli": declared().epsilon_milli(kind),
            "made": day_of(now).isoformat(),
            "tables": tables,
        }
    )
    values: dict[str, Any] = {
        "step": row.step + 1,
        "percent": 100,
        "sealed": seal_to(pair.public, content, _place(kind, period, row.step + 1)),
        "made_signature": sign(member.signing_key, content, made_place(kind, period)),
    }
    _move(session, row, values)
    ledger.draw(session, member, number, kind, period, declared().epsilon_milli(kind))
    put_on_record(session, member, "release_made", now, release=str(number))
    return State(kind, period, 100, made=True, made_by=row.made_by)


def _figures(table: Table, counts: dict[str, int], period: Period, mechanism: Mechanism) -> dict[str, Any]:
    """A table as it is released: what is hidden is not kept anywhere."""
    cells: Sequence[tuple[str, str]] = table.cells(period)
    values = shown(table, mechanism(table, [counts[cell_key(*cell)] for cell in cells]))
    return {
        "code": table.code,
        "rows": table.rows,
        "columns": table.columns,
        "answers": table.answers,
        "scale": table.scale,
        "epsilon_milli": table.epsilon_milli,
        "threshold": table.threshold,
        "range": half_range(table.scale, declared().confidence),
        "cells": [[*cell, value] for cell, value in zip(cells, values, strict=True)],
    }


def _packed(state: dict[str, Any]) -> bytes:
    """The state between two steps, filled up so that its length does not tell the length of its numbers."""
    return pack(state).ljust(STATE_BYTES)


def _move(session: Session, row: Release, values: dict[str, Any]) -> None:
    taken = col(Release.step) == row.step, col(Release.made_signature).is_(None)
    here = _is(Release, ReleaseKind(row.kind), _period(row))
    if not changed_rows(session.execute(update(Release).where(*here, *taken).values(**values))):
        raise NothingToDo(f"{row.kind} {row.period}")


def _state(row: Release) -> State:
    made = row.made_signature is not None
    return State(ReleaseKind(row.kind), _period(row), row.percent, made, row.made_by, row.confirmed_by)


def _is(table: Callable[..., Any], kind: ReleaseKind, period: Period) -> tuple[ColumnElement[bool], ...]:
    columns: Any = table
    return columns.kind == kind.value, columns.period == str(period)


def _period(row: Release) -> Period:
    return read_period(row.period)


def _place(kind: ReleaseKind, period: Period, step: int) -> bytes:
    return context(Purpose.RELEASE_WORK, kind.value, str(period), str(step))
