"""Releases: signed by two coordinators, frozen, and shown only while both signatures hold."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from app.accounts.vouching import vouched
from app.statistics import ledger
from app.statistics.errors import NoSuchRelease, NotOver
from app.statistics.making import made_place
from app.statistics.periods import Period, ReleaseKind, read_named, read_period
from app.statistics.tables import LedgerEntry, Release
from app.storage.packing import unpack
from app.vault.context import Purpose, context
from app.vault.signing import is_signed


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


def read_releases(session: Session) -> tuple[Released, ...]:
    """Every release whose two signatures hold, the newest first."""
    query = select(Release).where(col(Release.content).is_not(None))
    found = [(_released(row), row.content or b"") for row in session.exec(query) if _is_whole(session, row)]
    ledger.keep_known(session, [(each.kind, each.period, each.number, content) for each, content in found])
    return tuple(sorted((each for each, _ in found), key=lambda each: -each.number))


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
    """The kinds and periods of releases that somebody altered, made up, or took away."""
    rows = session.exec(select(Release))
    altered = tuple(f"{row.kind} {row.period}" for row in rows if not _is_sound(session, row))
    return altered + tuple(each for each in ledger.missing_releases(session) if each not in altered)


def _is_sound(session: Session, row: Release) -> bool:
    """Whether a row is a whole release, or one that is being made."""
    return read_named(row.kind, row.period) is not None if row.content is None else _is_whole(session, row)


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
        and holds(session, row.made_by, first, content, made_place(kind, period))
        and holds(session, str(row.confirmed_by), second, content, confirmed_place(kind, period, first))
    )


def holds(
    session: Session, account_id: str, signature: bytes, content: bytes, place: bytes, *, by_newest_key: bool = False
) -> bool:
    """Whether this is the signature of somebody whom the organisation vouches for, or did when they were here."""
    keys = vouched(session).signing_keys(account_id)
    return is_signed(keys[:1] if by_newest_key else keys, signature, content, place)


def confirmed_place(kind: ReleaseKind, period: Period, first: bytes) -> bytes:
    """The context of the second signature, which is bound to the first."""
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
