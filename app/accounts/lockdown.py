"""Lockdown: the desk closes for everybody at once, and opens again only when two people want it.

One asks and another confirms within a bounded time: two administrators, or one and the lead of a queue, of the
organisation that receives. Each signs what they do, in a chain of statements; the command on the machine signs with the
service's key, which proves less. The row beside it is for processes of an older release: where it says what nobody
signed, an alarm tells of it. While a lockdown holds no session of staff opens anything, whichever process is asked,
since every request looks here; families send and read as always.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.accounts.errors import NotPermitted, NotVouched
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.record import put_on_record
from app.accounts.tables import Lockdown, SessionRow, StatementRow
from app.accounts.vouching import vouched
from app.accounts.vouching_looks import first_look, look_anew
from app.accounts.vouching_rules import WISH_WAITS
from app.accounts.vouching_statements import BEFORE_THE_FIRST, SERVICE, make_statement
from app.accounts.vouching_states import LOCKDOWN_CHAIN
from app.accounts.vouching_stating import sign_next, write_statement
from app.accounts.vouching_together import DeskState
from app.storage.columns import quarter_up
from app.storage.conflicts import insert_if_absent
from app.storage.turns import take_turn
from app.vault.signing import verify_key

_STATE = select(col(Lockdown.closed), col(Lockdown.asked_by), col(Lockdown.asked_until))


class LockdownWish(StrEnum):
    """What somebody does with the lockdown's page."""

    ASK = "ask"
    CONFIRM = "confirm"
    TAKE_BACK = "take_back"


@dataclass(frozen=True)
class LockdownState:
    """Whether the desk is closed, and who (an account) wishes the contrary from when until when."""

    closed: bool = False
    asked_by: str | None = None
    asked_until: datetime | None = None
    # The row beside what was signed does not have it.
    asked_at: datetime | None = field(default=None, compare=False)

    def waits(self, now: datetime) -> bool:
        """Whether a wish waits for the second person; one that was dated ahead does not yet."""
        if self.asked_by is None or self.asked_until is None or self.asked_at is None:
            return False
        return self.asked_at <= now < self.asked_until


def lockdown_state(session: Session) -> LockdownState:
    """How it stands, by what was signed.

    Before anything was signed the row counts. Where the newest signatures are gone nobody knows: the desk is closed.
    """
    known = vouched(session)
    signed = known.desk
    if LOCKDOWN_CHAIN in known.behind:
        return LockdownState(closed=True)
    if signed is None:
        return LockdownState(_row(session).closed)
    if not signed.asked_by:
        return LockdownState(signed.closed)
    until, at = datetime.fromisoformat(signed.asked_until), datetime.fromisoformat(signed.at)
    return LockdownState(signed.closed, signed.asked_by, until, at)


def row_differs(session: Session) -> bool:
    """Whether the row says what nobody signed: somebody with the database's password, or a release before this one."""
    if vouched(session).desk is None:
        return _row(session) != LockdownState()
    return _row(session) != lockdown_state(session)


def _row(session: Session) -> LockdownState:
    row = session.execute(_STATE).first()
    return LockdownState() if row is None else LockdownState(*row)


def may_lock_down(session: Session, member: Member) -> bool:
    """Whether somebody is one of those two: an administrator or a lead of the organisation that receives."""
    leads = Role.ADMINISTRATOR in member.roles or any(queue.lead for queue in member.queues)
    return leads and member.organisation_id == vouched(session).receiving


def wish(session: Session, member: Member, what: LockdownWish, now: datetime) -> bool:
    """Ask for the contrary of how it stands, confirm another's wish, or take back one's own; False where it was late.

    Raises: :class:`~app.accounts.errors.NotPermitted`; :class:`~app.accounts.errors.StatedMeanwhile` where somebody
    acted at the same moment: then nothing may stay of what this transaction did, the entry on the record included.
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
    return Role.ADMINISTRATOR in member.roles or _is_administrator(session, state.asked_by)


def set_by_machine(session: Session, private: bytes, now: datetime, *, closed: bool) -> None:
    """Close or open the desk, as the command on the machine does, signed with the service's key (``private``).

    Statements that do not hold are taken away first: nobody keeps the desk from being closed by forging one.

    Raises: :class:`NotVouched` where it is not the key that the root signed.
    """
    _take_turn(session)
    _say_by_machine(session, private, now, closed=closed)
    if closed:
        end_all(session)


def end_late_wish(session: Session, private: bytes, now: datetime) -> bool:
    """Say in the machine's name that a wish is over, if one is; True if so.

    Otherwise whoever has the database could confirm it long afterwards, dated back to when it waited.
    """
    if not _is_late(session, now):
        return False
    _take_turn(session)
    # Somebody may have asked again, or confirmed at the last moment, while this waited for its turn.
    if not _is_late(session, now):
        return False
    _say_by_machine(session, private, now, closed=lockdown_state(session).closed)
    return True


def _is_late(session: Session, now: datetime) -> bool:
    state = lockdown_state(session)
    return state.asked_until is not None and now >= state.asked_until and LOCKDOWN_CHAIN not in vouched(session).faults


def _take_turn(session: Session) -> None:
    """Wait until nobody is about to sign anything; what is read from now on stays so."""
    take_turn(session, StatementRow)
    look_anew(session)


def end_all(session: Session) -> None:
    """End every session of staff, half-open ones too."""
    session.execute(delete(SessionRow).where(col(SessionRow.account_id).is_not(None)))


def _is_administrator(session: Session, account_id: str) -> bool:
    """Whether somebody has the role in the organisation that receives, by what was signed."""
    known = vouched(session)
    person = known.organisations[known.receiving].people.get(account_id)
    return person is not None and Role.ADMINISTRATOR in person.roles


def _ask(session: Session, member: Member, state: LockdownState, now: datetime) -> bool:
    if state.waits(now):
        return False
    put_on_record(session, member, "opening_asked" if state.closed else "lockdown_asked", now)
    _say(session, member, LockdownState(state.closed, member.account_id, quarter_up(now + WISH_WAITS), now), now)
    return True


def _take_back(session: Session, member: Member, state: LockdownState, now: datetime) -> bool:
    if state.asked_by != member.account_id:
        return False
    put_on_record(session, member, "wish_taken_back", now)
    _say(session, member, LockdownState(state.closed), now)
    return True


def _confirm(session: Session, member: Member, state: LockdownState, now: datetime) -> bool:
    if not may_confirm(session, member, state, now):
        return False
    put_on_record(
        session, member, "desk_opened" if state.closed else "lockdown_begun", now, asked_by=str(state.asked_by)
    )
    _say(session, member, LockdownState(not state.closed), now)
    if not state.closed:
        end_all(session)
    return True


def _say(session: Session, member: Member, state: LockdownState, now: datetime) -> None:
    """Sign how it is to stand.

    Raises: :class:`~app.accounts.errors.StatedMeanwhile` where somebody signed first.
    """
    until = state.asked_until.isoformat() if state.asked_until else ""
    said = DeskState(state.closed, state.asked_by or "", until, now.isoformat())
    write_statement(session, sign_next(vouched(session), LOCKDOWN_CHAIN, said, member))
    _write_row(session, state)


def _say_by_machine(session: Session, private: bytes, now: datetime, *, closed: bool) -> None:
    """Sign it with the machine's key, after what holds; call it in one's turn, since it takes away what does not."""
    known = vouched(session)
    if known.installation is not None and known.installation.service != verify_key(private):
        raise NotVouched(SERVICE)
    number, after = known.numbers.get(LOCKDOWN_CHAIN, 0), known.digests.get(LOCKDOWN_CHAIN, BEFORE_THE_FIRST)
    beyond = col(StatementRow.chain) == LOCKDOWN_CHAIN, col(StatementRow.number) > number
    signed = make_statement(LOCKDOWN_CHAIN, number + 1, after, DeskState(closed, at=now.isoformat()), SERVICE, private)
    session.execute(delete(StatementRow).where(*beyond))
    first_look(session)[LOCKDOWN_CHAIN] = number
    write_statement(session, signed)
    _write_row(session, LockdownState(closed=closed))


def _write_row(session: Session, state: LockdownState) -> None:
    insert_if_absent(session, Lockdown, id=1, closed=False)
    values = {"closed": state.closed, "asked_by": state.asked_by, "asked_until": state.asked_until}
    session.execute(update(Lockdown).values(**values))
