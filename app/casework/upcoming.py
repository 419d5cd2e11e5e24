"""What is due in all of a member's cases: tasks, hearings and the ends of custody, by day.

Each line is opened and its signature checked, which takes most of the time: so a page has few of them, and the next one
goes on where it ended.
"""

import base64
import binascii
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import tuple_
from sqlmodel import Session, col, select

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.accounts.vouching import Vouched, vouched
from app.casefile.cases import Status, as_item
from app.casefile.entries import open_entry
from app.casefile.errors import NotFound
from app.casefile.keys import Compartment, is_case_number
from app.casefile.tables import Case, Grant, Item, Reminder
from app.casework.listing import names_of
from app.casework.opening import OpenCase, open_grant_of
from app.casework.queues import held_by, member_queue
from app.questionnaire import Answers
from app.storage.picked import among
from app.vault.errors import VaultError

PAGE = 50
LOOK_BACK, LOOK_AHEAD = timedelta(days=60), timedelta(days=60)
# A day, a case, and what is due in it.
_Place = tuple[date, str, str]


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


@dataclass(frozen=True)
class Ahead:
    """A page of what is due, and the cursor of the next one, or an empty one; ``names`` are answers by case."""

    due: tuple[Due, ...]
    after: str
    names: Mapping[str, Answers] = field(default_factory=dict, repr=False)


def calendar(session: Session, member: Member, after: str, now: datetime) -> Ahead:
    """A page of what is due in the cases of the member's queues, late things first; "listed" goes on the record."""
    places = _places(session, member, now.date(), LOOK_AHEAD, PAGE + 1, _read_cursor(after))
    due = _opened(session, member, places[:PAGE], now.date())
    cases = sorted({each.case_id for each in due})
    if due:
        put_on_record(session, member, "listed", now, cases=" ".join(cases))
    return Ahead(due, _cursor(places[PAGE - 1]) if len(places) > PAGE else "", names_of(session, member, cases))


def upcoming(
    session: Session, member: Member, now: datetime, *, ahead: timedelta = LOOK_AHEAD, most: int = PAGE
) -> tuple[Due, ...]:
    """What is due in the cases of the member's queues within ``ahead``, late things first; at most so much of it."""
    return _opened(session, member, _places(session, member, now.date(), ahead, most, None), now.date())


def _places(
    session: Session, member: Member, today: date, ahead: timedelta, most: int, start: _Place | None
) -> list[_Place]:
    """Where something is due, in order; nothing is opened."""
    held = held_by(session, [queue.id for queue in member.queues], col(Reminder.case_id))
    order = col(Reminder.day), col(Reminder.case_id), col(Reminder.id)
    query = (
        select(*order)
        .join(Case, col(Case.id) == col(Reminder.case_id))
        .where(col(Reminder.day) >= today - LOOK_BACK, col(Reminder.day) <= today + ahead)
        .where(held, col(Case.status) != Status.CLOSED.value)
        .order_by(*order)
        .limit(most)
    )
    if start is not None:
        query = query.where(col(Reminder.day) >= start[0], tuple_(*order) > start)
    return [(day, case_id, entry_id) for day, case_id, entry_id in session.exec(query)]


def _opened(session: Session, member: Member, places: Collection[_Place], today: date) -> tuple[Due, ...]:
    mine = [queue.id for queue in member.queues]
    query = (
        select(Case, Grant, Item)
        .join(Grant, col(Grant.case_id) == col(Case.id))
        .join(Item, col(Item.case_id) == col(Case.id))
        .where(col(Case.id).in_({case_id for _, case_id, _ in places}), among(col(Grant.queue_id), mine))
        .where(col(Item.id).in_([entry_id for _, _, entry_id in places]))
        .order_by(col(Grant.queue_id))
    )
    known = vouched(session)
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
    return tuple(found[entry_id] for _, _, entry_id in places if entry_id in found)


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


def _cursor(place: _Place) -> str:
    day, case_id, entry_id = place
    return base64.urlsafe_b64encode(f"{day.isoformat()} {case_id} {entry_id}".encode()).decode()


def _read_cursor(after: str) -> _Place | None:
    """A cursor that was tampered with shows the first page: it opens nothing."""
    try:
        day, case_id, entry_id = base64.urlsafe_b64decode(after.encode()).decode().split(" ")
        start = date.fromisoformat(day), case_id, entry_id
    except (ValueError, binascii.Error):
        return None
    # PostgreSQL takes no zero byte for a text.
    return start if is_case_number(case_id) and entry_id.isascii() and entry_id.isprintable() else None
