"""Practice ends: by the queue's lead or whoever made the case, or by itself on its day; nothing of it stays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from app.accounts.members import Member, colleagues
from app.accounts.record import put_on_record
from app.casefile.cases import Cause
from app.casefile.practice import practice_cases
from app.casework.closing import delete_case
from app.casework.errors import NotAllowedNow
from app.casework.opening import open_keys
from app.casework.practice import is_for_practice
from app.casework.queues import member_queue
from app.storage.columns import day_of

MOST_DELETED = 200


@dataclass(frozen=True)
class Practised:
    """A practice case of a queue: who made it, when it is deleted, and whether the member may end it now."""

    case_id: str
    made_by: str
    ends: date
    may_end: bool


def practice_of(session: Session, member: Member, queue_id: str) -> tuple[Practised, ...]:
    """The practice cases of one of the member's queues, soonest to be deleted first.

    Raises: :class:`~app.casefile.errors.NotFound`.
    """
    queue = member_queue(member, queue_id)
    marks = practice_cases(session, [queue_id])
    names = colleagues(session, member, {mark.made_by for mark in marks.values()})
    found = (
        Practised(
            case_id, names.get(mark.made_by, ""), mark.ends, may_end=queue.lead or mark.made_by == member.account_id
        )
        for case_id, mark in marks.items()
    )
    return tuple(sorted(found, key=lambda each: (each.ends, each.case_id)))


def end_practice(session: Session, member: Member, case_ids: Iterable[str], now: datetime) -> None:
    """Delete practice cases for good.

    A case that only its row calls practice is not touched: the mark inside it decides.

    Raises: :class:`~app.casefile.errors.NotFound`; :class:`NotAllowedNow` where a case is a family's, or
    neither made by the member nor in a queue that they lead.
    """
    for case_id in sorted(case_ids):
        opened = open_keys(session, member, case_id)
        if not is_for_practice(session, opened):
            raise NotAllowedNow("no_practice")
        mark = practice_cases(session, [opened.queue.id]).get(case_id)
        if not opened.queue.lead and (mark is None or mark.made_by != member.account_id):
            raise NotAllowedNow("lead_or_maker")
        delete_case(session, case_id, now, Cause.PRACTICE)
        put_on_record(session, member, "practice_ended", now, case=case_id, queue=opened.queue.id)


def delete_over(session: Session, now: datetime) -> int:
    """Delete practice cases whose day has come, some at a time; needs no key. Says how many."""
    over = sorted(case_id for case_id, mark in practice_cases(session).items() if mark.ends <= day_of(now))
    for case_id in over[:MOST_DELETED]:
        delete_case(session, case_id, now, Cause.PRACTICE)
    return len(over[:MOST_DELETED])
