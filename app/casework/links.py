"""Two reports about one person, linked by hand: proposed by one, confirmed by another, undone by either.

Both must hold keys to both cases. A link stands sealed in each case's desk part; no clear column names two cases.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.casefile.cases import add_item
from app.casefile.errors import ChangedMeanwhile, NotFound
from app.casefile.tables import Case
from app.casework.book import Book, Written, needs_desk, read_book, sealed_entry
from app.casework.errors import EntryRefused, NotAllowedNow
from app.casework.opening import OpenCase, open_keys
from app.casework.proposals import agree, propose
from app.casework.proposed import Proposal, State, Takes, read_proposals
from app.storage.conflicts import changed_rows

LINKED = "linked"
UNLINKED = "unlinked"
LONGEST_REASON = 2_000


@dataclass(frozen=True)
class Link:
    """That another case is about the same person; ``id`` is the proposal that two people signed."""

    id: str
    other: str
    reason: str
    by: str
    at: datetime


def propose_link(session: Session, member: Member, case_id: str, other_id: str, reason: str, now: datetime) -> str:
    """Propose that two cases are about one person.

    Raises: :class:`~app.casefile.errors.NotFound` for the first case, :class:`EntryRefused` where the other is none
    that the member can open, :class:`NotAllowedNow` where they are linked, or it was proposed already.
    """
    opened = open_keys(session, member, case_id)
    needs_desk(opened)
    written = reason.strip()
    problem = "needed" if not written else "too_long" if len(written) > LONGEST_REASON else ""
    if problem:
        raise EntryRefused((("reason", problem),))
    other = other_id.strip().upper()
    if other == case_id or not _opens(session, member, other):
        raise EntryRefused((("other", "no_such_case"),))
    book = read_book(session, member, opened)
    waiting = read_proposals(session, book, case_id, now)
    if any(p.kind is Takes.LINK and p.state is State.OPEN and p.body["other"] == other for p in waiting):
        raise NotAllowedNow("waits_already")
    if any(link.other == other for link in links_of(book)):
        raise NotAllowedNow("linked_already")
    return propose(session, member, opened, Takes.LINK, {"other": other, "reason": written}, now)


def agree_to_link(session: Session, member: Member, opened: OpenCase, found: Proposal, now: datetime) -> None:
    """Confirm a link, with keys to both cases; it stands in both from then on.

    Raises: :class:`NotAllowedNow`, :class:`ChangedMeanwhile`.
    """
    other = _other(session, member, found.body["other"])
    link = {"link": found.id, "reason": found.body["reason"]}
    here = sealed_entry(member, opened, LINKED, link | {"other": other.row.id}, now)
    there = sealed_entry(member, other, LINKED, link | {"other": opened.row.id}, now)
    agree(session, member, opened, found, now, (opened, here), (other, there))


def undo_link(session: Session, member: Member, case_id: str, link_id: str, now: datetime) -> None:
    """Take a link back, in both cases.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`NotAllowedNow`, :class:`ChangedMeanwhile`.
    """
    opened = open_keys(session, member, case_id)
    needs_desk(opened)
    link = next((link for link in links_of(read_book(session, member, opened)) if link.id == link_id), None)
    if link is None:
        raise NotAllowedNow("not_linked")
    body = {"link": link_id}
    undone = [(opened, sealed_entry(member, opened, UNLINKED, body, now))]
    if _opens(session, member, link.other):
        other = _other(session, member, link.other)
        undone.append((other, sealed_entry(member, other, UNLINKED, body, now)))
    # Always in the same order, so that two who undo at once do not wait for one another.
    for case, item in sorted(undone, key=lambda pair: pair[0].row.id):
        _write(session, case, item)
    put_on_record(session, member, "unlinked", now, case=case_id, link=link_id)


def links_of(book: Book) -> tuple[Link, ...]:
    """The links of a case that stand."""
    undone = {written.body["link"] for written in book.of(UNLINKED) if written.verified}
    return tuple(
        _link(written) for written in book.of(LINKED) if written.verified and written.body["link"] not in undone
    )


def _link(written: Written) -> Link:
    body: Any = written.body
    return Link(body["link"], body["other"], body["reason"], written.author, written.at)


def _opens(session: Session, member: Member, case_id: str) -> bool:
    try:
        needs_desk(open_keys(session, member, case_id))
    except (NotFound, NotAllowedNow):
        return False
    return True


def _other(session: Session, member: Member, case_id: str) -> OpenCase:
    if not _opens(session, member, case_id):
        raise NotAllowedNow("other_not_yours")
    return open_keys(session, member, case_id)


def _write(session: Session, opened: OpenCase, item: Any) -> None:
    same = col(Case.id) == opened.row.id, col(Case.version) == opened.row.version
    if not changed_rows(session.execute(update(Case).where(*same).values(unread=col(Case.unread)))):
        raise ChangedMeanwhile
    add_item(session, item)
