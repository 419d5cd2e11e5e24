"""Confirming a made release: the second person has it looked through in steps, then signs and freezes it.

What was counted is held against what is there now, in steps like those of the making, so that no request lasts long
where much was corrected meanwhile. None of them is relied on: with the signature everything is looked at once more, in
the transaction that freezes, which by then has next to nothing left to open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import Session, col, select

from app.accounts.holding import holds as holds_ring
from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.accounts.rings import STATISTICS
from app.accounts.vouching import vouched
from app.statistics import ledger
from app.statistics.counting import belongs
from app.statistics.errors import NothingToDo, SamePerson
from app.statistics.making import counted_place, discard, figures_place, made_place
from app.statistics.periods import Period, ReleaseKind, read_period
from app.statistics.reading import (
    FINGERPRINT_BYTES,
    ID_KEPT,
    NOT_COUNTED,
    Row,
    fingerprint,
    open_facets,
    raw_facets,
    statistics_pair,
)
from app.statistics.releases import confirmed_place, holds
from app.statistics.tables import Counted, Release
from app.storage.conflicts import changed_rows
from app.storage.packing import unpack
from app.vault.hybrid import KeyPair, open_with, seal_to
from app.vault.signing import sign


@dataclass(frozen=True)
class Look:
    """How far a confirmation is: ``number`` once it is released; ``discarded`` where somebody had left."""

    kind: ReleaseKind
    period: Period
    percent: int
    number: int | None = None
    discarded: bool = False


def begin(session: Session, member: Member, kind: ReleaseKind, period: Period) -> None:
    """Begin to confirm a made release, or go on where this person was; nothing of it is shown.

    Raises: :class:`NothingToDo`, :class:`SamePerson`, :class:`~app.statistics.errors.NoKey`.
    """
    row = _made(session, kind, period)
    if row.made_by == member.account_id:
        raise SamePerson
    statistics_pair(session, member, row.generation)
    if row.confirmed_by != member.account_id:
        _change(session, row, {"confirmed_by": member.account_id, "percent": 0})


def leave(session: Session, member: Member, kind: ReleaseKind, period: Period) -> None:
    """Stop confirming: it waits for a second signature as before, and nothing is discarded.

    Raises: :class:`NothingToDo`.
    """
    _change(session, _mine(session, member, kind, period), {"confirmed_by": None, "percent": 100})


def take_step(session: Session, member: Member, kind: ReleaseKind, period: Period, now: datetime) -> Look:
    """Look through what the next step of the making counted; after the last of them sign and freeze.

    Where a family has withdrawn since it was counted, or whoever counted has other keys since or holds the statistics'
    key no more, it is discarded unseen instead: it can be made anew.

    Raises: :class:`NothingToDo` where there is no step to take or another window took it,
    :class:`~app.statistics.errors.NoKey`.
    """
    row = _mine(session, member, kind, period)
    pair = statistics_pair(session, member, row.generation)
    steps = session.execute(select(func.count()).select_from(Counted).where(*_of(kind, period))).scalar_one()
    first = row.percent * steps // 100
    # What one step counted is soon looked through: the last look is enough.
    if steps < 2 or first >= steps:
        return _freeze(session, member, row, pair, range(steps), now)
    percent = -(-100 * (first + 1) // steps)
    renewed = list[tuple[int, bytes]]()
    for step in range(first, percent * steps // 100):
        now_there = _as_it_is(session, member, kind, period, _counted(session, kind, period, pair, step))
        if now_there is None:
            return _discard(session, member, row, pair, now)
        # Written anew also where nothing changed, so that it does not show whether something did.
        renewed.append((step, seal_to(pair.public, b"".join(now_there), counted_place(kind, period, step))))
    _change(session, row, {"percent": percent})
    for step, sealed in renewed:
        session.execute(update(Counted).where(*_of(kind, period), col(Counted.step) == step).values(sealed=sealed))
    return Look(kind, period, percent)


def _freeze(session: Session, member: Member, row: Release, pair: KeyPair, steps: Iterable[int], now: datetime) -> Look:
    """Look through everything that was counted, sign, and let nobody change it any more."""
    kind, period, first = ReleaseKind(row.kind), read_period(row.period), row.made_signature
    content = _content(row, pair)
    if first is None or not holds(session, row.made_by, first, content, made_place(kind, period)):
        raise NothingToDo(f"{kind} {period}")
    newest = holds(session, row.made_by, first, content, made_place(kind, period), by_newest_key=True)
    if not (newest and _counts(session, row.made_by)):
        # Whoever stole the key of before a reset may have made it up; so may anybody who signs and does not count.
        return _discard(session, member, row, pair, now)
    for step in steps:
        if _as_it_is(session, member, kind, period, _counted(session, kind, period, pair, step)) is None:
            return _discard(session, member, row, pair, now)
    number: int = unpack(content)["number"]
    frozen = {
        "content": content,
        "confirmed_signature": sign(member.signing_key, content, confirmed_place(kind, period, first)),
        "percent": 100,
        "sealed": None,
    }
    _change(session, row, frozen)
    session.execute(delete(Counted).where(*_of(kind, period)))
    ledger.note_released(session, kind, period, number, content)
    put_on_record(session, member, "release_confirmed", now, release=str(number))
    return Look(kind, period, 100, number=number)


def _counts(session: Session, account_id: str) -> bool:
    """Whether the statistics' key was given to somebody, by the keys that are theirs now: nobody else can count."""
    return holds_ring(vouched(session), STATISTICS, account_id)


def _as_it_is(
    session: Session, member: Member, kind: ReleaseKind, period: Period, fingerprints: Sequence[bytes]
) -> list[bytes] | None:
    """The fingerprints of a step as they are now; None where a facet that was counted is not there any more, or adds
    nothing by now. What was merely corrected stays.

    Both come in the order of their ids, so that memory holds one step's fingerprints at most.
    """
    now_there, changed = list(fingerprints), list[Row]()
    counted = [at for at, each in enumerate(fingerprints) if each != NOT_COUNTED]
    # An id is longer than what is kept of it, so the first that was counted lies behind its own beginning.
    facets = raw_facets(session, fingerprints[counted[0]][:ID_KEPT]) if counted else iter(())
    for at in counted:
        kept = fingerprints[at][:ID_KEPT]
        found = next((row for row in facets if row[0][:ID_KEPT] >= kept), None)
        if found is None or found[0][:ID_KEPT] != kept:
            return None
        if (now_is := fingerprint(found[0], found[2])) != fingerprints[at]:
            now_there[at] = now_is
            changed.append(found)
    still = all(
        seen.content is not None and belongs(seen.content, kind, period)
        for seen in open_facets(session, member, changed)
    )
    return now_there if still else None


def _counted(session: Session, kind: ReleaseKind, period: Period, pair: KeyPair, step: int) -> list[bytes]:
    """The fingerprints of what one step counted."""
    sealed = session.exec(select(Counted.sealed).where(*_of(kind, period), col(Counted.step) == step)).one()
    together = open_with(pair, sealed, counted_place(kind, period, step))
    return [together[at : at + FINGERPRINT_BYTES] for at in range(0, len(together), FINGERPRINT_BYTES)]


def _discard(session: Session, member: Member, row: Release, pair: KeyPair, now: datetime) -> Look:
    kind, period = ReleaseKind(row.kind), read_period(row.period)
    number = unpack(_content(row, pair))["number"]
    discard(session, kind, period)
    put_on_record(session, member, "release_discarded", now, release=str(number))
    return Look(kind, period, 100, discarded=True)


def _content(row: Release, pair: KeyPair) -> bytes:
    assert row.sealed is not None
    return open_with(pair, row.sealed, figures_place(ReleaseKind(row.kind), read_period(row.period), row.step))


def _made(session: Session, kind: ReleaseKind, period: Period) -> Release:
    row = session.get(Release, (kind.value, str(period)), populate_existing=True)
    if row is None or row.made_signature is None or row.sealed is None:
        raise NothingToDo(f"{kind} {period}")
    return row


def _mine(session: Session, member: Member, kind: ReleaseKind, period: Period) -> Release:
    row = _made(session, kind, period)
    if row.confirmed_by != member.account_id or row.made_by == member.account_id:
        raise NothingToDo(f"{kind} {period}")
    return row


def _change(session: Session, row: Release, values: Mapping[str, Any]) -> None:
    """Change a release that is as it was read, and else nothing."""
    as_read = (
        col(Release.content).is_(None),
        col(Release.made_signature) == row.made_signature,
        col(Release.confirmed_by) == row.confirmed_by,
        col(Release.percent) == row.percent,
    )
    here = col(Release.kind) == row.kind, col(Release.period) == row.period
    if not changed_rows(session.execute(update(Release).where(*here, *as_read).values(**values))):
        raise NothingToDo(f"{row.kind} {row.period}")


def _of(kind: ReleaseKind, period: Period) -> tuple[ColumnElement[bool], ...]:
    return col(Counted.kind) == kind.value, col(Counted.period) == str(period)
