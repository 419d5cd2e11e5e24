"""What is done about time without any key: missed acknowledgements, families that were waited for, open offers.

Each function does one step of at most `STEP` cases along an index and says what it did, so that a hundred thousand
cases cost what those cost for which something is due. Killed in between, or done twice, it does no harm. Cases are
taken in the order of their numbers, as by everybody who takes many: nobody waits for somebody who waits for them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, update
from sqlalchemy import case as sql_case
from sqlmodel import Session, col, select

from app.casefile import clocks
from app.casefile.cases import Status, hold_case
from app.casefile.tables import Case, Escalation, Grant
from app.casework.queues import IS_OPEN
from app.storage.columns import day_of

STEP = 200
TO_LEAD, TO_COORDINATOR = 1, 2


def pass_on_missed(session: Session, now: datetime) -> int:
    """Tell the lead and whoever is on duty of cases that nobody acknowledged in time."""
    missed = col(Case.acknowledge_by) <= now, col(Case.acknowledge_by).is_not(None), col(Case.escalated).is_(None)
    # What was set aside keeps its clocks, in case that it is given back, and is late for nobody.
    return len(_changed(session, (*missed, IS_OPEN), col(Case.acknowledge_by), escalated=TO_LEAD))


def escalate(session: Session, now: datetime) -> int:
    """Tell the coordinators of cases that nobody acknowledged in twice the time."""
    aside = ~IS_OPEN & col(Case.acknowledge_by).is_not(None)
    due = col(Case.escalate_at) <= now, col(Case.escalate_at).is_not(None), ~aside
    # One that was closed meanwhile is due no more.
    passed_on = sql_case((col(Case.acknowledge_by).is_not(None), TO_COORDINATOR), else_=None)
    found = _changed(session, due, col(Case.escalate_at), escalated=passed_on, escalate_at=None)
    still = select(col(Escalation.case_id)).where(col(Escalation.case_id).in_(found))
    there = set(session.exec(still))
    rows = [{"case_id": case_id, "seen": False, "reminded": None} for case_id in found if case_id not in there]
    if rows:
        session.execute(insert(Escalation), rows)
    return len(found)


def forget_escalations(session: Session) -> int:
    """Delete escalations of cases that were acknowledged since."""
    ended = select(col(Escalation.case_id)).join(Case, col(Case.id) == col(Escalation.case_id))
    found = session.exec(ended.where(col(Case.acknowledge_by).is_(None)).limit(STEP)).all()
    session.execute(delete(Escalation).where(col(Escalation.case_id).in_(found)))
    return len(found)


def end_waiting(session: Session, now: datetime) -> int:
    """Put cases back in progress, flagged, whose families were waited for as long as one waits."""
    over = select(Case).where(col(Case.waits_until) <= now).order_by(col(Case.waits_until)).limit(STEP)
    rows = session.exec(over).all()
    for row in sorted(rows, key=lambda row: row.id):
        waited: dict[str, Any] = {"waits_until": None}
        if row.status == Status.AWAITING_FAMILY:
            waited = clocks.resumed(row, now) | {"silent_since": day_of(now), "version": row.version + 1}
        same = col(Case.id) == row.id, col(Case.version) == row.version, col(Case.status) == row.status
        # Whoever was faster, the family or a colleague, stays.
        session.execute(update(Case).where(*same).values(waited))
    return len(rows)


def take_back_offers(session: Session, now: datetime) -> list[tuple[str, str]]:
    """Delete offered grants that nobody answered in their time; give their cases and queues."""
    open_still = select(col(Grant.case_id), col(Grant.queue_id)).where(col(Grant.answer_by) <= now)
    found = session.execute(open_still.order_by(col(Grant.answer_by)).limit(STEP)).all()
    taken = []
    for case_id, queue_id in sorted(tuple(each) for each in found):
        if not hold_case(session, case_id):
            continue
        offered = col(Grant.case_id) == case_id, col(Grant.queue_id) == queue_id, col(Grant.answer_by) <= now
        if session.execute(delete(Grant).where(*offered).returning(col(Grant.case_id))).first() is not None:
            taken.append((case_id, queue_id))
    return taken


def _changed(session: Session, wanted: tuple[ColumnElement[bool], ...], order: Any, **values: Any) -> list[str]:
    """Write into the first rows that fit, and give those that still fitted when they were written."""
    ids = session.exec(select(col(Case.id)).where(*wanted).order_by(order).limit(STEP)).all()
    session.exec(select(col(Case.id)).where(col(Case.id).in_(ids)).order_by(col(Case.id)).with_for_update()).all()
    written = update(Case).where(col(Case.id).in_(ids), *wanted).values(values).returning(col(Case.id))
    return list(session.execute(written).scalars())
