"""What a person is to see to besides their own cases, found out when they open a page: duty, and who is away."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from app.accounts.members import Member, MemberQueue
from app.casework.duty import wall_clock
from app.casework.roster import Absence, OnDuty, Roster, open_roster
from app.casework.view import CaseView


@dataclass(frozen=True)
class Post:
    """One of a member's queues now: who is on duty, and for whom the member stands in.

    ``heeds`` says that missed acknowledgements of the queue are the member's to see to: they lead it, stand in for
    somebody who does, or are on duty.
    """

    queue: MemberQueue
    on_duty: tuple[OnDuty, ...]
    mine: OnDuty | None
    stands_for: tuple[Absence, ...]
    heeds: bool
    roster: Roster = field(repr=False)


@dataclass(frozen=True)
class Away:
    """That somebody is away today, and who takes over, by name ("" where nobody)."""

    until: date
    stands_in: str = field(repr=False)


def posts(session: Session, member: Member, now: datetime) -> tuple[Post, ...]:
    """Every queue of the member."""
    return tuple(post_in(open_roster(session, member, queue.id), member.account_id, now) for queue in member.queues)


def post_in(roster: Roster, account_id: str, now: datetime) -> Post:
    """One person's part in a roster now."""
    on_duty = roster.on_duty(now)
    mine = next((each for each in on_duty if each.who == account_id), None)
    stands_for = roster.stands_for(account_id, now)
    leads = account_id in roster.leads or any(absence.who in roster.leads for absence in stands_for)
    return Post(roster.queue, on_duty, mine, stands_for, leads or mine is not None, roster)


def away_now(roster: Roster, now: datetime) -> dict[str, Away]:
    """Who of a queue is away today, by account."""
    day = wall_clock(now).date()
    found = {}
    for who in roster.people:
        absence = roster.away(who, day)
        if absence is not None:
            found[who] = Away(absence.until, roster.people.get(roster.acting(who, day), ""))
    return found


def assignee_away(session: Session, member: Member, case: CaseView, now: datetime) -> Away | None:
    """That whoever has a case is away today; none where they are here, or nobody has it."""
    if case.listed.assignee_id is None:
        return None
    return away_now(open_roster(session, member, case.queue.id), now).get(case.listed.assignee_id)
