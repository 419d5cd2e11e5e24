"""The day's key, shared by all processes through the database and gone after 48 hours."""

from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlmodel import Session, col

from app.accounts.tables import Epoch
from app.storage.columns import day_of
from app.storage.conflicts import changed_rows, insert_if_absent
from app.vault.symmetric import new_key

# A draft begun just before midnight must still be there a full day later.
KEPT = timedelta(days=1)

# Built once: every step of a report asks it.
_KEY = select(col(Epoch.key)).where(col(Epoch.day) == bindparam("day"))


def current_epoch(session: Session, now: datetime) -> tuple[date, bytes]:
    """Today's key, drawn by whichever process needs it first."""
    day = day_of(now)
    key = _read(session, day)
    if key is None:
        insert_if_absent(session, Epoch, day=day, key=new_key())
        key = _read(session, day)
        assert key is not None
    return day, key


def epoch_key(session: Session, day: date, now: datetime) -> bytes | None:
    """The key of ``day``, or None where it is too old or never was.

    A day to come has one where another machine's clock, or this one's for a while, was ahead: what families wrote then
    is not lost.
    """
    if day < day_of(now) - KEPT:
        return None
    return _read(session, day)


def forget_epochs(session: Session, now: datetime) -> int:
    """Delete the keys whose drafts are over; say how many."""
    return changed_rows(session.execute(delete(Epoch).where(col(Epoch.day) < day_of(now) - KEPT)))


def _read(session: Session, day: date) -> bytes | None:
    key: bytes | None = session.execute(_KEY, {"day": day}).scalar_one_or_none()
    return key
