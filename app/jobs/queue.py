"""Asking for jobs, taking them, and ending them, without ever losing one.

Times are kept to the minute: due and asked times rounded down, so that nothing waits for the rounding, leases and
new tries rounded up, so that none is cut short.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from app.jobs.errors import LeaseLost
from app.jobs.tables import JobRow
from app.storage.columns import UtcTime
from app.storage.conflicts import changed_rows, insert_if_absent

FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=6)


@dataclass(frozen=True)
class Job:
    """A job that this worker holds until its lease ends. `tries` counts this one too."""

    kind: str
    key: str
    claim: int
    tries: int


def enqueue(session: Session, kind: str, key: str, due: datetime) -> None:
    """Ask for the job `key` of `kind` at `due`; asked twice it is one job, due at the earlier time.

    A job that a worker has at that moment runs once more, so that what it had read too early is not missed.
    It writes at once: on SQLite the call belongs to the end of the transaction, like every write.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    wanted = insert(JobRow).values(kind=kind, key=key, due=_minute(due), claims=0, tries=0)
    new = wanted.excluded.due
    held = col(JobRow.leased_until).is_not(None)
    due_earlier = case((held | (col(JobRow.due) <= new), col(JobRow.due)), else_=new)
    asked_earlier = case((~held | (col(JobRow.asked) <= new), col(JobRow.asked)), else_=new)
    session.execute(
        wanted.on_conflict_do_update(index_elements=["kind", "key"], set_={"due": due_earlier, "asked": asked_earlier})
    )


def keep_recurring(session: Session, kind: str, due: datetime, latest: datetime) -> None:
    """See to it that the recurring job `kind` is there; one that is there keeps its time, but none after `latest`.

    A later one was put back while the clock was ahead, and nothing would be done until the time has caught up.
    """
    if not insert_if_absent(session, JobRow, kind=kind, key="", due=_minute(due), claims=0, tries=0):
        late = col(JobRow.kind) == kind, col(JobRow.key) == "", col(JobRow.due) > latest
        session.execute(update(JobRow).where(*late).values(due=_minute(due)))


def call_back(session: Session, now: datetime, longest_lease: timedelta) -> None:
    """Take up what a clock that was ahead has put off: jobs that are held, or wait after a failed try, for too long."""
    held = col(JobRow.leased_until) > now + longest_lease
    session.execute(update(JobRow).where(held).values(leased_until=None))
    failed = col(JobRow.tries) > 0, col(JobRow.due) > now + LONGEST_DELAY + timedelta(minutes=1)
    session.execute(update(JobRow).where(*failed).values(due=_minute(now)))


def claim(session: Session, now: datetime, lease: timedelta, kinds: Collection[str]) -> Job | None:
    """Take the job of one of `kinds` that has been due longest and that nobody holds; None where there is none.

    The caller commits before the work begins. After `lease` another worker may take it.
    """
    free = or_(col(JobRow.leased_until).is_(None), col(JobRow.leased_until) <= now)
    waiting = (
        select(col(JobRow.kind), col(JobRow.key), col(JobRow.claims), col(JobRow.tries))
        .where(col(JobRow.kind).in_(kinds), col(JobRow.due) <= now, free)
        .order_by(col(JobRow.due))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    # SQLite knows no row locks: there the condition in `_take` decides, and who lost looks for another.
    while row := session.execute(waiting).one_or_none():
        job = Job(row.kind, row.key, claim=row.claims + 1, tries=row.tries + 1)
        if _take(session, job, now, _minute_up(now + lease)):
            return job
    return None


def finish(session: Session, job: Job, again_at: datetime | None = None) -> None:
    """End `job`, in the transaction of its work: delete it, or put it back for `again_at`.

    Raises:
        LeaseLost: another worker has it by now.
    """
    asked = col(JobRow.asked)
    if again_at is None:
        if changed_rows(session.execute(delete(JobRow).where(*_held(job), asked.is_(None)))):
            return
        due: Any = asked
    else:
        due = case((asked < _minute(again_at), asked), else_=literal(_minute(again_at), UtcTime))
    _give_back(session, job, due=due, asked=None, tries=0)


def fail(session: Session, job: Job, now: datetime) -> None:
    """Put `job` back after a try that failed, for a longer time with each.

    Raises:
        LeaseLost: another worker has it by now.
    """
    delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(job.tries - 1, 20))
    _give_back(session, job, due=_minute_up(now + delay), tries=job.tries)


def _held(job: Job) -> tuple[ColumnElement[bool], ...]:
    return _is(job), col(JobRow.claims) == job.claim


def _is(job: Job) -> ColumnElement[bool]:
    return and_(col(JobRow.kind) == job.kind, col(JobRow.key) == job.key)


def _take(session: Session, job: Job, now: datetime, until: datetime) -> bool:
    # What was asked for up to now is what this worker will do; what was asked for later stays asked.
    asked = case((col(JobRow.asked) > now, col(JobRow.asked)))
    taken = {"claims": job.claim, "tries": job.tries, "leased_until": until, "asked": asked}
    unchanged = col(JobRow.claims) == job.claim - 1
    return changed_rows(session.execute(update(JobRow).where(_is(job), unchanged).values(taken))) == 1


def _give_back(session: Session, job: Job, **values: Any) -> None:
    free = values | {"leased_until": None}
    if not changed_rows(session.execute(update(JobRow).where(*_held(job)).values(free))):
        raise LeaseLost(job.kind)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _minute_up(moment: datetime) -> datetime:
    return _minute(moment + timedelta(minutes=1) - timedelta(microseconds=1))
