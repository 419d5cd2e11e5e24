"""Which other cases are about the same person: read out of a case's desk, and followed from case to case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.accounts.members import Member
from app.casefile.errors import NotFound
from app.casework.book import Book, Written, needs_desk, read_book
from app.casework.errors import NotAllowedNow
from app.casework.opening import OpenCase, open_keys

LINKED = "linked"
UNLINKED = "unlinked"


@dataclass(frozen=True)
class Link:
    """That another case is about the same person; ``id`` is the proposal that two people signed."""

    id: str
    other: str
    reason: str
    by: str
    at: datetime


def links_of(book: Book) -> tuple[Link, ...]:
    """The links of a case that stand."""
    undone = {written.body["link"] for written in book.of(UNLINKED) if written.verified}
    return tuple(
        _link(written) for written in book.of(LINKED) if written.verified and written.body["link"] not in undone
    )


def open_other(session: Session, member: Member, case_id: str) -> OpenCase | None:
    """Another case with its desk; None where the member's keys do not open these."""
    try:
        opened = open_keys(session, member, case_id)
        needs_desk(opened)
    except (NotFound, NotAllowedNow):
        return None
    return opened


def linked_with(session: Session, member: Member, start: OpenCase, without: str = "") -> tuple[OpenCase, ...] | None:
    """A case and all that links lead to from it, through however many; the link ``without`` is not followed.

    None where one of them is not the member's to open: then nobody knows from here what becomes of all.
    """
    found, behind = {start.row.id: start}, [start]
    while behind:
        for link in links_of(read_book(session, member, behind.pop())):
            if link.id == without or link.other in found:
                continue
            other = open_other(session, member, link.other)
            if other is None:
                return None
            found[link.other] = other
            behind.append(other)
    return tuple(found.values())


def _link(written: Written) -> Link:
    body: Any = written.body
    return Link(body["link"], body["other"], body["reason"], written.author, written.at)
