"""Cases that nobody acknowledged in time, for those who are to see to it.

The worker, without a key, says which they are (:mod:`app.casework.watch`). A lead, who stands in for one, and who is on
duty find those of their queue; a coordinator, after twice the time, number, priority and age of those of the own
organisation, and no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update
from sqlmodel import Session, col

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.accounts.tables import Queue
from app.casefile.cases import NOTHING_DUE
from app.casefile.errors import NotFound
from app.casefile.keys import is_case_number
from app.casefile.tables import Case, Escalation
from app.casework.queues import PRIORITIES
from app.casework.standby import Post
from app.storage.columns import day_of
from app.storage.conflicts import changed_rows

MOST_SHOWN = 100
# What was set aside keeps its clocks and is not due. Its status would lead to the index of all that is open.
_IS_DUE = col(Case.due) < NOTHING_DUE


@dataclass(frozen=True)
class Escalated:
    """A late case as a coordinator sees it: number, priority and since when it is late."""

    case_id: str
    priority: int
    late_since: datetime
    seen: bool
    reminded: bool


@dataclass(frozen=True)
class Missed:
    """A late case of a queue that the member looks after; ``reminded`` where a coordinator asks for it."""

    case_id: str
    queue_id: str
    priority: int
    late_since: datetime
    reminded: bool


def escalations(session: Session, member: Member, now: datetime) -> tuple[Escalated, ...]:
    """What was escalated to the coordinators of the member's organisation, most urgent first; goes on the record."""
    own = session.execute(select(col(Queue.id)).where(col(Queue.organisation_id) == member.organisation_id)).scalars()
    shown = (col(Escalation.seen), col(Escalation.reminded))
    found = tuple(
        Escalated(case_id, priority, late_since, seen, reminded is not None)
        for case_id, _queue, priority, late_since, seen, reminded in _late(session, own, *shown, passed_on=True)
    )
    put_on_record(session, member, "escalations_opened", now)
    return found


def mark_seen(session: Session, member: Member, case_id: str, now: datetime) -> None:
    """Note that a coordinator knows of it.

    Raises: :class:`~app.casefile.errors.NotFound` where it is not, or no longer, escalated to them.
    """
    _change(session, member, case_id, seen=True)
    put_on_record(session, member, "escalation_seen", now, case=case_id)


def remind_lead(session: Session, member: Member, case_id: str, now: datetime) -> None:
    """Ask the lead of the case's queue to see to it: they find it on their first page.

    Raises: :class:`~app.casefile.errors.NotFound` where it is not, or no longer, escalated to them.
    """
    _change(session, member, case_id, seen=True, reminded=day_of(now))
    put_on_record(session, member, "lead_reminded", now, case=case_id)


def missed_by(session: Session, posts: Iterable[Post]) -> tuple[Missed, ...]:
    """What was not acknowledged in time in the queues that a member looks after, most urgent first."""
    heeded = [post.queue.id for post in posts if post.heeds]
    if not heeded:
        return ()
    return tuple(
        Missed(case_id, queue_id, priority, late_since, reminded is not None)
        for case_id, queue_id, priority, late_since, reminded in _late(session, heeded, col(Escalation.reminded))
    )


def _late(session: Session, queues: Iterable[str], *shown: Any, passed_on: bool = False) -> list[Any]:
    """The most urgent late cases of some queues: number, queue, priority, since when, and what is ``shown`` besides.

    Each queue and priority is one walk along an index that ends early, however many cases are late. ``passed_on`` are
    those alone that went to the coordinators.
    """
    found: list[Any] = []
    kept = list(queues)
    for priority in PRIORITIES:
        of_it = [row for queue in kept for row in session.execute(_walk(queue, priority, shown, passed_on=passed_on))]
        found += sorted(of_it, key=lambda row: (row[3], row[0]))
        if len(found) >= MOST_SHOWN:
            break
    return found[:MOST_SHOWN]


def _walk(queue: str, priority: int, shown: tuple[Any, ...], *, passed_on: bool) -> Select[Any]:
    late = col(Case.escalated).is_not(None), col(Case.acknowledge_by).is_not(None), _IS_DUE
    return (
        select(col(Case.id), col(Case.queue_id), col(Case.priority), col(Case.acknowledge_by), *shown)
        .join(Escalation, col(Escalation.case_id) == col(Case.id), isouter=not passed_on)
        .where(col(Case.queue_id) == queue, col(Case.priority) == priority, *late)
        # While nobody acknowledged, that is what is due; and the index knows its order.
        .order_by(col(Case.due), col(Case.id))
        .limit(MOST_SHOWN)
    )


def _of_the_organisation(member: Member) -> tuple[ColumnElement[bool], ...]:
    own = select(col(Queue.id)).where(col(Queue.organisation_id) == member.organisation_id)
    # One that was acknowledged or set aside a moment ago is no escalation any more, whatever the worker has seen of it.
    return col(Case.queue_id).in_(own), col(Case.acknowledge_by).is_not(None), _IS_DUE


def _change(session: Session, member: Member, case_id: str, **values: object) -> None:
    if not is_case_number(case_id):
        raise NotFound(case_id)
    there = select(col(Case.id)).where(col(Case.id) == case_id, *_of_the_organisation(member))
    changed = update(Escalation).where(col(Escalation.case_id) == case_id, there.exists()).values(**values)
    if not changed_rows(session.execute(changed)):
        raise NotFound(case_id)
