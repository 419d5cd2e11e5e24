"""The head of a page about one step of a case: where the case stands, and whom it is about.

Who closes a case or hands it on is to see a name beside the number: one slip in eight characters is another family's.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from app.accounts.members import Member, MemberQueue
from app.accounts.record import put_on_record
from app.casefile.cases import Status
from app.casefile.keys import Compartment
from app.casework.listing import names_of
from app.casework.opening import open_keys
from app.questionnaire import Answers


@dataclass(frozen=True)
class CaseHead:
    """The little that a page about one step of a case shows beside what is kept of that step, and is read there.

    ``answers`` are those that a list shows.
    """

    id: str
    queue: MemberQueue
    version: int
    closed: bool
    desk: bool
    answers_for: bool
    answers: Answers = field(repr=False)


def case_head(session: Session, member: Member, case_id: str, now: datetime) -> CaseHead:
    """The head of a page about one step of a case; "opened" goes on the record.

    Raises: :class:`~app.casefile.errors.NotFound`.
    """
    opened = open_keys(session, member, case_id)
    put_on_record(session, member, "opened", now, case=case_id, queue=opened.queue.id)
    row, desk = opened.row, Compartment.DESK in opened.keys.keys
    closed, answers_for = row.status == Status.CLOSED, opened.standing is None
    answers = names_of(session, member, [case_id]).get(case_id, {})
    return CaseHead(
        row.id, opened.queue, row.version, closed=closed, desk=desk, answers_for=answers_for, answers=answers
    )
