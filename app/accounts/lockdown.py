"""Lockdown: the desk closes for everybody at once, and opens again only when two people want it.

One asks and another confirms within a bounded time: two administrators, or one and the lead of a queue, of the
organisation that receives. While it holds no session of staff opens anything, whichever process is asked, since every
request looks here; families send and read as always.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.accounts.errors import NotPermitted
from app.accounts.installation import about
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.record import put_on_record
from app.accounts.tables import Account, Lockdown, SessionRow
from app.storage.columns import quarter_up
from app.storage.conflicts import changed_rows, insert_if_absent

# How long a wish waits for the second person.
WAITS = timedelta(minutes=30)
_STATE = select(col(Lockdown.closed), col(Lockdown.asked_by), col(Lockdown.asked_until))


class LockdownWish(StrEnum):
    """What somebody does with the lockdown's page."""

    ASK = "ask"
    CONFIRM = "confirm"
    TAKE_BACK = "take_back"


@dataclass(frozen=True)
class LockdownState:
    """Whether the desk is closed, and who (an account) wishes the contrary until when."""

    closed: bool = False
    asked_by: str | None = None
    asked_until: datetime | None = None

    def waits(self, now: datetime) -> bool:
        """Whether a wish waits for the second person."""
        return self.asked_by is not None and self.asked_until is not None and self.asked_until > now


def lockdown_state(session: Session) -> LockdownState:
    """How it stands."""
    row = session.execute(_STATE).first()
    return LockdownState() if row is None else LockdownState(*row)


def may_lock_down(session: Session, member: Member) -> bool:
    """Whether somebody is one of those two: an administrator or a lead of the organisation that receives."""
    leads = Role.ADMINISTRATOR in member.roles or any(queue.lead for queue in member.queues)
    return leads and member.organisation_id == about(session).receiving_id


def wish(session: Session, member: Member, what: LockdownWish, now: datetime) -> bool:
    """Ask for the contrary of how it stands, confirm another's wish, or take back one's own; False where it was late.

    Raises: :class:`~app.accounts.errors.NotPermitted`.
    """
    if not may_lock_down(session, member):
        raise NotPermitted
    state = lockdown_state(session)
    if what is LockdownWish.ASK:
        return _ask(session, member, state, now)
    if what is LockdownWish.TAKE_BACK:
        return _take_back(session, member, state, now)
    return _confirm(session, member, state, now)


def may_confirm(session: Session, member: Member, state: LockdownState, now: datetime) -> bool:
    """Whether the member is the second person: another than the first, and one of the two an administrator."""
    if not state.waits(now) or state.asked_by is None or state.asked_by == member.account_id:
        return False
    return Role.ADMINISTRATOR in member.roles or is_administrator(session, state.asked_by)


def set_by_machine(session: Session, closed: bool) -> None:
    """Close or open the desk, as the command on the machine does."""
    insert_if_absent(session, Lockdown, id=1, closed=closed)
    session.execute(update(Lockdown).values(closed=closed, asked_by=None, asked_until=None))
    if closed:
        end_all(session)


def end_all(session: Session) -> None:
    """End every session of staff, half-open ones too."""
    session.execute(delete(SessionRow).where(col(SessionRow.account_id).is_not(None)))


def is_administrator(session: Session, account_id: str) -> bool:
    """Whether an account has the role."""
    roles = session.execute(select(col(Account.roles)).where(col(Account.id) == account_id)).scalar_one_or_none()
    return roles is not None and Role.ADMINISTRATOR in roles.split()


def _ask(session: Session, member: Member, state: LockdownState, now: datetime) -> bool:
    if state.waits(now):
        return False
    put_on_record(session, member, "opening_asked" if state.closed else "lockdown_asked", now)
    insert_if_absent(session, Lockdown, id=1, closed=False)
    asked = {"asked_by": member.account_id, "asked_until": quarter_up(now + WAITS)}
    return _change(session, state, asked)


def _take_back(session: Session, member: Member, state: LockdownState, now: datetime) -> bool:
    if state.asked_by != member.account_id:
        return False
    put_on_record(session, member, "wish_taken_back", now)
    return _change(session, state, {"asked_by": None, "asked_until": None})


def _confirm(session: Session, member: Member, state: LockdownState, now: datetime) -> bool:
    if not may_confirm(session, member, state, now):
        return False
    put_on_record(
        session, member, "desk_opened" if state.closed else "lockdown_begun", now, asked_by=str(state.asked_by)
    )
    done = _change(session, state, {"closed": not state.closed, "asked_by": None, "asked_until": None})
    if done and not state.closed:
        end_all(session)
    return done


def _change(session: Session, state: LockdownState, values: dict[str, object]) -> bool:
    """Change the row if it is still as it was read."""
    as_read = (col(Lockdown.closed) == state.closed) & (
        col(Lockdown.asked_by).is_(None) if state.asked_by is None else col(Lockdown.asked_by) == state.asked_by
    )
    return bool(changed_rows(session.execute(update(Lockdown).where(as_read).values(values))))
