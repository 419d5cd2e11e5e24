"""Cases that other queues offer to a member's own, and that nobody took or refused yet."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.accounts.members import Member
from app.casefile.tables import Grant
from app.casework.opening import Standing

MOST = 25


@dataclass(frozen=True)
class Offer:
    """A case that one of the member's queues may help with or take over; the offer ends at ``answer_by``."""

    case_id: str
    queue_id: str
    standing: Standing
    answer_by: datetime


def offers(session: Session, member: Member, now: datetime) -> tuple[Offer, ...]:
    """What the member's queues may say yes or no to, what ends first coming first; some of it at most."""
    query = (
        select(col(Grant.case_id), col(Grant.queue_id), col(Grant.standing), col(Grant.answer_by))
        .where(col(Grant.queue_id).in_([queue.id for queue in member.queues]))
        .where(col(Grant.standing).is_not(None), col(Grant.answer_by).is_not(None), col(Grant.answer_by) > now)
        .order_by(col(Grant.answer_by), col(Grant.case_id))
        .limit(MOST)
    )
    return tuple(
        Offer(case_id, queue_id, Standing(standing), answer_by)
        for case_id, queue_id, standing, answer_by in session.exec(query)
        if standing is not None and answer_by is not None
    )
