"""What stands with an organisation that leaves, and its end: nothing of a family's that is open goes with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.accounts.leaving import end_organisation, organisation_that_may_leave, queues_of
from app.accounts.members import Member
from app.casefile.cases import ERASE, Cause, Status
from app.casefile.tables import Case, Grant, Told
from app.casework.closing import delete_case
from app.casework.errors import CasesStandThere
from app.jobs.queue import enqueue
from app.storage.sessions import write_last


@dataclass(frozen=True)
class StandsThere:
    """How many cases stand with an organisation alone, open and closed; and how many others are shared with it."""

    open: int
    closed: int
    shared: int


def stands_there(session: Session, member: Member, organisation_id: str) -> StandsThere:
    """What an organisation holds now.

    Raises: as :func:`~app.accounts.leaving.organisation_that_may_leave`.
    """
    queues = queues_of(organisation_that_may_leave(session, member, organisation_id))
    is_closed = col(Case.status) == Status.CLOSED.value
    counted = select(is_closed, func.count()).where(_alone(queues)).group_by(is_closed)
    alone = {bool(row[0]): row[1] for row in session.execute(counted)}
    held = select(func.count(func.distinct(col(Grant.case_id)))).where(col(Grant.queue_id).in_(queues))
    every = session.exec(held).one()
    open_, closed = alone.get(False, 0), alone.get(True, 0)
    return StandsThere(open_, closed, every - open_ - closed)


def end_with_its_cases(
    session: Session, member: Member, organisation_id: str, root_typed: str, now: datetime
) -> StandsThere:
    """End an organisation; what was shared with it is shared no more, and closed cases that it alone has are deleted.

    Raises: :class:`CasesStandThere`, and as :func:`~app.accounts.leaving.end_organisation`.
    """
    queues = queues_of(organisation_that_may_leave(session, member, organisation_id))
    found = stands_there(session, member, organisation_id)
    if found.open:
        raise CasesStandThere(found.open)
    end_organisation(session, member, organisation_id, root_typed, now, found.closed)
    # From here on nobody accepts, withdraws or reopens one of them: whoever was faster is seen.
    held = select(Grant.case_id).where(col(Grant.queue_id).in_(queues))
    session.execute(update(Case).where(col(Case.id).in_(held)).values(unread=col(Case.unread)))
    left = list(session.exec(select(Case.id, Case.status).where(_alone(queues))))
    still_open = [case_id for case_id, status in left if status != Status.CLOSED.value]
    if still_open:
        raise CasesStandThere(len(still_open))
    for case_id, _closed in left:
        delete_case(session, case_id, now, Cause.ORGANISATION)
    for table in (Grant, Told):
        session.execute(delete(table).where(col(table.queue_id).in_(queues)))
    write_last(session, lambda: enqueue(session, ERASE, ERASE, now))
    return found


def _alone(queues: tuple[str, ...]) -> ColumnElement[bool]:
    """That a case has a grant of these queues, and that nobody else answers for it or holds it to answer for."""
    elsewhere = aliased(Grant)
    here = exists().where(col(Grant.case_id) == col(Case.id), col(Grant.queue_id).in_(queues))
    others = exists().where(
        col(elsewhere.case_id) == col(Case.id),
        col(elsewhere.queue_id).not_in(queues),
        col(elsewhere.standing).is_(None),
    )
    return here & ~others
