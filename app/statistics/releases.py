"""Releases: confirmed by a second coordinator, frozen, and shown only while both signatures hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.accounts.vouching import vouched
from app.statistics import ledger
from app.statistics.counting import belongs
from app.statistics.errors import NoSuchRelease, NothingToDo, NotOver, SamePerson
from app.statistics.making import (
    counted_place,
    discard,
    figures_place,
    made_place,
)
from app.statistics.periods import Period, ReleaseKind, read_period
from app.statistics.reading import FINGERPRINT_BYTES, NOT_COUNTED, fingerprint, open_facet, raw_facets, statistics_pair
from app.statistics.tables import Counted, LedgerEntry, Release
from app.storage.conflicts import changed_rows
from app.storage.packing import unpack
from app.vault.context import Purpose, context
from app.vault.hybrid import KeyPair, open_with
from app.vault.signing import is_signed, sign


@dataclass(frozen=True)
class Figures:
    """A table of a release: ``cells`` are (row, column, figure), the figure None where it is not shown.

    ``half_range`` is how far a figure may be off, at the release's confidence.
    """

    code: str
    rows: str
    columns: str
    answers: int
    scale: int
    epsilon_milli: int
    threshold: int
    half_range: int
    cells: tuple[tuple[str, str, int | None], ...]


@dataclass(frozen=True)
class Released:
    """A release as anybody may read it."""

    number: int
    kind: ReleaseKind
    period: Period
    declaration: str
    confidence: float
    epsilon_milli: int
    made: date
    tables: tuple[Figures, ...]

    def table(self, code: str) -> Figures:
        """One of its tables.

        Raises: :class:`NoSuchRelease`.
        """
        found = next((table for table in self.tables if table.code == code), None)
        if found is None:
            raise NoSuchRelease(code)
        return found


def confirm(session: Session, member: Member, kind: ReleaseKind, period: Period, now: datetime) -> int | None:
    """Sign a made release as the second person and freeze it; give its number.

    Where a family has withdrawn since it was counted, it is discarded unseen instead, and nothing is given: it can be
    made anew without them.

    Raises: :class:`NothingToDo`, :class:`SamePerson`, :class:`~app.statistics.errors.NoKey`.
    """
    row = session.get(Release, (kind.value, str(period)))
    if row is None or row.made_signature is None or row.sealed is None:
        raise NothingToDo(f"{kind} {period}")
    if row.made_by == member.account_id:
        raise SamePerson
    pair = statistics_pair(session, member, row.generation)
    content = open_with(pair, row.sealed, figures_place(kind, period, row.step))
    number: int = unpack(content)["number"]
    if not _holds(session, row.made_by, row.made_signature, content, made_place(kind, period)):
        raise NothingToDo(f"{kind} {period}")
    if _somebody_left(session, member, kind, period, pair):
        discard(session, kind, period)
        put_on_record(session, member, "release_discarded", now, release=str(number))
        return None
    frozen = {
        "content": content,
        "confirmed_by": member.account_id,
        "confirmed_signature": sign(member.signing_key, content, _confirmed_place(kind, period, row.made_signature)),
        "sealed": None,
    }
    waiting = col(Release.kind) == kind.value, col(Release.period) == str(period), col(Release.content).is_(None)
    if not changed_rows(session.execute(update(Release).where(*waiting).values(**frozen))):
        raise NothingToDo(f"{kind} {period}")
    session.execute(delete(Counted).where(col(Counted.kind) == kind.value, col(Counted.period) == str(period)))
    ledger.note_released(session, kind, period, number, content)
    put_on_record(session, member, "release_confirmed", now, release=str(number))
    return number


def read_releases(session: Session) -> tuple[Released, ...]:
    """Every release whose two signatures hold, the newest first."""
    query = select(Release).where(col(Release.content).is_not(None))
    found = [_released(row) for row in session.exec(query) if _is_whole(session, row)]
    return tuple(sorted(found, key=lambda each: -each.number))


def read_release(session: Session, number: int) -> Released:
    """One release.

    Raises: :class:`NoSuchRelease`, also where a signature does not hold: what two coordinators did not sign is shown
    to nobody.
    """
    query = (
        select(Release)
        .join(
            LedgerEntry, (col(LedgerEntry.kind) == col(Release.kind)) & (col(LedgerEntry.period) == col(Release.period))
        )
        .where(col(LedgerEntry.number) == number, col(Release.content).is_not(None))
    )
    row = session.exec(query).first()
    if row is None or not _is_whole(session, row):
        raise NoSuchRelease(str(number))
    return _released(row)


def unsound(session: Session) -> tuple[str, ...]:
    """The kinds and periods of releases that somebody altered, or took away."""
    rows = session.exec(select(Release).where(col(Release.content).is_not(None)))
    altered = tuple(f"{row.kind} {row.period}" for row in rows if not _is_whole(session, row))
    return altered + tuple(each for each in ledger.missing_releases(session) if each not in altered)


def _somebody_left(session: Session, member: Member, kind: ReleaseKind, period: Period, pair: KeyPair) -> bool:
    """Whether a facet that was counted is not there any more, or adds nothing by now; what was merely corrected stays.

    Both come in the order of their ids, so that memory holds one step's fingerprints at most.
    """
    facets = raw_facets(session, b"")
    for expected in _counted(session, kind, period, pair):
        found = next((row for row in facets if row[0][:16] >= expected[:16]), None)
        if found is None or found[0][:16] != expected[:16]:
            return True
        facet_id, generation, sealed = found
        if fingerprint(facet_id, sealed) != expected:
            content = open_facet(session, member, facet_id, generation, sealed)
            if content is None or not belongs(content, kind, period):
                return True
    return False


def _counted(session: Session, kind: ReleaseKind, period: Period, pair: KeyPair) -> Iterator[bytes]:
    mine = col(Counted.kind) == kind.value, col(Counted.period) == str(period)
    for step in session.exec(select(Counted.step).where(*mine).order_by(col(Counted.step))).all():
        sealed = session.exec(select(Counted.sealed).where(*mine, col(Counted.step) == step)).one()
        together = open_with(pair, sealed, counted_place(kind, period, step))
        every = (together[at : at + FINGERPRINT_BYTES] for at in range(0, len(together), FINGERPRINT_BYTES))
        yield from (each for each in every if each != NOT_COUNTED)


def _is_whole(session: Session, row: Release) -> bool:
    """Whether two coordinators signed what a row says; one that cannot be read hides none of the others."""
    try:
        return _was_signed(session, row)
    except (NotOver, ValueError, KeyError, TypeError, RecursionError):
        return False


def _was_signed(session: Session, row: Release) -> bool:
    kind, period = ReleaseKind(row.kind), read_period(row.period)
    content, first, second = row.content, row.made_signature, row.confirmed_signature
    if content is None or first is None or second is None or row.confirmed_by in (None, row.made_by):
        return False
    told = unpack(content)
    return (
        (told["kind"], told["period"]) == (row.kind, row.period)
        and told["number"] == ledger.was_drawn(session, kind, period)
        and _holds(session, row.made_by, first, content, made_place(kind, period))
        and _holds(session, str(row.confirmed_by), second, content, _confirmed_place(kind, period, first))
    )


def _holds(session: Session, account_id: str, signature: bytes, content: bytes, place: bytes) -> bool:
    """Whether this is the signature of somebody whom the organisation vouches for, or did when they were here."""
    return is_signed(vouched(session).signing_keys(account_id), signature, content, place)


def _confirmed_place(kind: ReleaseKind, period: Period, first: bytes) -> bytes:
    return context(Purpose.RELEASE_CONFIRMED, kind.value, str(period), first)


def _released(row: Release) -> Released:
    assert row.content is not None
    told = unpack(row.content)
    return Released(
        number=told["number"],
        kind=ReleaseKind(told["kind"]),
        period=read_period(told["period"]),
        declaration=told["declaration"],
        confidence=told["confidence"],
        epsilon_milli=told["epsilon_milli"],
        made=date.fromisoformat(told["made"]),
        tables=tuple(_figures(table) for table in told["tables"]),
    )


def _figures(table: dict[str, Any]) -> Figures:
    return Figures(
        code=table["code"],
        rows=table["rows"],
        columns=table["columns"],
        answers=table["answers"],
        scale=table["scale"],
        epsilon_milli=table["epsilon_milli"],
        threshold=table["threshold"],
        half_range=table["range"],
        cells=tuple((row, column, value) for row, column, value in table["cells"]),
    )
