"""What a caseworker does to a case: acknowledge, take, move on, answer, note.

Each changes the row only if nobody else did since the page was shown, and stands on the record.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.casefile import clocks
from app.casefile.cases import Status, add_item, count_items, hold_case, items_of, move_case
from app.casefile.errors import ChangedMeanwhile, NotFound
from app.casefile.items import Kind, new_item_id, seal_item
from app.casefile.keys import Compartment
from app.casefile.signed import StaffText, sign_text
from app.casefile.tables import Case
from app.casefile.texts import read_written
from app.casework.book import sealed_entry, store_entries
from app.casework.counted_once import facets_after_reading
from app.casework.errors import NotAllowedNow
from app.casework.meanwhile import check_seen
from app.casework.opening import OpenCase, may_answer, open_keys, open_to_answer_for, report_answers
from app.storage.columns import day_of
from app.vault.context import Purpose

# What stands in the desk's book of a step by which nothing but the case's row changes.
STEP = "step"
# Which status may follow which by hand; "new" is left by acknowledging, "closed" takes two people.
NEXT_STATUS = {
    Status.NEW: frozenset[Status](),
    Status.ACKNOWLEDGED: frozenset({Status.IN_PROGRESS}),
    Status.IN_PROGRESS: frozenset({Status.AWAITING_FAMILY}),
    Status.AWAITING_FAMILY: frozenset({Status.IN_PROGRESS}),
    Status.CLOSED: frozenset[Status](),
}


def acknowledge(session: Session, member: Member, case_id: str, version: int, now: datetime) -> None:
    """Say that somebody has seen the case: the first clock ends.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`ChangedMeanwhile`, :class:`NotAllowedNow`.
    """
    opened = _as_shown(open_to_answer_for(session, member, case_id), version)
    if opened.row.status != Status.NEW:
        raise NotAllowedNow("acknowledged_already")
    values = {"status": Status.ACKNOWLEDGED.value, **clocks.acknowledged(opened.row, now)}
    _step(session, member, opened, "acknowledged", now, values)
    put_on_record(session, member, "acknowledged", now, case=case_id)


def take(session: Session, member: Member, case_id: str, version: int, now: datetime) -> None:
    """Make the case one's own; a new case is acknowledged by it.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`ChangedMeanwhile`, :class:`NotAllowedNow`.
    """
    opened = _as_shown(open_to_answer_for(session, member, case_id), version)
    if opened.row.status == Status.CLOSED:
        raise NotAllowedNow("closed")
    values: dict[str, Any] = {"assignee": member.account_id}
    if opened.row.status == Status.NEW:
        values |= {"status": Status.ACKNOWLEDGED.value, **clocks.acknowledged(opened.row, now)}
    _step(session, member, opened, "taken", now, values)
    put_on_record(session, member, "taken", now, case=case_id)


def set_status(
    session: Session,
    member: Member,
    case_id: str,
    version: int,
    status: str,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Move the case on to a status that may follow its own.

    ``seen`` is how many messages of the family the page showed: whoever wrote since is not waited for.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`ChangedMeanwhile`, :class:`NotAllowedNow`.
    """
    opened = _as_shown(open_to_answer_for(session, member, case_id), version)
    if status not in NEXT_STATUS[Status(opened.row.status)]:
        raise NotAllowedNow("status_does_not_follow")
    row = opened.row
    moved = clocks.waiting(row, now) if status == Status.AWAITING_FAMILY else clocks.resumed(row, now)
    _step(session, member, opened, "status", now, {"status": status, "silent_since": None, **moved})
    if status == Status.AWAITING_FAMILY and not _all_seen(session, case_id, seen):
        # A message does not raise the version. The clock would stand still over what nobody has read.
        raise NotAllowedNow("family_wrote")
    put_on_record(session, member, "status_set", now, case=case_id, status=status)


def mark_read(session: Session, member: Member, case_id: str, now: datetime, seen: int | None = None) -> None:
    """Say that the family's messages were read, without answering; ``seen`` is how many the page showed.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`ChangedMeanwhile`.
    """
    opened = open_to_answer_for(session, member, case_id)
    store_facet = facets_after_reading(session, member, opened, now)
    # Held first, so that no message comes between counting and marking.
    _hold(session, case_id)
    if _version(session, case_id) != opened.row.version:
        raise ChangedMeanwhile
    if _all_seen(session, case_id, seen):
        session.execute(update(Case).where(col(Case.id) == case_id).values(unread=False))
    store_facet()
    put_on_record(session, member, "marked_read", now, case=case_id)


def answer_family(
    session: Session,
    member: Member,
    case_id: str,
    text: str,
    now: datetime,
    seen: int | None = None,
    said: int | None = None,
) -> None:
    """Write to the family, signed; the first answer ends both clocks.

    ``seen`` is how many messages of the family the page showed. An answer is no answer to what came after it: then
    the case stays unread, and what is to be done by when stays as it is. ``said`` is how many answers of staff it
    showed: where a colleague has answered since, nothing is sent before that was read.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`~app.casefile.errors.TextRefused`,
    :class:`NotAllowedNow` where the family asked not to be written to, or the case is closed,
    :class:`~app.casework.errors.FollowedMeanwhile`, :class:`ChangedMeanwhile`.
    """
    opened = open_keys(session, member, case_id)
    if opened.row.status == Status.CLOSED:
        raise NotAllowedNow("closed")
    answers, _ = report_answers(opened.keys, items_of(session, case_id, Compartment.FACTS))
    if Compartment.REPLIES not in opened.keys.keys:
        raise NotAllowedNow("not_yours")
    if not may_answer(answers):
        raise NotAllowedNow("reply_safe_no")
    check_seen(None if said is None else str(said), str(count_items(session, case_id, Compartment.REPLIES)))
    item = _sealed_text(member, opened, Compartment.REPLIES, Purpose.STAFF_MESSAGE, Kind.MESSAGE, text, now)
    store_facet = facets_after_reading(session, member, opened, now, answered=True)
    begun = opened.row.status in (Status.NEW, Status.ACKNOWLEDGED)
    values = clocks.acknowledged(opened.row, now) | ({"status": Status.IN_PROGRESS.value} if begun else {})
    move_case(session, case_id, opened.row.version, silent_since=None, **values)
    if _all_seen(session, case_id, seen):
        acted = clocks.acted(opened.row, now) | {"unread": False}
        session.execute(update(Case).where(col(Case.id) == case_id).values(**acted))
    add_item(session, item)
    store_facet()
    put_on_record(session, member, "answered", now, case=case_id, item=item.id)


def add_note(session: Session, member: Member, case_id: str, text: str, now: datetime) -> None:
    """Write a note that only the organisation's desk reads.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`~app.casefile.errors.TextRefused`.
    """
    opened = open_keys(session, member, case_id)
    if Compartment.DESK not in opened.keys.keys:
        raise NotAllowedNow("no_desk")
    item = _sealed_text(member, opened, Compartment.DESK, Purpose.NOTE, Kind.NOTE, text, now)
    _hold(session, case_id)
    add_item(session, item)
    put_on_record(session, member, "noted", now, case=case_id, item=item.id)


def _hold(session: Session, case_id: str) -> None:
    # The family may have taken everything back since the keys were opened.
    if not hold_case(session, case_id):
        raise NotFound(case_id)


def _version(session: Session, case_id: str) -> int:
    version: int = session.execute(select(col(Case.version)).where(col(Case.id) == case_id)).scalar_one()
    return version


def _all_seen(session: Session, case_id: str, seen: int | None) -> bool:
    """Whether no more came from the family than was shown; the caller has written the case's row, and so holds it."""
    if seen is None:
        return True
    return count_items(session, case_id, Compartment.INBOX) <= seen


def _as_shown(opened: OpenCase, version: int) -> OpenCase:
    """The case, if it stands as the page showed it: who was slower reads first what a colleague did."""
    if opened.row.version != version:
        raise ChangedMeanwhile
    return opened


def _step(session: Session, member: Member, opened: OpenCase, did: str, now: datetime, values: dict[str, Any]) -> None:
    """Change the case's row; who did it, and when, stands in the desk's book for colleagues."""
    body = {"did": did, "status": values.get("status", opened.row.status)}
    store_entries(session, opened, sealed_entry(member, opened, STEP, body, now), **values)


def _sealed_text(
    member: Member,
    opened: OpenCase,
    compartment: Compartment,
    purpose: Purpose,
    kind: str,
    text: str,
    now: datetime,
) -> Any:
    item_id = new_item_id()
    written = StaffText(member.account_id, member.organisation, now.isoformat(), read_written(text))
    content = sign_text(purpose, opened.row.id, item_id, written, member.signing_key)
    return seal_item(opened.keys, compartment, kind, content, day_of(now), item_id)
