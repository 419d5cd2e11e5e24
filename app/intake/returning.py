"""Coming back with the code: staff's messages, a message of one's own, taking everything back."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from app.accounts import attempts, sessions
from app.accounts.errors import SessionEnded
from app.accounts.sessions import SessionKind
from app.accounts.vouching import vouched
from app.casefile.cases import ERASE, Status, add_item, items_of, withdraw_case
from app.casefile.clocks import family_wrote
from app.casefile.items import Kind, open_item, seal_to_inbox
from app.casefile.keys import CaseKeys, Compartment
from app.casefile.signed import holds, read_text
from app.casefile.tables import Case
from app.casefile.texts import read_written
from app.intake import codes
from app.intake.errors import UnknownCode
from app.jobs.queue import enqueue
from app.statistics.facets import drop_facet
from app.storage.columns import day_of
from app.vault.context import Purpose


@dataclass(frozen=True)
class Opened:
    """What a code opened, for the length of a visit; ``locator`` is the code's own row.

    ``read_out`` says that somebody else heard the code: a new one is taken before anything else.
    """

    case_id: str
    language: str
    replies_key: bytes = field(repr=False)
    inbox_public: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    locator: bytes = field(repr=False)
    read_out: bool = field(default=False, repr=False)


@dataclass(frozen=True)
class StaffMessage:
    """A message of staff whose signature was checked; ``author_organisation`` is all that is told of the author."""

    id: str
    day: date
    author_organisation: str
    text: str


@dataclass(frozen=True)
class WrittenDay:
    """How many messages the family sent on a day; never what they said."""

    day: date
    count: int


@dataclass(frozen=True)
class Thread:
    """Where the case stands, what staff wrote (oldest first), and how much the family sent since."""

    status: Status
    received: date
    messages: tuple[StaffMessage, ...]
    written: tuple[WrittenDay, ...]


def open_return(session: Session, typed: str, now: datetime) -> tuple[str, Opened]:
    """Open a visit with a typed code; return the token for the cookie and what it opened.

    Raises: :class:`~app.intake.errors.MistypedCode`, :class:`~app.intake.errors.UnknownCode`,
    :class:`~app.accounts.errors.TooManyAttempts` for an unknown code where too many were tried; a
    right code opens all the same, so that nobody can lock families out by guessing.
    """
    unlocked = codes.unlock(session, codes.read_code(typed))
    found = codes.find_locker(session, unlocked)
    if found is None or found.contents is None:
        attempts.refuse_when_too_many(session, attempts.code_tag(session, now), attempts.CODE_ATTEMPTS, now)
        raise UnknownCode
    kept = found.contents
    opened = Opened(
        kept.case_id,
        kept.language,
        kept.replies_key,
        kept.inbox_public,
        kept.digest,
        unlocked.locator,
        kept.read_out,
    )
    # Before anything is kept: where a newer code was typed at this moment, this one opens nothing any more.
    if not found.typed and not codes.mark_typed(session, unlocked, kept):
        raise UnknownCode
    return sessions.open_new(session, SessionKind.FAMILY, asdict(opened), now), opened


def note_unknown_code(session: Session, now: datetime) -> None:
    """Count a code that opened nothing; whoever catches :class:`UnknownCode` calls this and lets the request commit."""
    attempts.note_failure(session, attempts.code_tag(session, now), now)


def resume_return(session: Session, token: str, now: datetime) -> Opened:
    """The visit that ``token`` belongs to.

    Raises: :class:`~app.accounts.errors.SessionEnded`, also where everything was withdrawn
    meanwhile, or the code was renewed.
    """
    opened = Opened(**sessions.read(session, SessionKind.FAMILY, token, now))
    if not codes.is_filled(session, opened.locator):
        raise SessionEnded
    return opened


def end_return(session: Session, token: str) -> None:
    """End the visit."""
    sessions.end(session, SessionKind.FAMILY, token)


def read_thread(session: Session, opened: Opened) -> Thread:
    """What the family may read.

    Raises: :class:`~app.accounts.errors.SessionEnded` where the case is gone.
    """
    row = session.exec(select(col(Case.status), col(Case.received)).where(col(Case.id) == opened.case_id)).first()
    if row is None:
        raise SessionEnded
    return Thread(Status(row[0]), row[1], _messages(session, opened), _written(session, opened.case_id))


def write_message(session: Session, opened: Opened, text: str, now: datetime) -> None:
    """Seal a message into the inbox and mark the case as unread.

    Raises: :class:`~app.casefile.errors.TextRefused`, :class:`~app.accounts.errors.SessionEnded`.
    """
    content: dict[str, Any] = {"text": read_written(text), "at": now.isoformat(), "language": opened.language}
    item = seal_to_inbox(opened.case_id, opened.inbox_public, Kind.MESSAGE, content, day_of(now))
    if not family_wrote(session, opened.case_id, now):
        raise SessionEnded
    add_item(session, item)


def withdraw(session: Session, opened: Opened, typed: str, now: datetime) -> None:
    """Take everything back, for good; the code is asked for again.

    Raises: :class:`~app.intake.errors.MistypedCode`, :class:`~app.intake.errors.UnknownCode`.
    """
    found = codes.find_locker(session, codes.unlock(session, codes.read_code(typed)))
    if found is None or found.contents is None or found.contents.case_id != opened.case_id:
        raise UnknownCode
    withdraw_case(session, opened.case_id, now)
    drop_facet(session, opened.replies_key)
    codes.empty_lockers(session, opened.case_id)
    enqueue(session, ERASE, ERASE, now)


def _messages(session: Session, opened: Opened) -> tuple[StaffMessage, ...]:
    keys = CaseKeys(opened.case_id, {Compartment.REPLIES: opened.replies_key})
    known, found = vouched(session), []
    for item in items_of(session, opened.case_id, Compartment.REPLIES):
        content = open_item(keys, item)
        text = read_text(content)
        # A message is shown to nobody unless somebody signed it whom the organisation vouched for, then or now.
        if holds(Purpose.STAFF_MESSAGE, opened.case_id, item.id, content, known.signing_keys(text.author)):
            found.append((text.at, StaffMessage(item.id, item.day, text.organisation, text.text)))
    return tuple(message for _, message in sorted(found, key=lambda pair: pair[0]))


def _written(session: Session, case_id: str) -> tuple[WrittenDay, ...]:
    days = Counter(item.day for item in items_of(session, case_id, Compartment.INBOX))
    return tuple(WrittenDay(day, days[day]) for day in sorted(days))
