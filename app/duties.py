"""What the worker does without any key that opens: forgetting, erasing, watching clocks, noting what families did."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.accounts.attempts import forget_attempts
from app.accounts.epochs import forget_epochs
from app.accounts.invitations import forget_invitations
from app.accounts.lockdown import end_late_wish
from app.accounts.queues import newest_key
from app.accounts.record import SERVICE
from app.accounts.rings import RECORD
from app.accounts.sessions import forget_ended
from app.casefile.cases import ERASE
from app.casework import watch
from app.casework.closing import FORGET_CASE
from app.casework.ending_practice import delete_over
from app.casework.junk import delete_old_junk
from app.casework.proposals import expire
from app.failures.counting import forget_failures
from app.intake.codes import empty_lockers
from app.intake.events import family_events, first_event_day, forget_emptied_lockers
from app.intake.sending import forget_kept_answers
from app.jobs.queue import enqueue
from app.jobs.tables import JobRow
from app.statistics.shuffling import lay_anew
from app.storage.columns import day_of
from app.storage.erasing import erase_remains
from app.storage.sessions import write_after_all
from app.trail import chain
from app.trail.chain import Actor, append, prepare
from app.trail.leaving import Mailbox, keep_head, mail_head
from app.worker import Worker

FORGET = "forget"
PLAN_DAY = "plan_day"
FAMILY_EVENTS = "family_events"
HEAD_OUT = "head_out"
MAIL_HEAD = "mail_head"
CLOCKS = "clocks"
OFFERS = "offers"
LAY_FACETS = "lay_facets"
LATE_WISH = "late_wish"

# An old page can send for 48 hours; a day more does no harm.
EMPTIED_LOCKERS_KEPT = timedelta(days=3)
EVENTS_AT = time(2, 0, tzinfo=UTC)
ERASING_RESTS = timedelta(minutes=1)
# When large tables may be written anew.
QUIET, QUIET_UNTIL = time(0, 30), time(4, 0)
LAID_AT = time(1, 0, tzinfo=UTC)
_RECURRING = {
    FORGET: timedelta(minutes=15),
    PLAN_DAY: timedelta(hours=1),
    CLOCKS: timedelta(minutes=5),
    LATE_WISH: timedelta(minutes=5),
    OFFERS: timedelta(minutes=15),
    LAY_FACETS: timedelta(days=1),
}
OFTEN = tuple(kind for kind, pause in _RECURRING.items() if pause < timedelta(hours=1))


def make_worker(
    engine: Engine, service_private: bytes, heads: Path | None = None, mailbox: Mailbox | None = None
) -> Worker:
    """The worker of an installation; ``service_private`` (32 bytes) signs machine events and nothing else.

    The record's head goes daily into a file in the folder ``heads``, and to ``mailbox``, where they are given.
    """

    def note_events(session: Session, key: str, _now: datetime) -> datetime | None:
        day = date.fromisoformat(key)
        note_family_events(session, service_private, day)
        # In the same transaction, so that each day is noted once, whenever the worker was away.
        _ask_for_events(session, day + timedelta(days=1))
        return None

    def late_wish(session: Session, _key: str, now: datetime) -> datetime | None:
        if end_late_wish(session, service_private, now):
            note_event(session, service_private, {"kind": "wish_ended_by_machine", "at": now.isoformat()})
        return None

    def offers(session: Session, _key: str, now: datetime) -> datetime | None:
        return take_back(session, service_private, now)

    return Worker(
        engine,
        handlers={
            FORGET: forget,
            ERASE: partial(erase, engine, {}),
            FORGET_CASE: forget_case,
            PLAN_DAY: plan_day,
            FAMILY_EVENTS: note_events,
            CLOCKS: watch_clocks,
            LATE_WISH: late_wish,
            OFFERS: offers,
            LAY_FACETS: lay_facets,
            HEAD_OUT: partial(let_head_out, heads, mailbox),
            MAIL_HEAD: partial(send_head, mailbox),
        },
        recurring=_RECURRING if heads is None else _RECURRING | {HEAD_OUT: timedelta(days=1)},
    )


def erase(engine: Engine, erased: dict[str, datetime], _session: Session, key: str, now: datetime) -> datetime | None:
    """Erase what was deleted; ``erased`` keeps when that was last done, by key."""
    # Others wait while it is done: many who take something back one after the other must not add up to a siege.
    if (last := erased.get(key)) is not None and last <= now < last + ERASING_RESTS:
        return last + ERASING_RESTS
    # What a family took back must be nowhere; what was merely forgotten opens with tokens that are over.
    left = erase_remains(engine, rewrite=key != FORGET, small_alone=now.time() >= QUIET_UNTIL)
    erased[key] = now
    return datetime.combine(day_of(now) + timedelta(days=1), QUIET, UTC) if left else None


def let_head_out(
    heads: Path | None, mailbox: Mailbox | None, session: Session, _key: str, now: datetime
) -> datetime | None:
    """Write the record's head of today into its file, and ask for the mail that carries it."""
    head, day = str(chain.head(session)), day_of(now)
    if heads is not None:
        keep_head(heads, day, head)
    if mailbox is not None:
        # A job of its own: the file must not wait for a server that is away.
        enqueue(session, MAIL_HEAD, f"{day.isoformat()} {head}", now)
    return None


def send_head(mailbox: Mailbox | None, _session: Session, key: str, _now: datetime) -> datetime | None:
    """Mail the head that ``key`` names after its day."""
    day, _, head = key.partition(" ")
    if mailbox is not None:
        mail_head(mailbox, date.fromisoformat(day), head)
    return None


def forget(session: Session, _key: str, now: datetime) -> datetime | None:
    """Delete what has come to its end: sessions, counts, invitations, answers, epoch keys, lockers, junk, practice."""
    forgotten = (
        forget_ended(session, now)
        + forget_attempts(session, now)
        + forget_invitations(session, now)
        + forget_kept_answers(session, now)
        + forget_epochs(session, now)
        + forget_failures(session, now)
        + forget_emptied_lockers(session, day_of(now) - EMPTIED_LOCKERS_KEPT)
        + delete_old_junk(session, now)
        + delete_over(session, now)
        + expire(session, now)
    )
    if forgotten:
        enqueue(session, ERASE, FORGET, now)
    return None


def lay_facets(session: Session, _key: str, now: datetime) -> datetime | None:
    """Every night: let no order of rows or pages, and no journal, tell which facet came with which case."""
    # Of SQLite the whole file is written anew, as after a withdrawal; of PostgreSQL the journal is what is left.
    enqueue(session, ERASE, FORGET if lay_anew(session) else ERASE, now)
    return datetime.combine(day_of(now) + timedelta(days=1), LAID_AT)


def forget_case(session: Session, case_id: str, now: datetime) -> datetime | None:
    """After a case was deleted at the desk: its codes open nothing, and the files keep nothing."""
    empty_lockers(session, case_id)
    enqueue(session, ERASE, ERASE, now)
    return None


def plan_day(session: Session, _key: str, now: datetime) -> datetime | None:
    """Begin the chain of days whose events are noted: each asks for the next one when it is done."""
    asked = select(col(JobRow.key)).where(col(JobRow.kind) == FAMILY_EVENTS)
    if session.exec(asked).first() is None:
        _ask_for_events(session, first_event_day(session) or day_of(now))
    return None


def note_family_events(session: Session, service_private: bytes, day: date) -> None:
    """Put what families did on ``day`` on the record, signed by the service, in the caller's transaction."""
    for event in family_events(session, day):
        note_event(session, service_private, event)


def note_event(session: Session, service_private: bytes, event: Mapping[str, str]) -> None:
    """Put one event on the record, signed by the service."""
    key = newest_key(session, RECORD).public_key
    prepared = prepare(session, Actor(SERVICE, service_private), key, event)
    write_after_all(session, partial(append, session, prepared))


def watch_clocks(session: Session, _key: str, now: datetime) -> datetime | None:
    """Pass on missed acknowledgements, and end waiting for families; what is left of a long list comes at once."""
    done = [
        watch.pass_on_missed(session, now),
        watch.escalate(session, now),
        watch.end_waiting(session, now),
        watch.forget_escalations(session),
    ]
    return now if watch.STEP in done else None


def take_back(session: Session, service_private: bytes, now: datetime) -> datetime | None:
    """Take back offers that nobody answered, each on the record, signed by the service."""
    taken = watch.take_back_offers(session, now)
    if not taken:
        return None
    actor, key = Actor(SERVICE, service_private), newest_key(session, RECORD).public_key
    for case_id, queue_id in taken:
        event = {"kind": "offer_unanswered", "case": case_id, "queue": queue_id, "day": day_of(now).isoformat()}
        write_after_all(session, partial(append, session, prepare(session, actor, key, event)))
    enqueue(session, ERASE, ERASE, now)
    return now if len(taken) == watch.STEP else None


def _ask_for_events(session: Session, day: date) -> None:
    enqueue(session, FAMILY_EVENTS, day.isoformat(), datetime.combine(day + timedelta(days=1), EVENTS_AT))
