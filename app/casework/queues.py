"""Queues as their members see them: how much waits, and page by page what.

Every query here walks an index from its beginning and stops early, so that a queue of a
hundred thousand cases costs what one of a hundred does. Counts are capped for the same reason.
"""

import base64
import binascii
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import cast

from sqlalchemy import BindParameter, ColumnElement, bindparam, exists, func, literal_column, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.accounts.members import Member, MemberQueue
from app.casefile.cases import NOTHING_DUE, Status
from app.casefile.errors import NotFound
from app.casefile.keys import is_case_number
from app.casefile.practice import Mark, practice_cases
from app.casefile.tables import Case, Grant, Told
from app.storage.picked import among

MOST_COUNTED = 1000
PAGE = 25
MOST_TOLD = 50
# A question about what is due or asked begins with the cases of queues that hold no more than so many.
FEW = 3000
PRIORITIES = (0, 1, 2, 3)
# How long before its deadline a case is soon late, by priority. What is urgent has an hour in all.
SOON = {0: timedelta(hours=1), 1: timedelta(hours=3), 2: timedelta(hours=12), 3: timedelta(days=2)}

# Written out in full, because a partial index is used only for its own words.
IS_OPEN: ColumnElement[bool] = col(Case.status) != literal_column("'closed'")


@dataclass(frozen=True)
class Count:
    """How many, up to a thousand; ``more`` says that there are more than ``number``."""

    number: int
    more: bool


@dataclass(frozen=True)
class QueueSummary:
    """A queue with what waits in it; ``practice`` cases are counted apart and in nothing else.

    ``offered`` and ``shared`` are cases that other queues answer for: offers that run, and open ones it helps with.
    """

    id: str
    kind: str
    organisation: str
    lead: bool
    new: Count
    open: Count
    late: Count
    mine: Count
    unread: Count
    offered: Count
    shared: Count
    practice: int


@dataclass(frozen=True)
class QueueFilter:
    """What to show of a queue; ``status`` is a status, ``open`` (the default) or ``all``; ``free``: nobody has it."""

    status: str = "open"
    priority: int | None = None
    mine: bool = False
    late: bool = False
    unread: bool = False
    soon: bool = False
    free: bool = False


@dataclass(frozen=True)
class ListedCase:
    """A case as its clear row tells it; ``silent_since`` is the day on which waiting for the family was given up."""

    id: str
    status: Status
    priority: int
    received: date
    acknowledge_by: datetime | None
    act_by: datetime | None
    late: bool
    unread: bool
    assignee_id: str | None = field(repr=False)
    version: int = 0
    soon: bool = False
    silent_since: date | None = None


@dataclass(frozen=True)
class ToldCase:
    """A case of another queue that this one is told of: number, priority and deadline, no key."""

    id: str
    priority: int
    due: datetime
    late: bool


def queue_summaries(session: Session, member: Member, now: datetime) -> tuple[QueueSummary, ...]:
    """The member's queues with capped counts."""
    practice = practice_cases(session, [queue.id for queue in member.queues])
    return tuple(_summary(session, member, queue, practice, now) for queue in member.queues)


def member_queue(member: Member, queue_id: str) -> MemberQueue:
    """The member's own queue of that id.

    Raises: :class:`~app.casefile.errors.NotFound`.
    """
    queue = member.queue(queue_id)
    if queue is None:
        raise NotFound(queue_id)
    return queue


def list_cases(
    session: Session, member: Member, queue_id: str, wanted: QueueFilter, after: str | None, now: datetime
) -> tuple[tuple[ListedCase, ...], str | None]:
    """One page of a queue, most urgent first, and the cursor of the next page if there is one."""
    conditions = _conditions(member, queue_id, wanted, now)
    start = _read_cursor(after)
    found: list[Case] = []
    for priority in PRIORITIES:
        if wanted.priority not in (None, priority) or (start is not None and priority < start[0]):
            continue
        query = select(Case).where(*conditions, col(Case.priority) == priority)
        if start is not None and priority == start[0]:
            beyond = (col(Case.due) > start[1]) | (col(Case.id) > start[2])
            query = query.where(col(Case.due) >= start[1], beyond)
        query = query.order_by(col(Case.due), col(Case.id)).limit(PAGE + 1 - len(found))
        found.extend(session.exec(query))
        if len(found) > PAGE:
            break
    rows = tuple(listed(row, now) for row in found[:PAGE])
    return rows, _cursor(found[PAGE - 1]) if len(found) > PAGE else None


def free_cases(session: Session, queue_id: str, most: int, now: datetime) -> tuple[ListedCase, ...]:
    """Open cases of a queue that nobody has and whose clock runs, most urgent first; at most so many."""
    free = col(Case.queue_id) == queue_id, IS_OPEN, col(Case.assignee).is_(None), col(Case.due) < NOTHING_DUE
    found: list[Case] = []
    for priority in PRIORITIES:
        query = select(Case).where(*free, col(Case.priority) == priority).order_by(col(Case.due), col(Case.id))
        found.extend(session.exec(query.limit(most - len(found))))
        if len(found) == most:
            break
    return tuple(listed(row, now) for row in found)


def told_cases(session: Session, queue_id: str, now: datetime, *, skip: int = 0) -> tuple[tuple[ToldCase, ...], bool]:
    """Open cases elsewhere that this queue is told of and holds no key to, most urgent first after so many.

    Says too whether more follow.
    """
    shared = select(col(Grant.case_id)).where(col(Grant.queue_id) == queue_id, col(Grant.standing).is_not(None))
    elsewhere = col(Case.queue_id) != queue_id, col(Case.id).not_in(shared)
    query = (
        select(col(Case.id), col(Case.priority), col(Case.due))
        .join(Told, col(Told.case_id) == col(Case.id))
        .where(col(Told.queue_id) == queue_id, IS_OPEN, *elsewhere)
        .order_by(col(Case.priority), col(Case.due), col(Case.id))
        .offset(skip)
        .limit(MOST_TOLD + 1)
    )
    found = [ToldCase(case_id, priority, due, due <= now) for case_id, priority, due in session.exec(query)]
    return tuple(found[:MOST_TOLD]), len(found) > MOST_TOLD


def held_by(session: Session, queue_ids: Collection[str], case_id: object) -> ColumnElement[bool]:
    """Whether one of these queues holds the case in a column, for what is due or asked in the whole installation.

    Where they hold few cases the question begins with those; where many, with what comes first: much of it is theirs.
    So neither a large queue nor a small one beside it costs more than some thousand looks. The queues stand in the
    statement itself, so that PostgreSQL keeps a plan for each: one for all would be made for the large ones.
    """
    asked = cast("ColumnElement[str]", case_id)
    these: BindParameter[Sequence[str]] = bindparam("queues", sorted(queue_ids), expanding=True, literal_execute=True)
    mine = select(col(Grant.case_id)).where(col(Grant.queue_id).in_(these))
    few = select(func.count()).select_from(mine.limit(FEW + 1).subquery())
    number: int = session.execute(few).scalar_one()
    if number <= FEW:
        return asked.in_(mine)
    return exists().where(col(Grant.case_id) == asked, among(col(Grant.queue_id), queue_ids))


def capped_count(session: Session, *conditions: ColumnElement[bool]) -> Count:
    """How many cases fit, looking at no more than are counted."""
    return _capped(session, select(col(Case.id)).where(*conditions))


def _capped(session: Session, found: SelectOfScalar[str]) -> Count:
    capped = found.limit(MOST_COUNTED + 1).subquery()
    number: int = session.execute(select(func.count()).select_from(capped)).scalar_one()
    return Count(min(number, MOST_COUNTED), number > MOST_COUNTED)


def listed(row: Case, now: datetime) -> ListedCase:
    """A row as the value that pages work with."""
    return ListedCase(
        id=row.id,
        status=Status(row.status),
        priority=row.priority,
        received=row.received,
        acknowledge_by=row.acknowledge_by,
        act_by=row.act_by,
        late=row.status != Status.CLOSED and row.due <= now,
        unread=row.unread,
        assignee_id=row.assignee,
        version=row.version,
        soon=row.status != Status.CLOSED and now < row.due <= now + SOON[row.priority],
        silent_since=row.silent_since,
    )


def _summary(
    session: Session, member: Member, queue: MemberQueue, practice: Mapping[str, Mark], now: datetime
) -> QueueSummary:
    made = [case_id for case_id, mark in practice.items() if mark.queue_id == queue.id]
    here = col(Case.queue_id) == queue.id, col(Case.id).not_in(made)
    guests = select(col(Grant.case_id)).where(col(Grant.queue_id) == queue.id, col(Grant.standing).is_not(None))
    its_case = col(Case.id) == col(Grant.case_id)

    def count(*conditions: ColumnElement[bool]) -> Count:
        return capped_count(session, *here, *conditions)

    return QueueSummary(
        id=queue.id,
        kind=queue.kind,
        organisation=queue.organisation,
        lead=queue.lead,
        new=count(col(Case.status) == Status.NEW.value),
        open=count(IS_OPEN),
        late=count(IS_OPEN, col(Case.due) <= now),
        mine=count(IS_OPEN, col(Case.assignee) == member.account_id),
        unread=count(col(Case.unread).is_(True)),
        offered=_capped(session, guests.where(col(Grant.answer_by) > now)),
        shared=_capped(session, guests.where(col(Grant.answer_by).is_(None)).join(Case, its_case).where(IS_OPEN)),
        practice=len(made),
    )


def _conditions(member: Member, queue_id: str, wanted: QueueFilter, now: datetime) -> list[ColumnElement[bool]]:
    def each() -> Iterator[ColumnElement[bool]]:
        yield col(Case.queue_id) == queue_id
        if wanted.status == "open":
            yield IS_OPEN
        elif wanted.status != "all":
            yield col(Case.status) == wanted.status
        if wanted.late:
            yield col(Case.due) <= now
        if wanted.mine:
            yield col(Case.assignee) == member.account_id
        if wanted.unread:
            yield col(Case.unread).is_(True)
        if wanted.free:
            yield col(Case.assignee).is_(None)
        if wanted.soon:
            yield or_(*(_soon_late(priority, now) for priority in PRIORITIES))

    return list(each())


def _soon_late(priority: int, now: datetime) -> ColumnElement[bool]:
    due = col(Case.due)
    return (col(Case.priority) == priority) & (due > now) & (due <= now + SOON[priority])


def _cursor(row: Case) -> str:
    text = f"{row.priority} {row.due:%Y%m%d%H} {row.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(after: str | None) -> tuple[int, datetime, str] | None:
    """A cursor that was tampered with shows the first page: it opens nothing."""
    if not after:
        return None
    try:
        priority, due, case_id = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode().split(" ")
        start = int(priority), datetime.strptime(due, "%Y%m%d%H").replace(tzinfo=UTC), case_id
    except (ValueError, binascii.Error):
        return None
    return start if start[0] in PRIORITIES and is_case_number(case_id) else None
