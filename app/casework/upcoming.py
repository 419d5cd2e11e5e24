"""What is due in all of a member's cases: tasks, hearings and the ends of custody, by day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.accounts.members import Member
from app.accounts.vouching import Vouched, vouched
from app.casefile.cases import Status, as_item
from app.casefile.entries import open_entry
from app.casefile.errors import NotFound
from app.casefile.keys import Compartment
from app.casefile.tables import Case, Grant, Item, Reminder
from app.casework.opening import OpenCase, open_grant_of
from app.casework.queues import member_queue
from app.storage.picked import among
from app.vault.errors import VaultError

MOST_LISTED = 100
LOOK_BACK, LOOK_AHEAD = timedelta(days=60), timedelta(days=60)


@dataclass(frozen=True)
class Due:
    """Something that is due on a day in one of the member's cases."""

    case_id: str
    queue_id: str
    id: str
    what: str
    day: date
    late: bool
    mine: bool
    body: Mapping[str, Any] = field(repr=False)


def upcoming(
    session: Session, member: Member, now: datetime, *, ahead: timedelta = LOOK_AHEAD, most: int = MOST_LISTED
) -> tuple[Due, ...]:
    """What is due in the cases of the member's queues within ``ahead``, late things first; at most so much of it."""
    mine = [queue.id for queue in member.queues]
    known, today = vouched(session), now.date()
    query = (
        select(Case, Grant, Item)
        .join(Reminder, col(Reminder.case_id) == col(Case.id))
        .join(Grant, col(Grant.case_id) == col(Case.id))
        .join(Item, (col(Item.case_id) == col(Case.id)) & (col(Item.id) == col(Reminder.id)))
        .where(col(Reminder.day) >= today - LOOK_BACK, col(Reminder.day) <= today + ahead)
        .where(among(col(Grant.queue_id), mine), col(Case.status) != Status.CLOSED.value)
        .order_by(col(Reminder.day), col(Case.id), col(Grant.queue_id))
        .limit(most)
    )
    found: dict[str, Due] = {}
    for row, grant, item in session.exec(query):
        try:
            keys = open_grant_of(session, member, grant)
        except (NotFound, VaultError):
            # One case that somebody tampered with must not hide what is due in all others.
            continue
        due = _due(member, OpenCase(row, member_queue(member, grant.queue_id), keys), item, today, known)
        if due is not None:
            found.setdefault(due.id, due)
    return tuple(found.values())


def _due(member: Member, opened: OpenCase, item: Item, today: date, known: Vouched) -> Due | None:
    sealed = as_item(item)
    if Compartment.DESK not in opened.keys.keys:
        return None
    try:
        entry = open_entry(opened.keys, sealed)
    except VaultError:
        return None
    if not entry.holds(known.signing_keys(entry.author)):
        # The case shows it, marked; nobody is reminded of what a stranger wrote.
        return None
    day = date.fromisoformat(entry.body["day"])
    mine = entry.body.get("whom") == member.account_id or opened.row.assignee == member.account_id
    return Due(opened.row.id, opened.queue.id, entry.id, entry.what, day, day < today, mine, entry.body)
