"""What becomes of an offer: accepted, refused, taken back, or ended later by who offered it or who had it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from app.accounts.members import Member
from app.accounts.neighbours import neighbours
from app.accounts.record import put_on_record
from app.casefile import clocks
from app.casefile.cases import ERASE, Status, add_item, count_items, items_of, move_case
from app.casefile.entries import seal_entry
from app.casefile.errors import ChangedMeanwhile
from app.casefile.items import SealedItem
from app.casefile.keys import Compartment
from app.casefile.tables import Case, Grant, Told
from app.casefile.texts import read_written
from app.casework.book import author_of
from app.casework.errors import NotAllowedNow
from app.casework.moving import opens
from app.casework.opening import (
    OFFERS,
    OpenCase,
    Standing,
    open_keys,
    open_to_answer_for,
    open_to_read,
)
from app.casework.way import ACCEPTED, ENDED, REFUSED
from app.jobs.queue import enqueue
from app.routing import LEGAL
from app.storage.conflicts import changed_rows
from app.storage.sessions import write_last


@dataclass(frozen=True)
class Shared:
    """A queue that the case is shared with or offered to, besides the one that answers for it."""

    queue_id: str
    standing: Standing
    consent: str
    answer_by: datetime | None


def accept(session: Session, member: Member, case_id: str, now: datetime) -> None:
    """Accept what was offered. A referral is shared from now on; a transfer moves, and its first queue loses its keys.

    An accepted referral is the deed that its first queue's clock waits for; a transferred case keeps status and clocks,
    and counts as acknowledged.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`NotAllowedNow` where nothing is offered,
    :class:`ChangedMeanwhile`.
    """
    opened = _offered(session, member, case_id, now)
    items = _answer(session, member, opened, ACCEPTED, "", now)
    row, queue, answered_for = opened.row, opened.queue, opened.row.queue_id
    transfer = opened.standing is Standing.OFFERED_TRANSFER
    values = _transferred(row, member, queue.id, now) if transfer else clocks.acted(row, now)
    move_case(session, row.id, row.version, **values)
    here = col(Grant.case_id) == case_id, col(Grant.queue_id) == queue.id
    standing = None if transfer else Standing.REFERRED.value
    waiting = update(Grant).where(*here, col(Grant.answer_by) > now)
    if not changed_rows(session.execute(waiting.values(standing=standing, answer_by=None))):
        raise ChangedMeanwhile
    if transfer:
        # What the first queue had offered besides is not its to give any more.
        old = or_(col(Grant.queue_id) == answered_for, col(Grant.standing).in_(OFFERS))
        session.execute(delete(Grant).where(col(Grant.case_id) == case_id, old))
        session.execute(delete(Told).where(col(Told.case_id) == case_id, col(Told.queue_id) == queue.id))
        _erase(session, now)
    for item in items:
        add_item(session, item)
    put_on_record(session, member, f"accepted_{opened.standing}", now, case=case_id, queue=queue.id)


def refuse(session: Session, member: Member, case_id: str, reason: str, now: datetime) -> str:
    """Refuse what was offered, with a reason: its keys are deleted, and the case is where it was.

    Returns the queue that had been asked.

    Raises: as :func:`accept`, and :class:`~app.casefile.errors.TextRefused` without a reason.
    """
    opened = _offered(session, member, case_id, now)
    items = _answer(session, member, opened, REFUSED, read_written(reason), now)
    _end(session, opened, opened.queue.id, items, now)
    put_on_record(session, member, f"refused_{opened.standing}", now, case=case_id, queue=opened.queue.id)
    return opened.queue.id


def end_sharing(session: Session, member: Member, case_id: str, queue_id: str, reason: str, now: datetime) -> None:
    """Take an offer back, or end a referral, from the side of the queue that answers for the case.

    A referral whose lawyers may have written what nobody else opens is theirs to end: see :func:`give_up`.

    Raises: as :func:`refuse`.
    """
    opened = open_to_answer_for(session, member, case_id)
    standing = {shared.queue_id: shared.standing for shared in shared_with(session, case_id)}
    if queue_id not in standing:
        raise NotAllowedNow("not_shared_any_more")
    written = count_items(session, case_id, Compartment.PRIVILEGED)
    if standing[queue_id] is Standing.REFERRED and _leaves_to_nobody(session, opened, queue_id):
        raise NotAllowedNow("lawyers_part_would_go")
    items = _answer(session, member, opened, ENDED, read_written(reason), now, to=queue_id)
    _end(session, opened, queue_id, items, now, written)
    put_on_record(session, member, "sharing_ended", now, case=case_id, queue=queue_id)


def give_up(session: Session, member: Member, case_id: str, reason: str, now: datetime, *, lose_notes: bool) -> str:
    """End a referral from the side of the queue that was asked for help: it opens the case no more.

    ``lose_notes`` is the lawyers' word that what they wrote there may become unreadable for everybody.
    Returns the queue that gave it up.

    Raises: as :func:`refuse`.
    """
    opened = open_keys(session, member, case_id)
    if opened.standing is not Standing.REFERRED:
        raise NotAllowedNow("not_shared_any_more")
    written = None if lose_notes else count_items(session, case_id, Compartment.PRIVILEGED)
    if not lose_notes and has_own_notes(session, opened):
        raise NotAllowedNow("lawyers_part_would_go")
    items = _answer(session, member, opened, ENDED, read_written(reason), now)
    _end(session, opened, opened.queue.id, items, now, written)
    put_on_record(session, member, "sharing_ended", now, case=case_id, queue=opened.queue.id)
    return opened.queue.id


def has_own_notes(session: Session, opened: OpenCase) -> bool:
    """Whether lawyers wrote something that the keys in hand open."""
    return any(opens(opened.keys, item) for item in items_of(session, opened.row.id, Compartment.PRIVILEGED))


def lawyers_would_lose(session: Session, opened: OpenCase) -> bool:
    """Whether lawyers with whom the case is shared may have written in it what they alone open."""
    return any(_leaves_to_nobody(session, opened, each.queue_id) for each in shared_with(session, opened.row.id))


def shared_with(session: Session, case_id: str) -> tuple[Shared, ...]:
    """Whom the case is shared with or offered to."""
    query = select(Grant).where(col(Grant.case_id) == case_id, col(Grant.standing).is_not(None))
    return tuple(
        Shared(row.queue_id, Standing(row.standing or ""), row.consent, row.answer_by)
        for row in session.exec(query.order_by(col(Grant.queue_id)))
    )


def _leaves_to_nobody(session: Session, opened: OpenCase, queue_id: str) -> bool:
    """Whether a legal queue may hold the only key to something that lawyers wrote."""
    if queue_id not in {queue.id for queue in neighbours(session) if queue.kind == LEGAL}:
        return False
    return any(not opens(opened.keys, item) for item in items_of(session, opened.row.id, Compartment.PRIVILEGED))


def _offered(session: Session, member: Member, case_id: str, now: datetime) -> OpenCase:
    opened = open_to_read(session, member, case_id)
    if opened.standing not in OFFERS or opened.answer_by is None or opened.answer_by <= now:
        raise NotAllowedNow("not_offered")
    return opened


def _answer(
    session: Session, member: Member, opened: OpenCase, what: str, reason: str, now: datetime, to: str = ""
) -> list[SealedItem]:
    """What the other side reads: a letter to another organisation, else an entry of the desk that both share."""
    held = opened.keys.keys
    part = Compartment.LETTER if Compartment.LETTER in held and _is_guest(session, opened) else Compartment.DESK
    way = "" if opened.standing is None else opened.standing.value
    body: dict[str, Any] = {"way": way, "to": to or opened.queue.id, "reason": reason}
    return [seal_entry(opened.keys, part, author_of(member), what, body, now)] if part in held else []


def _is_guest(session: Session, opened: OpenCase) -> bool:
    """Whether another organisation answers for the case."""
    if opened.standing is None:
        return False
    own = {queue.id for queue in neighbours(session) if queue.organisation_id == opened.queue.organisation_id}
    return opened.row.queue_id not in own


def _transferred(row: Case, member: Member, queue_id: str, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"queue_id": queue_id, "assignee": member.account_id}
    if row.status == Status.NEW:
        values |= {"status": Status.ACKNOWLEDGED.value, **clocks.acknowledged(row, now)}
    return values


def _end(
    session: Session,
    opened: OpenCase,
    queue_id: str,
    items: list[SealedItem],
    now: datetime,
    written: int | None = None,
) -> None:
    """Delete a grant; ``written`` is how much lawyers had written when it was asked whether anything of it is lost."""
    move_case(session, opened.row.id, opened.row.version)
    # The case is held from here on: what lawyers wrote since it was asked does not raise the version.
    if written is not None and count_items(session, opened.row.id, Compartment.PRIVILEGED) != written:
        raise ChangedMeanwhile
    ended = col(Grant.case_id) == opened.row.id, col(Grant.queue_id) == queue_id, col(Grant.standing).is_not(None)
    if not changed_rows(session.execute(delete(Grant).where(*ended))):
        raise ChangedMeanwhile
    for item in items:
        add_item(session, item)
    _erase(session, now)


def _erase(session: Session, now: datetime) -> None:
    # Keys that were deleted must not stay in the files.
    write_last(session, lambda: enqueue(session, ERASE, ERASE, now))
