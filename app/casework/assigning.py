"""Giving a case to a colleague of the same queue, one or many."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.accounts.members import Member, queue_colleagues
from app.accounts.record import put_on_record
from app.casefile import clocks
from app.casefile.cases import Status
from app.casefile.errors import ChangedMeanwhile, NotFound
from app.casefile.texts import read_written
from app.casework.book import sealed_entry, store_entries
from app.casework.errors import NotAllowedNow
from app.casework.opening import OpenCase, open_to_answer_for

ASSIGNED = "assigned"


@dataclass(frozen=True)
class Giving:
    """To which colleague of a queue cases go, and why.

    A new case is acknowledged only with ``acknowledge``: of a list that was given away nobody has seen anything.
    """

    queue_id: str
    to: str
    reason: str = field(repr=False)
    acknowledge: bool = False


def assign(session: Session, member: Member, case_id: str, version: int, to: str, reason: str, now: datetime) -> None:
    """Give the case to a colleague of its queue; a new case is acknowledged by it.

    The queue's lead may give any case, everybody their own, and one that nobody has.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`ChangedMeanwhile`,
    :class:`~app.casefile.errors.TextRefused` without a reason, :class:`NotAllowedNow`.
    """
    opened = open_to_answer_for(session, member, case_id)
    if opened.row.version != version:
        raise ChangedMeanwhile
    giving = Giving(opened.queue.id, to, reason, acknowledge=True)
    check_giving(session, member, giving)
    _give(session, member, opened, giving, now)


def assign_of_queue(
    session: Session,
    member: Member,
    giving: Giving,
    case_id: str,
    now: datetime,
    *,
    version: int | None = None,
    who: str | None = None,
) -> None:
    """Give a case as one of many, after :func:`check_giving` was asked about them all.

    Only if it still has ``version``, and only if it is still with ``who``, where these are given.

    Raises: as :func:`assign`.
    """
    opened = open_to_answer_for(session, member, case_id)
    if opened.row.queue_id != giving.queue_id:
        raise NotFound(case_id)
    if version not in (None, opened.row.version) or who not in (None, opened.row.assignee):
        raise ChangedMeanwhile
    _give(session, member, opened, giving, now)


def check_giving(session: Session, member: Member, giving: Giving) -> None:
    """Refuse whoever does not hold the queue's key, as it was signed, and what has no reason.

    Raises: :class:`NotAllowedNow`, :class:`~app.casefile.errors.TextRefused`.
    """
    if giving.to not in queue_colleagues(session, member, giving.queue_id):
        raise NotAllowedNow("not_a_colleague")
    read_written(giving.reason)


def _give(session: Session, member: Member, opened: OpenCase, giving: Giving, now: datetime) -> None:
    row, queue = opened.row, opened.queue
    if row.status == Status.CLOSED:
        raise NotAllowedNow("closed")
    if not queue.lead and row.assignee not in (None, member.account_id):
        raise NotAllowedNow("lead_only")
    entry = sealed_entry(member, opened, ASSIGNED, {"to": giving.to, "reason": read_written(giving.reason)}, now)
    values: dict[str, Any] = {"assignee": giving.to}
    if giving.acknowledge and row.status == Status.NEW:
        values |= {"status": Status.ACKNOWLEDGED.value, **clocks.acknowledged(row, now)}
    store_entries(session, opened, entry, **values)
    put_on_record(session, member, "assigned", now, case=row.id, to=giving.to)
