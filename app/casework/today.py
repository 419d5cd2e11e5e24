"""Today: what waits for one person, from an index each, some of it at most.

Cases are told apart as on the queue's page, by what the same keys open there; which were shown goes on the record.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.accounts.members import Member, colleagues
from app.accounts.tables import Account
from app.accounts.vouching import vouched
from app.casefile.cases import as_item
from app.casefile.entries import open_entry
from app.casefile.errors import NotFound
from app.casefile.keys import Compartment
from app.casefile.tables import Case, Grant, Item
from app.casefile.tables import Proposal as ProposalRow
from app.casework.escalations import Missed, missed_by
from app.casework.listing import told_apart
from app.casework.offered import Offer, offers
from app.casework.opening import OpenCase, open_grant_of
from app.casework.proposed import State, Takes
from app.casework.queues import IS_OPEN, ListedCase, free_cases, held_by, listed, member_queue
from app.casework.standby import Post, posts
from app.casework.upcoming import Due, upcoming
from app.questionnaire import Answers
from app.storage.columns import day_of
from app.storage.picked import among
from app.vault.errors import VaultError

# As many lines as a page of a queue; a look at them, and what opens them all, costs the same however much waits.
MOST = 25
MOST_NAMED = 125
MOST_UNREAD = 50
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Asked:
    """A proposal that waits for a second signature which this member may give."""

    case_id: str
    kind: Takes
    by: str
    at: datetime


@dataclass(frozen=True)
class Today:
    """What waits for one person; ``others`` are cases of those for whom they stand in, ``names`` the answers by case.

    ``free`` are cases that nobody has and whose clock runs, for whoever looks after the queue: its lead, who is on
    duty, or everybody where nobody is. ``cases`` are the clear rows of all that is named in any of the lists. Of each
    list the first are there; ``more`` says of ``mine``, ``others`` and ``free`` that there are more, ``more_due`` of
    what is due.
    """

    posts: tuple[Post, ...]
    missed: tuple[Missed, ...]
    mine: tuple[ListedCase, ...]
    others: tuple[ListedCase, ...]
    answered: tuple[ListedCase, ...]
    asked: tuple[Asked, ...]
    offered: tuple[Offer, ...]
    free: tuple[ListedCase, ...]
    more: bool
    more_due: bool
    cases: Mapping[str, ListedCase]
    due: tuple[Due, ...] = field(repr=False)
    names: Mapping[str, Answers] = field(repr=False)
    people: Mapping[str, str] = field(repr=False)


def today(session: Session, member: Member, now: datetime) -> Today:
    """Duty, what is late or offered, own cases and others', families that wrote, what is to be signed or due.

    The cases that are told by name go on the record as "listed".
    """
    posts_now = posts(session, member, now)
    missed = missed_by(session, posts_now)[:MOST]
    mine, others = _mine(session, member, now), _others(session, posts_now, now)
    answered, asked = _answered(session, member, posts_now, now), _asked(session, member, now)
    offered, free = offers(session, member, now), _free(session, posts_now, now)
    due = upcoming(session, member, now, ahead=SOON, most=MOST + 1)
    more, more_due = max(len(mine), len(others), len(free)) > MOST, len(due) > MOST
    # What is not on the page is not opened for it either.
    mine, others, answered, free = mine[:MOST], others[:MOST], answered[:MOST], free[:MOST]
    due = due[:MOST]
    cases = {case.id: case for case in (*free, *mine, *others, *answered)}
    named = {each.case_id for each in missed} | {each.case_id for each in asked} | {each.case_id for each in due}
    named |= {each.case_id for each in offered}
    # One that was taken back between two looks at the database is not among them, and waits no more.
    cases |= _rows(session, named - set(cases), now)
    names = told_apart(session, member, list(cases)[:MOST_NAMED], now)
    return Today(
        posts=posts_now,
        missed=missed,
        mine=mine,
        others=others,
        answered=answered,
        asked=asked,
        offered=offered,
        free=free,
        more=more,
        more_due=more_due,
        cases=cases,
        due=due,
        names=names,
        people={account: name for post in posts_now for account, name in post.roster.people.items()},
    )


def _rows(session: Session, case_ids: Collection[str], now: datetime) -> dict[str, ListedCase]:
    query = select(Case).where(col(Case.id).in_(case_ids))
    return {row.id: listed(row, now) for row in session.exec(query)}


def _mine(session: Session, member: Member, now: datetime) -> tuple[ListedCase, ...]:
    return _with(session, now, (col(Case.assignee) == member.account_id) & col(Case.queue_id).in_(_queues(member)))


def _others(session: Session, now_posts: tuple[Post, ...], now: datetime) -> tuple[ListedCase, ...]:
    found = [
        _with(session, now, col(Case.assignee).in_(away) & (col(Case.queue_id) == post.queue.id))
        for post in now_posts
        if (away := [absence.who for absence in post.stands_for])
    ]
    return tuple(sorted((case for each in found for case in each), key=lambda case: (case.priority, case.id)))


def _free(session: Session, now_posts: tuple[Post, ...], now: datetime) -> tuple[ListedCase, ...]:
    looked_after = [post.queue.id for post in now_posts if post.heeds or not post.on_duty]
    found = [case for queue_id in looked_after for case in free_cases(session, queue_id, MOST + 1, now)]
    return tuple(sorted(found, key=lambda case: (case.priority, case.acknowledge_by or case.act_by or now, case.id)))


def _with(session: Session, now: datetime, condition: ColumnElement[bool]) -> tuple[ListedCase, ...]:
    # What has no deadline comes last, and the more urgent of it first.
    soonest = col(Case.due), col(Case.priority), col(Case.id)
    query = select(Case).where(condition, IS_OPEN).order_by(*soonest).limit(MOST + 1)
    return tuple(listed(row, now) for row in session.exec(query))


def _answered(session: Session, member: Member, now_posts: tuple[Post, ...], now: datetime) -> tuple[ListedCase, ...]:
    query = (
        select(Case)
        .where(col(Case.queue_id).in_(_queues(member)), col(Case.unread).is_(True))
        .order_by(col(Case.priority), col(Case.due), col(Case.id))
        .limit(MOST_UNREAD)
    )
    # A colleague's families wait for the colleague, or for whoever stands in.
    for_whom = {(post.queue.id, absence.who) for post in now_posts for absence in post.stands_for}
    return tuple(
        listed(row, now)
        for row in session.exec(query)
        if row.assignee in (None, member.account_id) or (row.queue_id, row.assignee) in for_whom
    )


def _open_proposals(session: Session, member: Member, now: datetime) -> dict[str, str]:
    """Proposals that the member may answer, each with its case; what runs out first comes first."""
    proposer = aliased(Account)
    open_still = (
        select(col(ProposalRow.id), col(ProposalRow.case_id))
        .join(proposer, col(proposer.id) == col(ProposalRow.proposed_by))
        .where(col(ProposalRow.state) == State.OPEN.value, col(ProposalRow.ends) > day_of(now))
        .where(col(ProposalRow.proposed_by) != member.account_id)
        .where(col(proposer.organisation_id) == member.organisation_id)
        .where(held_by(session, _queues(member), col(ProposalRow.case_id)))
        .order_by(col(ProposalRow.ends), col(ProposalRow.case_id))
        .limit(MOST)
    )
    return dict(session.exec(open_still).all())


def _asked(session: Session, member: Member, now: datetime) -> tuple[Asked, ...]:
    places, mine = _open_proposals(session, member, now), _queues(member)
    query = (
        select(Case, Grant, Item)
        .join(Grant, col(Grant.case_id) == col(Case.id))
        .join(Item, col(Item.case_id) == col(Case.id))
        .where(col(Case.id).in_(set(places.values())), col(Item.id).in_(places), among(col(Grant.queue_id), mine))
    )
    found: dict[str, tuple[OpenCase, Item]] = {}
    for row, grant, item in session.exec(query):
        try:
            keys = open_grant_of(session, member, grant)
        except (NotFound, VaultError):
            # One case that somebody tampered with must not hide what waits in all others.
            continue
        if Compartment.DESK in keys.keys:
            found.setdefault(item.id, (OpenCase(row, member_queue(member, grant.queue_id), keys), item))
    entries, known = [], vouched(session)
    for opened, item in (found[item_id] for item_id in places if item_id in found):
        try:
            entry = open_entry(opened.keys, as_item(item))
        except VaultError:
            # Another organisation's, under its own key.
            continue
        if entry.holds(known.signing_keys(entry.author)):
            entries.append((opened.row.id, entry))
    names = colleagues(session, member, {entry.author for _, entry in entries})
    return tuple(
        Asked(case_id, Takes(entry.body["said"]["kind"]), names.get(entry.author, entry.organisation), entry.at)
        for case_id, entry in entries
    )


def _queues(member: Member) -> list[str]:
    return [queue.id for queue in member.queues]
