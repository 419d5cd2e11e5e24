"""Receiving a case, and taking everything back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, insert, update
from sqlmodel import Session, col, select

from app.casefile.errors import ChangedMeanwhile
from app.casefile.items import Kind, SealedItem, seal_item
from app.casefile.keys import (
    FIRST_GRANT,
    REPORT,
    CaseKeys,
    Compartment,
    GrantPlace,
    inbox_public,
    new_case_keys,
    seal_grant,
)
from app.casefile.practice import is_practice
from app.casefile.tables import Case, Grant, Item, Told, Withdrawal
from app.storage.columns import Row, day_of, hour_up
from app.storage.conflicts import changed_rows, insert_if_absent
from app.storage.packing import pack
from app.vault.symmetric import new_key

# Consents and routing of any report fit into this many bytes.
FILLED_BYTES = 3 * 1024
FILLING = "filling"

# The job of emptying what the database still holds of deleted rows.
ERASE = "erase"

# The deadline of a case that waits for nothing: later than any that runs.
NOTHING_DUE = datetime(2999, 1, 1, tzinfo=UTC)


class Status(StrEnum):
    """Where a case stands; the family reads it in plain words."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    AWAITING_FAMILY = "awaiting_family"
    CLOSED = "closed"


class Cause(StrEnum):
    """Through whom a case is gone."""

    FAMILY = "family"
    TWO_PEOPLE = "two_people"
    JUNK = "junk"
    RESTORING = "restoring"
    PRACTICE = "practice"
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class Holder:
    """The queue that a case goes to, with the public half (1,216 bytes) of its newest key."""

    queue_id: str
    generation: int
    public_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Arrival:
    """A checked report on its way to a queue.

    ``parts`` are the answers by compartment, ``consents`` and ``routing`` what is kept beside
    them in ``facts``; ``consent`` is the one that the grant to ``holder`` rests on; ``lawyers`` says
    that the holder is a legal queue, which gets a part of its own; ``practice`` that nobody lives in it: it is never
    passed on to a coordinator.
    """

    case_id: str
    parts: Mapping[str, Mapping[str, Any]] = field(repr=False)
    consents: Mapping[str, Any] = field(repr=False)
    routing: Mapping[str, Any] = field(repr=False)
    version: str
    language: str
    holder: Holder
    consent: str
    told: Collection[str]
    priority: int
    acknowledge_within: timedelta
    act_within: timedelta
    lawyers: bool = False
    practice: bool = False


@dataclass(frozen=True)
class Sealed:
    """A case that is ready to be stored, and the two keys of it that the family's code keeps."""

    case_id: str
    replies_key: bytes = field(repr=False)
    inbox_public: bytes = field(repr=False)
    rows: Sequence[tuple[type[Row], list[dict[str, Any]]]] = field(repr=False)


def is_free(session: Session, case_id: str) -> bool:
    """Whether a freshly drawn case number belongs to no case and to none that was withdrawn."""
    taken = select(col(Case.id)).where(col(Case.id) == case_id)
    gone = select(col(Withdrawal.case_id)).where(col(Withdrawal.case_id) == case_id)
    return session.execute(taken.union_all(gone)).first() is None


def seal_case(arrival: Arrival, now: datetime) -> Sealed:
    """Draw the keys of a new case, seal the report into it and grant it to its holder: no database."""
    keys = new_case_keys(arrival.case_id)
    day = day_of(now)
    # Every case has all three parts, so that their number tells nothing about what was answered.
    items = [_part(keys, compartment, arrival, day) for compartment in REPORT]
    items.append(seal_item(keys, Compartment.FACTS, Kind.CONSENTS, _filled(arrival.consents), day))
    routing = {
        **arrival.routing,
        "received": now.isoformat(),
        "practice": arrival.practice,
        "acknowledge_by": (now + arrival.acknowledge_within).isoformat(),
        "act_by": (now + arrival.act_within).isoformat(),
    }
    items.append(seal_item(keys, Compartment.FACTS, Kind.ROUTING, _filled(routing), day))
    holder = arrival.holder
    place = GrantPlace(arrival.case_id, holder.queue_id, holder.generation, arrival.consent)
    granted = keys.share(FIRST_GRANT)
    if arrival.lawyers:
        granted = granted.with_key(Compartment.PRIVILEGED, new_key())
    grant = {**vars(place), "sealed": seal_grant(granted, place, holder.public_key)}
    told = [{"case_id": arrival.case_id, "queue_id": queue} for queue in arrival.told]
    rows: list[tuple[type[Row], list[dict[str, Any]]]] = [
        (Case, [_case_row(arrival, now)]),
        (Grant, [grant]),
        (Item, [dict(vars(item)) for item in items]),
        (Told, told),
    ]
    return Sealed(arrival.case_id, keys.keys[Compartment.REPLIES], inbox_public(keys), rows)


def store_case(session: Session, sealed: Sealed) -> None:
    """Write the rows of a sealed case, in the order their references need."""
    for table, rows in sealed.rows:
        if rows:
            session.execute(insert(table.__table__), rows)


def hold_case(session: Session, case_id: str) -> bool:
    """Write the case's row as it is: until this transaction ends nobody else changes or withdraws it; False if gone."""
    row = update(Case).where(col(Case.id) == case_id)
    return changed_rows(session.execute(row.values(unread=col(Case.unread)))) > 0


def move_case(session: Session, case_id: str, version: int, **values: Any) -> None:
    """Write into the case's row, and move its version on, so that of two who write at one moment the second is told.

    Raises: :class:`ChangedMeanwhile` where it is gone, or no longer at ``version``.
    """
    as_read = update(Case).where(col(Case.id) == case_id, col(Case.version) == version)
    if not changed_rows(session.execute(as_read.values(version=version + 1, **values))):
        raise ChangedMeanwhile


def withdraw_case(session: Session, case_id: str, now: datetime, cause: Cause = Cause.FAMILY) -> None:
    """Delete a case with every grant and item; only that it is gone stays, and through whom. Needs no key."""
    # The case before its grants and items, as everybody who writes to it: else each would wait for the other.
    if not hold_case(session, case_id):
        return
    queue_id = session.exec(select(Case.queue_id).where(col(Case.id) == case_id)).one()
    if cause is Cause.FAMILY and is_practice(session, case_id):
        # A colleague who plays the family is no family.
        cause = Cause.PRACTICE
    insert_if_absent(session, Withdrawal, case_id=case_id, queue_id=queue_id, day=day_of(now), cause=cause.value)
    for table in (Grant, Item, Told):
        session.execute(delete(table).where(col(table.case_id) == case_id))
    session.execute(delete(Case).where(col(Case.id) == case_id))


def items_of(session: Session, case_id: str, *compartments: Compartment) -> list[SealedItem]:
    """The sealed items of a case in the named compartments, in no meaningful order."""
    names = [compartment.value for compartment in compartments]
    query = select(Item).where(col(Item.case_id) == case_id, col(Item.compartment).in_(names))
    return [as_item(row) for row in session.exec(query)]


def count_items(session: Session, case_id: str, compartment: Compartment) -> int:
    """How many items of a case lie in a compartment; nothing is opened."""
    of_the_part = col(Item.case_id) == case_id, col(Item.compartment) == compartment.value
    return session.exec(select(func.count()).select_from(Item).where(*of_the_part)).one()


def as_item(row: Item) -> SealedItem:
    """A row as the value that the rest of the program works with."""
    return SealedItem(row.id, row.case_id, row.compartment, row.kind, row.day, row.sealed)


def add_item(session: Session, item: SealedItem) -> None:
    """Store one more item."""
    session.execute(insert(Item), [dict(vars(item))])


def _filled(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with filling up to one size, so that how many consents or reasons there are cannot be measured."""
    return {**content, FILLING: "." * max(0, FILLED_BYTES - len(pack(content)))}


def _part(keys: CaseKeys, compartment: Compartment, arrival: Arrival, day: date) -> SealedItem:
    content = {"version": arrival.version, "answers": arrival.parts.get(compartment.value, {})}
    if compartment is Compartment.FACTS:
        content["language"] = arrival.language
    return seal_item(keys, compartment, Kind.REPORT, content, day)


def _case_row(arrival: Arrival, now: datetime) -> dict[str, Any]:
    acknowledge_by = hour_up(now + arrival.acknowledge_within)
    return {
        "id": arrival.case_id,
        "queue_id": arrival.holder.queue_id,
        "status": Status.NEW.value,
        "priority": arrival.priority,
        "received": day_of(now),
        "acknowledge_by": acknowledge_by,
        "act_by": hour_up(now + arrival.act_within),
        "escalate_at": None if arrival.practice else hour_up(now + 2 * arrival.acknowledge_within),
        "due": acknowledge_by,
        "assignee": None,
        "unread": False,
        "version": 1,
    }
