"""Giving a case to a colleague of the same queue, and many at once to hand over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.accounts.members import Member
from app.accounts.neighbours import queue_members
from app.accounts.record import put_on_record
from app.casefile import clocks
from app.casefile.cases import Status
from app.casefile.errors import ChangedMeanwhile, NotFound
from app.casefile.texts import read_written
from app.casework.book import sealed_entry, store_entries
from app.casework.errors import NotAllowedNow
from app.casework.opening import OpenCase, open_to_answer_for

ASSIGNED = "assigned"
MOST_AT_ONCE = 50


def assign(session: Session, member: Member, case_id: str, version: int, to: str, reason: str, now: datetime) -> None:
    """Give the case to a colleague of its queue; a new case is acknowledged by it.

    The queue's lead may give any case, everybody their own, and one that nobody has.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`ChangedMeanwhile`,
    :class:`~app.casefile.errors.TextRefused` without a reason, :class:`NotAllowedNow`.
    """
    opened = open_to_answer_for(session, member, case_id)
    if opened.row.version != version:
        raise ChangedMeanwhile
    _give(session, member, opened, to, reason, now)


def hand_over(
    session: Session, member: Member, queue_id: str, cases: Sequence[str], to: str, reason: str, now: datetime
) -> int:
    """Give many cases of a queue to a colleague at once, with one reason; return how many went.

    A case that is closed or gone meanwhile, or is no longer in this queue, is left as it is.

    Raises: :class:`~app.casefile.errors.TextRefused`, :class:`NotAllowedNow` for who does not lead the queue.
    """
    queue = member.queue(queue_id)
    if queue is None:
        raise NotFound(queue_id)
    if not queue.lead:
        raise NotAllowedNow("lead_only")
    read_written(reason)
    given = 0
    for case_id in cases[:MOST_AT_ONCE]:
        try:
            opened = open_to_answer_for(session, member, case_id)
        except (NotFound, NotAllowedNow):
            continue
        if opened.row.status != Status.CLOSED and opened.row.queue_id == queue_id:
            _give(session, member, opened, to, reason, now)
            given += 1
    return given


def _give(session: Session, member: Member, opened: OpenCase, to: str, reason: str, now: datetime) -> None:
    row, queue = opened.row, opened.queue
    if row.status == Status.CLOSED:
        raise NotAllowedNow("closed")
    if to not in {each.account_id for each in queue_members(session, member, queue.id)}:
        raise NotAllowedNow("not_a_colleague")
    if not queue.lead and row.assignee not in (None, member.account_id):
        raise NotAllowedNow("lead_only")
    entry = sealed_entry(member, opened, ASSIGNED, {"to": to, "reason": read_written(reason)}, now)
    values: dict[str, Any] = {"assignee": to}
    if row.status == Status.NEW:
        values |= {"status": Status.ACKNOWLEDGED.value, **clocks.acknowledged(row, now)}
    store_entries(session, opened, entry, **values)
    put_on_record(session, member, "assigned", now, case=row.id, to=to)
