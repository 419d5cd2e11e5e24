"""Cases that were made for practice: which they are, as their maker signed it.

The mark stands twice. Inside the case it is sealed with the report, where nobody without a key to the case writes it.
Beside it a row says it to whoever holds no key, signed by a member of the case's own queue: a row that somebody
else wrote counts for nothing, so no real case leaves the figures or is deleted by one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, bindparam, insert, select
from sqlmodel import Session, col

from app.accounts.members import Member
from app.accounts.rings import queue_ring
from app.accounts.vouching import Vouched, vouched
from app.casefile.tables import Case, PracticeCase
from app.storage.picked import among
from app.vault.context import Purpose, context
from app.vault.signing import is_signed, sign

KEPT = timedelta(days=30)
# More rows than all queues may have; beyond it stands only what somebody else wrote.
MOST_LOOKED_AT = 2000

# Every page of the desk asks this; it is built once.
_MARKED = select(
    col(PracticeCase.case_id),
    col(Case.queue_id),
    col(PracticeCase.made_by),
    col(PracticeCase.ends),
    col(PracticeCase.signature),
).join(Case, col(Case.id) == col(PracticeCase.case_id))
_EVERYWHERE = _MARKED.order_by(col(PracticeCase.case_id)).limit(MOST_LOOKED_AT)
_OF_QUEUES = _EVERYWHERE.where(among(col(Case.queue_id), bindparam("queues", expanding=True)))
_OF_CASE = _MARKED.where(col(PracticeCase.case_id) == bindparam("case"))


@dataclass(frozen=True)
class Mark:
    """The queue of a practice case, who made it, and the day it is deleted."""

    queue_id: str
    made_by: str
    ends: date


def mark_practice(session: Session, member: Member, case_id: str, queue_id: str, ends: date) -> None:
    """Sign that a case, which is stored already, was made for practice by a member of its queue."""
    signature = sign(member.signing_key, b"", _place(case_id, queue_id, ends))
    row = {"case_id": case_id, "made_by": member.account_id, "ends": ends, "signature": signature}
    session.execute(insert(PracticeCase), [row])


def practice_cases(session: Session, queue_ids: Collection[str] | None = None) -> dict[str, Mark]:
    """The cases of these queues, or of all, whose mark was signed by somebody who holds the key of their queue now."""
    if queue_ids is None:
        return _signed(session, _EVERYWHERE)
    return _signed(session, _OF_QUEUES, queues=list(queue_ids))


def is_practice(session: Session, case_id: str) -> bool:
    """Whether a case is marked so, for whoever holds no key of it."""
    return bool(_signed(session, _OF_CASE, case=case_id))


def _signed(session: Session, query: Select[str, str, str, date, bytes], **asked: str | list[str]) -> dict[str, Mark]:
    # Plain columns, asked of the connection: what the session adds for objects is most of the time such a query takes.
    rows = session.connection().execute(query, asked).all()
    if not rows:
        return {}
    known = vouched(session)
    marks = (
        (case_id, Mark(queue_id, made_by, ends), signature) for case_id, queue_id, made_by, ends, signature in rows
    )
    return {case_id: mark for case_id, mark, signature in marks if _holds(known, case_id, mark, signature)}


def _holds(known: Vouched, case_id: str, mark: Mark, signature: bytes) -> bool:
    ring = known.rings.get(queue_ring(mark.queue_id))
    holder = None if ring is None else ring.holders.get(mark.made_by)
    if holder is None or known.appointed(mark.made_by) != holder.keys:
        return False
    return is_signed([holder.keys.verify], signature, b"", _place(case_id, mark.queue_id, mark.ends))


def _place(case_id: str, queue_id: str, ends: date) -> bytes:
    return context(Purpose.PRACTICE, case_id, queue_id, ends.isoformat())
