"""Reading the record, for auditors: from the newest entry back, a bounded part of it at a time.

What was done opens with the record's key alone. A filter other than by person has to open entries to look at them, so
each page opens at most :data:`MOST_OPENED` and says where to look further back: it costs the same however long the
record is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from app.accounts import directory
from app.accounts.errors import KeyNotHeld
from app.accounts.members import Member
from app.accounts.record import actor_keys, put_on_record
from app.accounts.rings import RECORD
from app.accounts.tables import Account, RingShare
from app.accounts.vouching import vouched
from app.alphabet import by_name
from app.storage.packing import unpack
from app.trail import chain
from app.trail.tables import TrailEntry
from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.hybrid import KeyPair, open_with

PAGE = 50
MOST_OPENED = 1500
# What families did is noted after the day is over, and two people act at once: so far may days stand out of order.
SLACK = 200
_ENTRIES = columns(
    col(TrailEntry.seq),
    col(TrailEntry.actor),
    col(TrailEntry.sealed),
    col(TrailEntry.after_seq),
    col(TrailEntry.after_hash),
    col(TrailEntry.signature),
)


@dataclass(frozen=True)
class Wanted:
    """Which entries are looked for; None is no condition. Days are those of the action, both included."""

    actor: str | None = None
    kind: str | None = None
    case: str | None = None
    since: date | None = None
    until: date | None = None

    def fits(self, entry: "Entry") -> bool:
        """Whether ``entry`` is looked for."""
        return (
            (self.kind is None or entry.kind == self.kind)
            and (self.case is None or self.case in entry.cases)
            and (self.since is None or entry.day is None or entry.day >= self.since)
            and (self.until is None or entry.day is None or entry.day <= self.until)
        )


@dataclass(frozen=True)
class Entry:
    """One action: who did what when; ``details`` are ids and codes. Without ``kind`` it could not be opened.

    ``verified`` says that it is signed by whom it names.
    """

    seq: int
    actor: str
    kind: str | None
    at: datetime | None
    day: date | None
    details: Mapping[str, str] = field(repr=False)
    verified: bool = False

    @property
    def cases(self) -> frozenset[str]:
        """The numbers of the cases that it is about."""
        return frozenset(f"{self.details.get('case', '')} {self.details.get('cases', '')}".split())


@dataclass(frozen=True)
class TrailPage:
    """Entries, the newest first, with the names of the people in them by account; ``further`` is where the next page
    goes on, None at the beginning of the record."""

    entries: tuple[Entry, ...] = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    further: int | None


def read_trail(session: Session, member: Member, wanted: Wanted, before: int | None, now: datetime) -> TrailPage:
    """Open what fits among the entries before number ``before``, and put the looking itself on the record.

    Raises: :class:`~app.accounts.errors.KeyNotHeld` for whoever does not hold the record's key.
    """
    keys = _record_keys(session, member)
    end = chain.head(session).seq + 1
    start = min(before or end, end)
    if before is None and wanted.until is not None:
        start = _after_day(session, keys, wanted.until, end)
    found: list[Entry] = []
    known = vouched(session)
    opened, at = 0, start
    for row in _rows(session, wanted, start):
        at, opened = row.seq, opened + 1
        entry = _open(keys, row)
        if wanted.fits(entry):
            found.append(replace(entry, verified=chain.is_signed(row, actor_keys(known, row.actor, row.seq))))
        over = wanted.since is not None and entry.day is not None and entry.day < wanted.since - timedelta(days=2)
        if len(found) == PAGE or opened == MOST_OPENED or over:
            at = 1 if over else at
            break
    else:
        at = 1
    # Ids of people stand among other words; of anything else the directory has no name.
    ids = {entry.actor for entry in found} | {value for entry in found for value in entry.details.values()}
    names = directory.names(session, member.organisation_id, member.directory_key, ids)
    put_on_record(session, member, "trail_read", now, **_asked(wanted))
    return TrailPage(tuple(found), names, at if at > 1 else None)


def people_of(session: Session, member: Member) -> dict[str, str]:
    """The people whose names the member's directory opens, by account, in the order of their names."""
    query = select(Account.id).where(col(Account.organisation_id) == member.organisation_id)
    names = directory.names(session, member.organisation_id, member.directory_key, tuple(session.exec(query)))
    return dict(sorted(names.items(), key=lambda each: by_name(each[1])))


def _record_keys(session: Session, member: Member) -> list[KeyPair]:
    held = select(RingShare.generation).where(
        col(RingShare.ring) == RECORD, col(RingShare.account_id) == member.account_id
    )
    newest = max(session.exec(held), default=None)
    if newest is None:
        raise KeyNotHeld(RECORD)
    # Whoever came later was given the newest key alone, and through it reads what is older.
    keys = [member.ring_pair(session, RECORD, newest)]
    for generation in range(newest - 1, 0, -1):
        try:
            keys.append(member.ring_pair(session, RECORD, generation))
        except KeyNotHeld:
            # It was begun anew where nobody held it any more: what stands there opens for nobody.
            break
    return keys


def _rows(session: Session, wanted: Wanted, start: int) -> Iterator[Any]:
    query = _ENTRIES.where(col(TrailEntry.seq) < start)
    if wanted.actor is not None:
        query = query.where(col(TrailEntry.actor) == wanted.actor)
    # Page by page, so that whoever stops early has read no more than needed.
    while rows := session.execute(
        query.where(col(TrailEntry.seq) < start).order_by(col(TrailEntry.seq).desc()).limit(PAGE)
    ).all():
        yield from rows
        start = rows[-1][0]


def _after_day(session: Session, keys: list[KeyPair], day: date, end: int) -> int:
    """The number of an entry that comes after all of ``day``, found by halving: twenty openings for a million."""
    low, high = 1, end
    while low < high:
        middle = (low + high) // 2
        row = session.execute(_ENTRIES.where(col(TrailEntry.seq) == middle)).first()
        entry = _open(keys, row) if row is not None else None
        if entry is None or entry.day is None or entry.day <= day:
            low = middle + 1
        else:
            high = middle
    return min(low + SLACK, end)


def _open(keys: list[KeyPair], row: Any) -> Entry:
    for pair in keys:
        try:
            event = unpack(open_with(pair, row.sealed, context(Purpose.RECORD_ENTRY, row.actor)))
        except VaultError:
            continue
        at = datetime.fromisoformat(event["at"]) if "at" in event else None
        day = at.date() if at is not None else date.fromisoformat(event["day"]) if "day" in event else None
        details = {name: str(value) for name, value in event.items() if name not in {"kind", "at", "day"}}
        return Entry(row.seq, row.actor, event["kind"], at, day, details)
    return Entry(row.seq, row.actor, None, None, None, {})


def _asked(wanted: Wanted) -> dict[str, str]:
    asked = {
        "person": wanted.actor,
        "of_kind": wanted.kind,
        "case": wanted.case,
        "since": wanted.since.isoformat() if wanted.since else None,
        "until": wanted.until.isoformat() if wanted.until else None,
    }
    return {name: value for name, value in asked.items() if value}
