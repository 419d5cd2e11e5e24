"""Handing over what a person has in a queue: some cases, or all of them in steps that may be cut off.

A case goes only while it is still with whom it was: pressed twice, or by two leads at once, nothing goes twice. What is
under way is kept in the session of whoever began it; where that ends, beginning again does what was left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from app.accounts.errors import MayNotState
from app.accounts.members import Member, MemberQueue, colleagues, queue_colleagues
from app.accounts.record import put_on_record
from app.casefile.tables import Case
from app.casework.assigning import Giving, assign_of_queue, check_giving
from app.casework.errors import NotAllowedNow
from app.casework.many import Done, each_of
from app.casework.meanwhile import check_seen
from app.casework.queues import IS_OPEN, Count, ListedCase, capped_count, listed, member_queue
from app.storage.packing import pack
from app.vault.digest import sha256

# A step takes about a tenth of a second; as many cases are shown to choose from.
STEP = 50
NOT_SHOWN: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Holding:
    """What a person has in a queue, most urgent first, some of it at most; ``people`` may be given it."""

    queue: MemberQueue
    who: str
    name: str = field(repr=False)
    cases: tuple[ListedCase, ...]
    count: Count
    people: Mapping[str, str] = field(repr=False)

    @property
    def state(self) -> str:
        """Tells what they have now from what they had: how much, and each case that is shown as it stood."""
        shown = [(case.id, case.version) for case in self.cases]
        return sha256(pack({"count": self.count.number, "shown": shown})).hex()[:16]


@dataclass(frozen=True)
class Handing:
    """All cases of ``who`` going to ``to``: how many went, and after which number the next step goes on."""

    queue_id: str
    who: str
    to: str
    reason: str = field(repr=False)
    after: str = ""
    given: int = 0
    over: bool = False


def holding(session: Session, member: Member, queue_id: str, who: str, now: datetime) -> Holding:
    """What ``who``, who may have left, has in a queue.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`MayNotState` for who neither leads it nor is ``who``.
    """
    queue = _may(member, queue_id, who)
    query = select(Case).where(*_with(queue_id, who)).order_by(col(Case.priority), col(Case.due), col(Case.id))
    people = queue_colleagues(session, member, queue_id)
    name = people.get(who) or colleagues(session, member, [who]).get(who, "")
    return Holding(
        queue,
        who,
        name,
        tuple(listed(row, now) for row in session.exec(query.limit(STEP))),
        capped_count(session, *_with(queue_id, who)),
        {account: person for account, person in people.items() if account != who},
    )


def hand_over(
    session: Session,
    member: Member,
    who: str,
    giving: Giving,
    cases: Sequence[str],
    now: datetime,
    shown: Mapping[str, int] = NOT_SHOWN,
) -> Done:
    """Hand over some of the cases that ``who`` has; those that are no longer with them are left, and named.

    ``shown`` are the versions that the page showed: what a colleague changed since is left too.

    Raises: as :func:`holding`, :class:`~app.casefile.errors.TextRefused` without a reason,
    :class:`NotAllowedNow` for who is no colleague.
    """
    _check(session, member, who, giving)

    def once(case_id: str) -> None:
        assign_of_queue(session, member, giving, case_id, now, who=who, version=shown.get(case_id))

    return each_of(cases[:STEP], once)


def begin(
    session: Session, member: Member, who: str, giving: Giving, now: datetime, state: str | None = None
) -> Handing:
    """Begin to hand over all that ``who`` has in the queue; the steps follow. ``state`` is what the page showed of it.

    Raises: as :func:`hand_over`; :class:`~app.casework.errors.FollowedMeanwhile` where they have something else now.
    """
    _check(session, member, who, giving)
    if state is not None:
        check_seen(state, holding(session, member, giving.queue_id, who, now).state)
    put_on_record(session, member, "handing_begun", now, queue=giving.queue_id, account=who, to=giving.to)
    return Handing(giving.queue_id, who, giving.to, giving.reason)


def step(session: Session, member: Member, handing: Handing, now: datetime) -> Handing:
    """Hand over the next cases, in the order of their numbers.

    Raises: as :func:`hand_over`.
    """
    giving = Giving(handing.queue_id, handing.to, handing.reason)
    _check(session, member, handing.who, giving)
    following = select(col(Case.id)).where(*_with(handing.queue_id, handing.who), col(Case.id) > handing.after)
    cases = session.exec(following.order_by(col(Case.id)).limit(STEP)).all()
    done = hand_over(session, member, handing.who, giving, cases, now)
    return replace(
        handing,
        after=cases[-1] if cases else handing.after,
        given=handing.given + done.done,
        over=len(cases) < STEP,
    )


def packed(handing: Handing) -> dict[str, Any]:
    """What is under way, as values that a session keeps."""
    names = ("queue_id", "who", "to", "reason", "after", "given", "over")
    return {name: getattr(handing, name) for name in names}


def _check(session: Session, member: Member, who: str, giving: Giving) -> None:
    _may(member, giving.queue_id, who)
    if giving.to == who:
        raise NotAllowedNow("not_a_colleague")
    check_giving(session, member, giving)


def _may(member: Member, queue_id: str, who: str) -> MemberQueue:
    queue = member_queue(member, queue_id)
    if not (queue.lead or who == member.account_id):
        raise MayNotState
    return queue


def _with(queue_id: str, who: str) -> tuple[ColumnElement[bool], ...]:
    return col(Case.assignee) == who, col(Case.queue_id) == queue_id, IS_OPEN
