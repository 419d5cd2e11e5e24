"""The clocks of a case in its clear row: running ones to the hour, ended ones to the day.

A clock stands still only while the family is waited for, and in all at most fourteen days.
Everything here is what to write into the row; who writes has it in hand.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.casefile.cases import NOTHING_DUE, Status
from app.casefile.tables import Case
from app.storage.columns import day_of, hour_up
from app.storage.conflicts import changed_rows

HOUR = timedelta(hours=1)
MOST_WAITING = timedelta(days=14)


def acknowledged(row: Case, now: datetime) -> dict[str, Any]:
    """The first clock ends; what was escalated for it is over."""
    if row.acknowledge_by is None:
        return {"due": _due(row)}
    return {
        "acknowledge_by": None,
        "acknowledged_on": day_of(now),
        "escalate_at": None,
        "escalated": None,
        "due": _due(row),
    }


def acted(row: Case, now: datetime) -> dict[str, Any]:
    """The second clock ends, one that stands still too; the day is that of the first deed."""
    return {"act_by": None, "left_hours": None, "due": NOTHING_DUE, "acted_on": row.acted_on or day_of(now)}


def waiting(row: Case, now: datetime) -> dict[str, Any]:
    """The family is waited for: a clock that runs stands still; one that is late, or stood long enough, does not."""
    allowed = MOST_WAITING - _paused(row)
    values: dict[str, Any] = {"status": Status.AWAITING_FAMILY.value, "waits_until": hour_up(now + MOST_WAITING)}
    if row.act_by is None or row.act_by <= now or allowed <= timedelta():
        return values
    return values | {
        "waits_until": hour_up(now + allowed),
        "left_hours": _hours_up(row.act_by - now),
        "act_by": None,
        "due": NOTHING_DUE,
    }


def resumed(row: Case, now: datetime) -> dict[str, Any]:
    """The family is waited for no longer: back in progress, and the clock runs on; nothing where nobody waited."""
    return waited(row, now) if row.status == Status.AWAITING_FAMILY else {}


def waited(row: Case, now: datetime) -> dict[str, Any]:
    """The same of a case of which it is known that the family was waited for."""
    values: dict[str, Any] = {"status": Status.IN_PROGRESS.value, "waits_until": None, "left_hours": None}
    if row.left_hours is None:
        return values
    until = row.waits_until or now
    stood = MOST_WAITING - _paused(row) - max(timedelta(), until - now)
    act_by = hour_up(now + row.left_hours * HOUR)
    paused_hours = min(MOST_WAITING // HOUR, (row.paused_hours or 0) + _hours_up(max(timedelta(), stood)))
    return values | {"act_by": act_by, "due": act_by, "paused_hours": paused_hours}


def family_wrote(session: Session, case_id: str, now: datetime) -> bool:
    """Something came from the family: the case is unread, and nobody waits for them any more; False if it is gone."""
    wrote = update(Case).where(col(Case.id) == case_id).values(unread=True, silent_since=None)
    if not changed_rows(session.execute(wrote)):
        return False
    # The row is held since it was written, so what is read now stays.
    row = session.exec(select(Case).where(col(Case.id) == case_id).execution_options(populate_existing=True)).one()
    if values := resumed(row, now):
        session.execute(update(Case).where(col(Case.id) == case_id).values(values))
    return True


def _due(row: Case) -> datetime:
    return row.act_by or NOTHING_DUE


def _paused(row: Case) -> timedelta:
    return (row.paused_hours or 0) * HOUR


def _hours_up(span: timedelta) -> int:
    return -(-span // HOUR)
