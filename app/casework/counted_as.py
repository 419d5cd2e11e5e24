"""As whom a case that is linked with others is counted, if it is: written down in its own desk, or handed over with it.

It must be known to whoever works on that case alone. A person keeps the month of the report that was counted first:
whichever report goes on for them, they are in one release of reports received.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from app.accounts.members import Member
from app.casefile.keys import Compartment
from app.casefile.tables import Case, Grant
from app.casework.book import Book, read_book
from app.casework.opening import OpenCase, Standing

# Whether the case is counted, or another that is linked with it.
COUNTED = "counted"
# Under this name it stands in the letter that goes with a case to another organisation.
IN_THE_LETTER = "counted"
_HANDED = ("here", "received", "closed")
_OFFERED = "offered"


@dataclass(frozen=True)
class CountedAs:
    """Whether a case counts; ``said`` is the entry's id that says so, ``body`` what it says."""

    here: bool = True
    said: str | None = None
    body: Mapping[str, Any] = field(default_factory=lambda: {"here": True}, repr=False)

    @property
    def of_the_person(self) -> dict[str, Any]:
        """What a facet says of a person who was counted with another report before."""
        found = {"received": self.body["received"]} if self.body.get("received") else {}
        # They may have been in a release of closings then, so no closing counts any more.
        return found | ({"closed": "", "outcome": ""} if self.body.get("closed") else {})

    def handed(self) -> dict[str, Any]:
        """What another organisation is told that takes the case over, without any case of this one's."""
        told = {name: value for name, value in self.body.items() if name in _HANDED}
        return {} if told == COUNTS.body else told


COUNTS = CountedAs()


def counted_as(session: Session, member: Member, opened: OpenCase, book: Book) -> CountedAs:
    """As whom a case counts, by its desk's book, or by the letter that it came with."""
    said = book.newest(COUNTED)
    if said is not None:
        return _read(session, said.body, said.id)
    letter = read_book(session, member, opened, Compartment.LETTER).newest(_OFFERED)
    handed = None if letter is None else letter.body.get(IN_THE_LETTER)
    return COUNTS if handed is None else _read(session, handed, None)


def follows(person: Mapping[str, Any]) -> CountedAs:
    """Whoever goes on with another report for a person who was counted as ``person`` says, a facet or as much of it."""
    return CountedAs(body={"here": True, "received": person["received"], "closed": bool(person["closed"])})


def waits(before: Sequence[str], received: str) -> CountedAs:
    """A case that waits behind others of the person, counted since ``received``, until all of these are gone.

    Nobody knows then whether they were counted as closed, so that no closing counts.
    """
    return CountedAs(here=False, body={"here": False, "before": list(before), "received": received, "closed": True})


def is_offered(session: Session, cases: Collection[str]) -> bool:
    """Whether one of the cases is offered to another queue for good: what goes with it is written already."""
    waits_there = col(Grant.case_id).in_(cases), col(Grant.standing) == Standing.OFFERED_TRANSFER.value
    return session.exec(select(col(Grant.case_id)).where(*waits_there).limit(1)).first() is not None


def _read(session: Session, body: Mapping[str, Any], said: str | None) -> CountedAs:
    before: list[str] = body.get("before", [])
    if body["here"] or not before:
        return CountedAs(bool(body["here"]), said, body)
    # Nobody tells a desk that a family took back a report of another; what is gone is asked for when it matters.
    if session.exec(select(col(Case.id)).where(col(Case.id).in_(before)).limit(1)).first() is not None:
        return CountedAs(here=False, said=said, body=body)
    return CountedAs(said=said, body={"here": True, "received": body["received"], "closed": body["closed"]})
