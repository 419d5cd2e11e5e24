"""What is to be done and when: tasks and services, the trial with its hearings, and contacts outside the program.

Everything is sealed; of a day on which something is due the database knows the day, the case, and nothing more.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from app.accounts.members import Member, colleagues
from app.accounts.record import put_on_record
from app.casefile import clocks
from app.casefile.cases import Status
from app.casefile.errors import TextRefused
from app.casefile.tables import Reminder
from app.casework.book import Book, Written, needs_desk, read_book, sealed_entry, store_entries
from app.casework.codes import CHARGES
from app.casework.errors import EntryRefused, NotAllowedNow
from app.casework.meanwhile import check_seen
from app.casework.opening import OpenCase, open_keys, open_to_answer_for

TASK, HEARING, TRIAL, CONTACT, DONE = "task", "hearing", "trial", "contact", "done"
SERVICES = ("legal", "documents", "medical", "psychosocial", "tracing", "evacuation", "benefits", "other")
WAYS = ("call", "meeting", "prison_visit", "letter", "through_others", "other")
LONGEST = 4_000
SHORT = 300


def add_task(
    session: Session, member: Member, case_id: str, typed: Mapping[str, str], colleague: str, now: datetime
) -> None:
    """Note what was promised: ``text``, ``service``, ``day``; ``colleague`` is the account that sees to it, or nobody.

    ``follows`` is the newest line of the diary that the page showed.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`EntryRefused`,
    :class:`~app.casefile.errors.ChangedMeanwhile`, :class:`~app.casework.errors.FollowedMeanwhile` where somebody
    else kept a newer one.
    """
    problems: list[tuple[str, str]] = []
    body = {
        "text": _text(typed, "text", problems),
        "service": _choice(typed, "service", SERVICES, problems),
        "day": _day(typed, "day", problems, needed=True),
        "whom": colleague,
    }
    _refuse(problems)
    _keep(session, member, case_id, TASK, body, typed.get("follows"), now)
    put_on_record(session, member, "task_kept", now, case=case_id)


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
    _refuse(problems)
    _keep(session, member, case_id, HEARING, body, typed.get("follows"), now)
    put_on_record(session, member, "hearing_kept", now, case=case_id)


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

    Raises: as :func:`add_task`.
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
    check_seen(follows, newest.id if newest else "")
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
    check_seen(typed.get("follows"), newest_line(read_book(session, member, opened)))
    # What was missed is over, and whoever it was passed on to sees it no more.
    values = clocks.acknowledged(opened.row, now) | clocks.acted(opened.row, now)
    if opened.row.status in (Status.NEW, Status.ACKNOWLEDGED):
        values["status"] = Status.IN_PROGRESS.value
    store_entries(session, opened, sealed_entry(member, opened, CONTACT, body, now), **values)
    put_on_record(session, member, "contact_recorded", now, case=case_id)


def finish(
    session: Session, member: Member, case_id: str, entry_id: str, note: str, now: datetime, follows: str = ""
) -> None:
    """Say that a task is done or a hearing over, with a word on what came of it.

    ``follows`` is what the page showed of that: the last word, empty where nobody had finished it. More may be added
    to a colleague's word by whoever has read it.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`~app.casework.errors.FollowedMeanwhile` where it was
    finished meanwhile, :class:`NotAllowedNow` where there is no such task,
    :class:`~app.casefile.errors.TextRefused`.
    """
    opened = _opened(session, member, case_id)
    book = read_book(session, member, opened)
    if entry_id not in {written.id for written in book.of(TASK, HEARING)}:
        raise NotAllowedNow("no_such_entry")
    said = done_in(book).get(entry_id, ())
    check_seen(follows, said[-1].id if said else "")
    if len(note.strip()) > LONGEST:
        raise TextRefused("too_long")
    item = sealed_entry(member, opened, DONE, {"of": entry_id, "note": note.strip()}, now)
    store_entries(session, opened, item)
    _forget(session, case_id, entry_id)
    put_on_record(session, member, "finished", now, case=case_id, entry=entry_id)


def done_in(book: Book) -> dict[str, tuple[Written, ...]]:
    """What was said when it was finished, by the id of the task or hearing, oldest first."""
    found: dict[str, tuple[Written, ...]] = {}
    for written in book.of(DONE):
        if written.verified:
            found[written.body["of"]] = (*found.get(written.body["of"], ()), written)
    return found


def lines_of(book: Book) -> tuple[Written, ...]:
    """What was promised, set and done outside the program, in the order in which it was written."""
    return tuple(written for written in book.of(TASK, HEARING, CONTACT) if written.verified)


def newest_line(book: Book) -> str:
    """The id of the newest of these, empty where there is none: what a form for one more was shown beside."""
    return lines[-1].id if (lines := lines_of(book)) else ""


def _keep(
    session: Session,
    member: Member,
    case_id: str,
    what: str,
    body: Mapping[str, Any],
    follows: str | None,
    now: datetime,
) -> None:
    opened = _opened(session, member, case_id)
    check_seen(follows, newest_line(read_book(session, member, opened)))
    item = sealed_entry(member, opened, what, body, now)
    store_entries(session, opened, item, remind=date.fromisoformat(body["day"]))


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
