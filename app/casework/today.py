"""Today: what waits for one person, from an index each, some of it at most."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

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
from app.casework.diary import Due, upcoming
from app.casework.opening import OpenCase, open_grant_of
from app.casework.proposed import State, Takes
from app.casework.queues import IS_OPEN, ListedCase, in_queues, listed, member_queue
from app.storage.columns import day_of
from app.vault.errors import VaultError

MOST = 50
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
    """What waits for one person."""

    mine: tuple[ListedCase, ...]
    answered: tuple[ListedCase, ...]
    asked: tuple[Asked, ...]
    due: tuple[Due, ...] = field(repr=False)


def today(session: Session, member: Member, now: datetime) -> Today:
    """The member's own cases by deadline, families that wrote, second signatures, and what is due within a week."""
    soon = (now + SOON).date()
    return Today(
        mine=_mine(session, member, now),
        answered=_answered(session, member, now),
        asked=_asked(session, member, now),
        due=tuple(due for due in upcoming(session, member, now) if due.day <= soon),
    )


def _mine(session: Session, member: Member, now: datetime) -> tuple[ListedCase, ...]:
    query = (
        select(Case)
        .where(col(Case.assignee) == member.account_id, col(Case.queue_id).in_(_queues(member)), IS_OPEN)
        .order_by(col(Case.due), col(Case.id))
        .limit(MOST)
    )
    return tuple(listed(row, now) for row in session.exec(query))


def _answered(session: Session, member: Member, now: datetime) -> tuple[ListedCase, ...]:
    query = (
        select(Case)
        .where(col(Case.queue_id).in_(_queues(member)), col(Case.unread).is_(True))
        .order_by(col(Case.priority), col(Case.due), col(Case.id))
        .limit(MOST)
    )
    rows = [listed(row, now) for row in session.exec(query)]
    # A colleague's families wait for the colleague.
    return tuple(row for row in rows if row.assignee_id in (None, member.account_id))


def _asked(session: Session, member: Member, now: datetime) -> tuple[Asked, ...]:
    proposer = aliased(Account)
    query = (
        select(Case, Grant, Item)
        .join(ProposalRow, col(ProposalRow.case_id) == col(Case.id))
        .join(Grant, col(Grant.case_id) == col(Case.id))
        .join(Item, (col(Item.case_id) == col(Case.id)) & (col(Item.id) == col(ProposalRow.id)))
        .join(proposer, col(proposer.id) == col(ProposalRow.proposed_by))
        .where(col(ProposalRow.state) == State.OPEN.value, col(ProposalRow.ends) > day_of(now))
        .where(col(ProposalRow.proposed_by) != member.account_id)
        .where(col(proposer.organisation_id) == member.organisation_id, in_queues(col(Grant.queue_id), _queues(member)))
        .order_by(col(ProposalRow.ends), col(ProposalRow.case_id))
        .limit(MOST)
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
    for opened, item in found.values():
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
