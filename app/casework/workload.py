"""What each person of a queue has, for its lead: counted along indexes in the clear rows, without opening a case.

No count looks at more than a thousand cases, and the time to the first answer at the newest two thousand that were
answered, so a queue of a hundred thousand cases costs what one of a thousand does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, union_all
from sqlmodel import Session, col, select

from app.accounts.errors import MayNotState
from app.accounts.members import Member, MemberQueue, colleagues
from app.accounts.record import put_on_record
from app.accounts.tables import Account
from app.casefile.cases import Status
from app.casefile.practice import practice_cases
from app.casefile.tables import Case
from app.casework.queues import IS_OPEN, MOST_COUNTED, PRIORITIES, SOON, Count, member_queue
from app.casework.roster import open_roster
from app.casework.standby import Away, away_now

ANSWERED_WITHIN = timedelta(days=90)
MOST_ANSWERED = 2000


@dataclass(frozen=True)
class Answered:
    """How many days it took until somebody first acted, the median, over how many cases."""

    cases: int
    days: int


@dataclass(frozen=True)
class Load:
    """What one person has, or nobody (``who`` is empty); ``here`` is false for who is no longer of the queue."""

    who: str
    name: str = field(repr=False)
    here: bool
    open: Count
    waiting: Count
    soon: Count
    late: Count
    answered: Answered | None
    away: Away | None


@dataclass(frozen=True)
class Workload:
    """A queue's people with what they have, what nobody has, and how fast the queue answers."""

    queue: MemberQueue
    people: tuple[Load, ...]
    free: Load
    answered: Answered | None


def workload(session: Session, member: Member, queue_id: str, now: datetime) -> Workload:
    """The workload of a queue that the member leads; that it was looked at goes on the record.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`MayNotState` for who does not lead it.
    """
    queue = member_queue(member, queue_id)
    if not queue.lead:
        raise MayNotState
    roster = open_roster(session, member, queue_id)
    away, spans = away_now(roster, now), _spans(session, queue_id, (now - ANSWERED_WITHIN).date())
    left = _others(session, member, queue_id, roster.people)
    made = list(practice_cases(session, [queue_id]))

    put_on_record(session, member, "workload_opened", now, queue=queue_id)

    def load(who: str, name: str) -> Load:
        counts = _counts(session, queue_id, who, made, now)
        return Load(who, name, who in roster.people, *counts, _answered(spans.get(who, ())), away.get(who))

    return Workload(
        queue,
        tuple(load(who, name) for who, name in {**roster.people, **left}.items()),
        load("", ""),
        _answered([days for each in spans.values() for days in each]),
    )


def _counts(
    session: Session, queue_id: str, who: str, made: Sequence[str], now: datetime
) -> tuple[Count, Count, Count, Count]:
    """Open, waiting for the family, soon late, late; what was ``made`` for practice is nobody's load."""
    has = col(Case.assignee) == who if who else col(Case.assignee).is_(None)
    base = has, col(Case.queue_id) == queue_id, IS_OPEN, col(Case.id).not_in(made)
    due, priority = col(Case.due), col(Case.priority)
    soon = [(priority == each, due > now, due <= now + SOON[each]) for each in PRIORITIES]
    row = session.execute(
        select(
            _capped([base]),
            _capped([(*base, col(Case.status) == Status.AWAITING_FAMILY.value)]),
            _capped([(*base, *conditions) for conditions in soon]),
            _capped([(*base, priority == each, due <= now) for each in PRIORITIES]),
        )
    ).one()
    opened, waiting, soon_late, late = (Count(min(number, MOST_COUNTED), number > MOST_COUNTED) for number in row)
    return opened, waiting, soon_late, late


def _capped(alternatives: Sequence[Sequence[ColumnElement[bool]]]) -> ScalarSelect[Any]:
    """The number of cases that fit one of the alternatives, each of which is one stretch of an index."""
    found = union_all(*(select(col(Case.id)).where(*conditions) for conditions in alternatives))
    return select(func.count()).select_from(found.limit(MOST_COUNTED + 1).subquery()).scalar_subquery()


def _spans(session: Session, queue_id: str, since: date) -> dict[str, list[int]]:
    """The days from receipt to the first deed, by who has the case now ("" where nobody)."""
    query = (
        select(col(Case.assignee), col(Case.received), col(Case.acted_on))
        .where(col(Case.queue_id) == queue_id, col(Case.acted_on).is_not(None), col(Case.acted_on) >= since)
        .order_by(col(Case.acted_on).desc())
        .limit(MOST_ANSWERED)
    )
    found: dict[str, list[int]] = {}
    for who, received, acted_on in session.execute(query):
        found.setdefault(who or "", []).append(max(0, (acted_on - received).days))
    return found


def _answered(days: Sequence[int]) -> Answered | None:
    return Answered(len(days), median_low(days)) if days else None


def _others(session: Session, member: Member, queue_id: str, people: Mapping[str, str]) -> dict[str, str]:
    """Accounts of the organisation that are no longer of the queue, and still have cases in it."""
    has = exists().where(col(Case.assignee) == col(Account.id), col(Case.queue_id) == queue_id, IS_OPEN)
    query = select(col(Account.id)).where(col(Account.organisation_id) == member.organisation_id, has)
    accounts = [account for account in session.exec(query) if account not in people]
    names = colleagues(session, member, accounts)
    return {account: names.get(account, "") for account in accounts}
