"""What is to be done and when: tasks and services, the trial with its hearings, and contacts outside the program.

Everything is sealed; of a day on which something is due the database knows the day, the case, and nothing more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.accounts.members import Member, colleagues
from app.accounts.record import put_on_record
from app.accounts.vouching import Vouched, vouched
from app.casefile import clocks
from app.casefile.cases import Status, as_item
from app.casefile.entries import open_entry
from app.casefile.errors import NotFound
from app.casefile.keys import Compartment
from app.casefile.tables import Case, Grant, Item, Reminder
from app.casework.book import Book, Written, needs_desk, read_book, sealed_entry, store_entries
from app.casework.codes import CHARGES
from app.casework.errors import EntryRefused, FollowedMeanwhile, NotAllowedNow
from app.casework.opening import OpenCase, open_grant_of, open_keys, open_to_answer_for
from app.casework.queues import member_queue
from app.storage.picked import among
from app.vault.errors import VaultError

TASK, HEARING, TRIAL, CONTACT, DONE = "task", "hearing", "trial", "contact", "done"
SERVICES = ("legal", "documents", "medical", "psychosocial", "tracing", "evacuation", "benefits", "other")
WAYS = ("call", "meeting", "prison_visit", "letter", "through_others", "other")
LONGEST = 4_000
SHORT = 300
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


def add_task(
    session: Session, member: Member, case_id: str, typed: Mapping[str, str], colleague: str, now: datetime
) -> None:
    """Note what was promised: ``text``, ``service``, ``day``; ``colleague`` is the account that sees to it, or nobody.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`EntryRefused`,
    :class:`~app.casefile.errors.ChangedMeanwhile`.
    """
    problems: list[tuple[str, str]] = []
    body = {
        "text": _text(typed, "text", problems),
        "service": _choice(typed, "service", SERVICES, problems),
        "day": _day(typed, "day", problems, needed=True),
        "whom": colleague,
    }
    _keep(session, member, case_id, TASK, body, problems, now, "task_kept")


def add_hearing(session: Session, member: Member, case_id: str, typed: Mapping[str, str], now: datetime) -> None:
    """Note a hearing: ``day``, ``time`` (empty where it is not known), ``court``, ``text``.

    Raises: as :func:`add_task`.
    """
    problems: list[tuple[str, str]] = []
    body = {
        "day": _day(typed, "day", problems, needed=True),
        "time": _time(typed, "time", problems),
        "court": _text(typed, "court", problems, needed=False, most=SHORT),
        "text": _text(typed, "text", problems, needed=False),
    }
    _keep(session, member, case_id, HEARING, body, problems, now, "hearing_kept")


def keep_trial(
    session: Session,
    member: Member,
    case_id: str,
    follows: str,
    typed: Mapping[str, str],
    charges: Sequence[str],
    now: datetime,
) -> None:
    """Keep what is known of the trial: ``court``, ``number``, ``custody_until``, ``text``, and the coded charges.

    Raises: as :func:`add_task`; :class:`FollowedMeanwhile` where somebody else kept a newer one.
    """
    problems: list[tuple[str, str]] = []
    custody_until = _day(typed, "custody_until", problems, needed=False)
    body = {
        "court": _text(typed, "court", problems, needed=False, most=SHORT),
        "number": _text(typed, "number", problems, needed=False, most=SHORT),
        "charge": sorted(set(charges) & set(CHARGES)),
        "day": custody_until,
        "text": _text(typed, "text", problems, needed=False),
        "follows": follows,
    }
    opened = _opened(session, member, case_id)
    newest = read_book(session, member, opened).newest(TRIAL)
    if (newest.id if newest else "") != follows:
        raise FollowedMeanwhile(newest.id if newest else "")
    _refuse(problems)
    item = sealed_entry(member, opened, TRIAL, body, now)
    store_entries(session, opened, item, remind=date.fromisoformat(custody_until) if custody_until else None)
    _forget(session, case_id, follows)
    put_on_record(session, member, "trial_kept", now, case=case_id)


def record_contact(session: Session, member: Member, case_id: str, typed: Mapping[str, str], now: datetime) -> None:
    """Record a contact outside the program: ``way``, ``day``, ``text``. It is acting: both clocks end.

    Raises: as :func:`add_task`; :class:`NotAllowedNow` where it is closed, or another queue answers for it.
    """
    problems: list[tuple[str, str]] = []
    body = {
        "way": _choice(typed, "way", WAYS, problems),
        "day": _day(typed, "day", problems, needed=True),
        "text": _text(typed, "text", problems),
    }
    if body["day"] and date.fromisoformat(body["day"]) > now.date():
        problems.append(("day", "future"))
    _refuse(problems)
    opened = open_to_answer_for(session, member, case_id)
    if opened.row.status == Status.CLOSED:
        raise NotAllowedNow("closed")
    # What was missed is over, and whoever it was passed on to sees it no more.
    values = clocks.acknowledged(opened.row, now) | clocks.acted(opened.row, now)
    if opened.row.status in (Status.NEW, Status.ACKNOWLEDGED):
        values["status"] = Status.IN_PROGRESS.value
    store_entries(session, opened, sealed_entry(member, opened, CONTACT, body, now), **values)
    put_on_record(session, member, "contact_recorded", now, case=case_id)


def finish(session: Session, member: Member, case_id: str, entry_id: str, note: str, now: datetime) -> None:
    """Say that a task is done or a hearing over, with a word on what came of it.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`NotAllowedNow` where it is done already.
    """
    opened = _opened(session, member, case_id)
    book = read_book(session, member, opened)
    if entry_id in done_in(book) or entry_id not in {written.id for written in book.of(TASK, HEARING)}:
        raise NotAllowedNow("done_already")
    if len(note.strip()) > LONGEST:
        raise EntryRefused((("note", "too_long"),))
    item = sealed_entry(member, opened, DONE, {"of": entry_id, "note": note.strip()}, now)
    store_entries(session, opened, item)
    _forget(session, case_id, entry_id)
    put_on_record(session, member, "finished", now, case=case_id, entry=entry_id)


def done_in(book: Book) -> dict[str, Written]:
    """What was finished, by the id of the task or hearing."""
    return {written.body["of"]: written for written in book.of(DONE) if written.verified}


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


def _keep(
    session: Session,
    member: Member,
    case_id: str,
    what: str,
    body: Mapping[str, Any],
    problems: Sequence[tuple[str, str]],
    now: datetime,
    recorded: str,
) -> None:
    _refuse(problems)
    opened = _opened(session, member, case_id)
    item = sealed_entry(member, opened, what, body, now)
    store_entries(session, opened, item, remind=date.fromisoformat(body["day"]))
    put_on_record(session, member, recorded, now, case=case_id)


def _opened(session: Session, member: Member, case_id: str) -> OpenCase:
    opened = open_keys(session, member, case_id)
    needs_desk(opened)
    return opened


def _forget(session: Session, case_id: str, entry_id: str) -> None:
    session.execute(delete(Reminder).where(col(Reminder.case_id) == case_id, col(Reminder.id) == entry_id))


def _refuse(problems: Sequence[tuple[str, str]]) -> None:
    if problems:
        raise EntryRefused(tuple(problems))


def _text(
    typed: Mapping[str, str], name: str, problems: list[tuple[str, str]], *, needed: bool = True, most: int = LONGEST
) -> str:
    text = typed.get(name, "").strip()
    if needed and not text:
        problems.append((name, "needed"))
    if len(text) > most:
        problems.append((name, "too_long"))
    return text


def _choice(typed: Mapping[str, str], name: str, known: Sequence[str], problems: list[tuple[str, str]]) -> str:
    value = typed.get(name, "")
    if value not in known:
        problems.append((name, "choose"))
    return value


def _day(typed: Mapping[str, str], name: str, problems: list[tuple[str, str]], *, needed: bool) -> str:
    text = typed.get(name, "").strip()
    if not text and not needed:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        problems.append((name, "needed" if not text else "no_day"))
        return ""


def _time(typed: Mapping[str, str], name: str, problems: list[tuple[str, str]]) -> str:
    text = typed.get(name, "").strip()
    if not text:
        return ""
    try:
        return f"{time.fromisoformat(text):%H:%M}"
    except ValueError:
        problems.append((name, "no_time"))
        return ""


def names_of(session: Session, member: Member, tasks: Sequence[Written]) -> dict[str, str]:
    """The names of the colleagues who see to these tasks, by account."""
    return colleagues(session, member, {written.body["whom"] for written in tasks if written.body.get("whom")})
