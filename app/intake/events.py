"""What families did on a day, and what went without anybody's hand, for the record: without a time, in no order."""

from collections.abc import Mapping
from datetime import date
from random import SystemRandom

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from app.casefile.cases import Cause
from app.casefile.keys import Compartment
from app.casefile.tables import Item, Withdrawal
from app.intake.tables import Locker
from app.storage.conflicts import changed_rows

# What two people deleted stands on the record with both their names already.
_GONE = {
    "family_withdrew": Cause.FAMILY,
    "junk_deleted": Cause.JUNK,
    "not_restored": Cause.RESTORING,
    "practice_over": Cause.PRACTICE,
}


def family_events(session: Session, day: date) -> list[Mapping[str, str]]:
    """The messages sent and the cases that were withdrawn or went by themselves on ``day``, shuffled."""
    wrote = select(Item.case_id).where(col(Item.compartment) == Compartment.INBOX.value, col(Item.day) == day)
    gone = select(Withdrawal.case_id).where(col(Withdrawal.day) == day)
    queries = {kind: gone.where(col(Withdrawal.cause) == cause.value) for kind, cause in _GONE.items()}
    found: list[Mapping[str, str]] = [
        {"kind": kind, "case": case_id, "day": day.isoformat()}
        for kind, query in {"family_wrote": wrote, **queries}.items()
        for case_id in session.exec(query)
    ]
    SystemRandom().shuffle(found)
    return found


def first_event_day(session: Session) -> date | None:
    """The earliest day on which a family did something that is still to be seen, if any did."""
    days: tuple[date | None, ...] = (
        session.exec(select(func.min(Item.day)).where(col(Item.compartment) == Compartment.INBOX.value)).one(),
        session.exec(select(func.min(Withdrawal.day))).one(),
    )
    return min((day for day in days if day is not None), default=None)


def forget_emptied_lockers(session: Session, before: date) -> int:
    """Delete lockers that were emptied and whose drafts can no longer be opened; say how many."""
    emptied = delete(Locker).where(col(Locker.sealed).is_(None), col(Locker.day) < before)
    return changed_rows(session.execute(emptied))
