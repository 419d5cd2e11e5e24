"""Junk: what is no report, set aside by one person, given back for 14 days, then deleted without a key."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.casefile import clocks
from app.casefile.cases import NOTHING_DUE, Cause, Status, add_item, count_items, hold_case, move_case
from app.casefile.errors import NotFound
from app.casefile.keys import Compartment
from app.casefile.tables import Case, Junk
from app.casework.actions import STEP
from app.casework.answering import lawyers_would_lose
from app.casework.book import sealed_entry
from app.casework.closing import delete_case
from app.casework.counted_once import facets_after
from app.casework.errors import LinkedMeanwhile, NotAllowedNow
from app.casework.figures import Step
from app.casework.opening import open_keys, open_to_answer_for
from app.storage.columns import day_of
from app.storage.conflicts import changed_rows
from app.storage.picked import among

KEPT = timedelta(days=14)
MOST_LISTED = 200
MOST_DELETED = 200


@dataclass(frozen=True)
class SetAside:
    """A case that was set aside, and the day on which it is deleted."""

    case_id: str
    queue_id: str
    received: date
    ends: date


def set_aside(session: Session, member: Member, case_id: str, version: int, now: datetime) -> None:
    """Set a case aside as junk: it leaves the lists, its clocks stop, figures leave it out.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`~app.casefile.errors.ChangedMeanwhile`,
    :class:`NotAllowedNow`.
    """
    opened = open_keys(session, member, case_id)
    row = opened.row
    if row.queue_id not in {queue.id for queue in member.queues}:
        raise NotAllowedNow("not_responsible")
    if row.status == Status.CLOSED:
        raise NotAllowedNow("closed")
    written = count_items(session, case_id, Compartment.PRIVILEGED)
    if lawyers_would_lose(session, opened):
        # One person would have it deleted without those who alone can read it.
        raise NotAllowedNow("lawyers_part_would_go")
    stood = row.status
    entry = sealed_entry(member, opened, STEP, {"did": "set_aside"}, now)
    store_facet = facets_after(session, member, opened, now, Step(junk=True))
    # The two clocks stay in the row, so that a case that is given back has lost no time.
    move_case(session, case_id, version, status=Status.CLOSED.value, due=NOTHING_DUE)
    if count_items(session, case_id, Compartment.PRIVILEGED) != written:
        raise LinkedMeanwhile
    session.execute(insert(Junk), [{"case_id": case_id, "status": stood, "ends": day_of(now + KEPT)}])
    add_item(session, entry)
    store_facet()
    put_on_record(session, member, "set_aside", now, case=case_id)


def give_back(session: Session, member: Member, case_id: str, now: datetime) -> None:
    """Take a case out of the junk: it stands where it stood.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`NotAllowedNow` where it is not set aside any more, or
    another queue answers for it; :class:`~app.casefile.errors.ChangedMeanwhile`.
    """
    opened = open_to_answer_for(session, member, case_id)
    version = opened.row.version
    store_facet = facets_after(session, member, opened, now, Step(junk=False))
    entry = sealed_entry(member, opened, STEP, {"did": "given_back"}, now)
    # Its row is held from here on, so that no message of the family comes between; and first, since whoever takes
    # everything back deletes the case and, with it, its place in the junk.
    if not hold_case(session, case_id):
        raise NotFound(case_id)
    aside = session.get(Junk, case_id, populate_existing=True)
    if aside is None:
        raise NotAllowedNow("not_set_aside")
    move_case(session, case_id, version)
    row = session.get_one(Case, case_id, populate_existing=True)
    values = _as_it_stood(row, Status(aside.status), now)
    session.execute(update(Case).where(col(Case.id) == case_id).values(**values))
    session.execute(delete(Junk).where(col(Junk.case_id) == case_id))
    add_item(session, entry)
    store_facet()
    put_on_record(session, member, "given_back", now, case=case_id)


def _as_it_stood(row: Case, status: Status, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"status": status.value, "due": row.acknowledge_by or row.act_by or NOTHING_DUE}
    if status is not Status.AWAITING_FAMILY or not (row.unread or row.waits_until is None):
        return values
    # The family wrote meanwhile, or was waited for as long as one waits.
    silent = {} if row.unread else {"silent_since": day_of(now)}
    return values | clocks.waited(row, now) | silent


def junk_of(session: Session, member: Member, now: datetime) -> tuple[SetAside, ...]:
    """What lies in the junk of the member's queues, soonest to be deleted first; "listed" goes on the record."""
    query = (
        select(col(Junk.case_id), col(Case.queue_id), col(Case.received), col(Junk.ends))
        .join(Case, col(Case.id) == col(Junk.case_id))
        .where(among(col(Case.queue_id), [queue.id for queue in member.queues]))
        .order_by(col(Junk.ends), col(Junk.case_id))
        .limit(MOST_LISTED)
    )
    found = tuple(SetAside(*row) for row in session.execute(query))
    put_on_record(session, member, "listed", now, cases=" ".join(each.case_id for each in found))
    return found


def ends_of(session: Session, case_id: str) -> date | None:
    """The day on which a case that was set aside is deleted; None for every other case."""
    return session.execute(select(col(Junk.ends)).where(col(Junk.case_id) == case_id)).scalar()


def delete_old_junk(session: Session, now: datetime) -> int:
    """Delete what nobody gave back in its time, some at a time; needs no key. Says how many."""
    # A family that wrote meanwhile is heard first: nothing unread is ever deleted.
    over = (
        select(col(Junk.case_id))
        .join(Case, col(Case.id) == col(Junk.case_id))
        .where(col(Junk.ends) <= day_of(now), col(Case.unread).is_(False))
        .where(col(Case.status) == Status.CLOSED.value)
        .limit(MOST_DELETED)
    )
    found: Collection[str] = [row[0] for row in session.execute(over)]
    deleted = [case_id for case_id in found if _hold_junk(session, case_id, now)]
    for case_id in deleted:
        delete_case(session, case_id, now, Cause.JUNK)
    return len(deleted)


def _hold_junk(session: Session, case_id: str, now: datetime) -> bool:
    """Hold what is to be deleted; False where it was given back, or its family wrote, since the list was made."""
    # The case first, as whoever gives it back or takes everything back, so that none of them waits for another.
    closed = update(Case).where(col(Case.id) == case_id, col(Case.status) == Status.CLOSED.value)
    unread = col(Case.unread)
    if not changed_rows(session.execute(closed.where(unread.is_(False)).values(unread=unread))):
        return False
    over = select(col(Junk.case_id)).where(col(Junk.case_id) == case_id, col(Junk.ends) <= day_of(now))
    return session.execute(over).first() is not None
