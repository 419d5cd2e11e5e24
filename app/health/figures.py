"""Figures for a machine that watches, as OpenMetrics text, without personal data.

Whoever reads them often must not learn when a report came: a count that grew by one would tell it to the second, and
with the line of a watched phone beside it, who sent it. So what families do is counted for days that are over, and the
age of what waits goes by days. What staff and the worker leave undone may be fresh.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from app.accounts.queues import queue_states
from app.casefile.cases import Cause, Status
from app.casefile.practice import practice_cases
from app.casefile.tables import Case, Withdrawal
from app.failures.counting import failed
from app.jobs.tables import JobRow
from app.storage.blobs import Blobs
from app.storage.columns import day_of

SHORT_WAIT = timedelta(minutes=5)
CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


@dataclass(frozen=True)
class Figure:
    """A gauge: its name, what it says, a value for each queue or whatever ``label`` is, or one under an empty name."""

    name: str
    says: str
    values: tuple[tuple[str, float], ...]
    label: str = "queue"


def figures(session: Session, backups: Blobs, now: datetime) -> Iterator[Figure]:
    """Every figure of an installation."""
    queues = queue_states(session)
    yesterday = day_of(now) - timedelta(days=1)
    ready = any(queue.ready and queue.receiving for queue in queues)
    yield _one("rodyna_can_receive", "Whether a report can be taken now.", ready)
    # What was made for practice is nobody's report.
    real = col(Case.id).not_in(practice_cases(session))
    reports = session.exec(select(func.count()).where(col(Case.received) == yesterday, real)).one()
    yield _one("rodyna_reports_received_yesterday", "Reports of the last day that is over, and still there.", reports)
    withdrawn = col(Withdrawal.day) == yesterday, col(Withdrawal.cause) == Cause.FAMILY.value
    gone = session.exec(select(func.count()).where(*withdrawn)).one()
    yield _one("rodyna_cases_withdrawn_yesterday", "Cases that families withdrew on the last day that is over.", gone)
    names = [queue.id for queue in queues]
    yield _oldest(session, names, now, real)
    yield _late(session, names, now, real)
    yield _one(
        "rodyna_worker_lag_seconds", "How long the job due longest has waited, beyond five minutes.", _lag(session, now)
    )
    failing = session.exec(select(func.count()).where(col(JobRow.tries) > 0, col(JobRow.leased_until).is_(None))).one()
    yield _one("rodyna_jobs_failing", "Jobs whose last try failed.", failing)
    yield Figure(
        "rodyna_failed",
        "Answers of 500 and above, and failed jobs, in the last hour that is over; of desk and work in this one too.",
        tuple((part.value, float(times)) for part, times in failed(session, now, timedelta(hours=1)).items()),
        "part",
    )
    ages = _ages(backups, now)
    if ages:
        yield _one("rodyna_backup_age_hours", "Age of the newest backup.", round(max(0.0, min(ages))))


def as_text(found: Iterable[Figure]) -> str:
    """The figures as OpenMetrics writes them."""
    lines: list[str] = []
    for figure in found:
        lines += [f"# TYPE {figure.name} gauge", f"# HELP {figure.name} {figure.says}"]
        for of, value in figure.values:
            # A queue's id is made of small letters, digits and hyphens.
            label = f'{{{figure.label}="{of}"}}' if of else ""
            lines.append(f"{figure.name}{label} {float(value):g}")
    return "\n".join([*lines, "# EOF", ""])


def _ages(backups: Blobs, now: datetime) -> list[float]:
    """Hours since each backup; none where they cannot be looked at, which is told apart from none by the doctor."""
    try:
        there = backups.listed()
    except OSError:
        return []
    return [(now - blob.written) / timedelta(hours=1) for blob in there if blob.name.endswith(".backup")]


def _one(name: str, says: str, value: float) -> Figure:
    return Figure(name, says, (("", float(value)),))


def _oldest(session: Session, queues: list[str], now: datetime, real: ColumnElement[bool]) -> Figure:
    query = select(Case.queue_id, func.min(Case.received)).where(col(Case.status) == Status.NEW.value, real)
    oldest = {row[0]: row[1] for row in session.exec(query.group_by(col(Case.queue_id)))}
    days = tuple((queue, float((day_of(now) - oldest.get(queue, day_of(now))).days)) for queue in queues)
    return Figure("rodyna_queue_oldest_new_days", "Days since the oldest report that nobody has seen yet.", days)


def _late(session: Session, queues: list[str], now: datetime, real: ColumnElement[bool]) -> Figure:
    query = select(Case.queue_id, func.count()).where(
        col(Case.due) < now, col(Case.status).not_in([Status.CLOSED.value, Status.AWAITING_FAMILY.value]), real
    )
    late = {row[0]: row[1] for row in session.exec(query.group_by(col(Case.queue_id)))}
    return Figure(
        "rodyna_queue_late",
        "Cases whose running deadline is over.",
        tuple((queue, float(late.get(queue, 0))) for queue in queues),
    )


def _lag(session: Session, now: datetime) -> float:
    waiting = select(func.min(JobRow.due)).where(col(JobRow.leased_until).is_(None))
    due: datetime | None = session.exec(waiting).one()
    # A withdrawal asks for a job at once, so a finer figure would tell its minute.
    return 0.0 if due is None else max(0.0, (now - due - SHORT_WAIT).total_seconds())
