"""Whoever is known by several linked reports is counted with one of them.

Which one, each case knows from its own desk, where it was written down when a link was made or undone, or when the one
that counted stopped to add anything. All facets of the linked cases are sealed anew together, so that the database does
not tell which of them goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.accounts.members import Member
from app.casefile.cases import add_item
from app.casefile.errors import ChangedMeanwhile
from app.casefile.items import SealedItem
from app.casework.book import read_book, sealed_entry, store_entries
from app.casework.counted_as import COUNTED, COUNTS, CountedAs, counted_as, follows, is_offered, waits
from app.casework.errors import LinkedMeanwhile
from app.casework.figures import NEEDED, STAYS, Step, Store, facet_after, reads_something_new, would_add
from app.casework.linked import linked_with, links_of
from app.casework.opening import OpenCase
from app.casework.practice import is_for_practice


@dataclass(frozen=True)
class Counting:
    """Whether a case is counted from now on: the entry for its desk, and what stores its facet once its row is held."""

    case: OpenCase
    entry: SealedItem = field(repr=False)
    store: Store = field(repr=False)


@dataclass(frozen=True)
class _Side:
    """One report of a person: as whom it counts so far, what changes in it, and what it would add after that."""

    case: OpenCase
    said: CountedAs
    step: Step
    adds: dict[str, Any] | None = field(repr=False)

    @property
    def place(self) -> tuple[bool, str, str]:
        """Its place among all: those that add anything, the first received, and whichever."""
        return self.adds is None, "" if self.adds is None else self.adds["received"], self.case.row.id


def count_once(session: Session, member: Member, cases: Iterable[OpenCase], now: datetime) -> tuple[Counting, ...]:
    """Let one of the cases of a person be counted: of those that add anything the one that was received first.

    A case of which this desk has only a part stays as it is: its facet is another's to replace.
    """
    sides = sorted(_sides(session, member, cases, now), key=lambda side: side.place)
    return _settled(session, member, sides, sides[0].said if sides else COUNTS, now)


def facets_after(session: Session, member: Member, opened: OpenCase, now: datetime, step: Step) -> Store:
    """As :func:`~app.casework.figures.facet_after`; where the case that counted adds nothing any more, another does.

    That takes keys to all that is linked with it. Storing raises :class:`ChangedMeanwhile` where somebody was faster,
    :class:`LinkedMeanwhile` where that was at another case.
    """
    alone = facet_after(session, member, opened, now, step)
    if not set(opened.keys.keys) >= NEEDED or is_for_practice(session, opened):
        return alone
    book = read_book(session, member, opened)
    if not links_of(book) or not counted_as(session, member, opened, book).here:
        return alone
    person = would_add(session, member, opened, now, step)
    linked = None if person else linked_with(session, member, opened)
    if linked is None or is_offered(session, [case.row.id for case in linked]):
        return alone
    sides = sorted(_sides(session, member, linked, now, {opened.row.id: step}), key=lambda side: side.place)
    if sides[0].adds is None:
        return alone
    was = would_add(session, member, opened, now)
    # Of a report whose family takes its consent back nothing is known any more but what the next in line was told.
    known = was or {"received": sides[0].said.body.get("received") or sides[0].adds["received"], "closed": True}
    countings = _settled(session, member, sides, follows(known), now)

    def store() -> None:
        try:
            _store_all(session, opened, countings)
        except ChangedMeanwhile:
            raise LinkedMeanwhile from None
        if is_offered(session, [case.row.id for case in linked]):
            # Since it was asked: the letter that goes with it says otherwise.
            raise LinkedMeanwhile

    return store


def facets_after_reading(
    session: Session, member: Member, opened: OpenCase, now: datetime, *, answered: bool = False
) -> Store:
    """The same where what the family wrote was read: after the first answer, and after a change of consents."""
    if reads_something_new(session, opened, answered=answered):
        return facets_after(session, member, opened, now, Step(answered=answered))
    return lambda: None


def _store_all(session: Session, opened: OpenCase, countings: Iterable[Counting]) -> None:
    for counting in sorted(countings, key=lambda each: each.case.row.id):
        if counting.case.row.id == opened.row.id:
            add_item(session, counting.entry)
        else:
            # The versions move on, so that a step of somebody who read the case before does not count it again.
            store_entries(session, counting.case, counting.entry)
        counting.store()


def _sides(
    session: Session, member: Member, cases: Iterable[OpenCase], now: datetime, steps: dict[str, Step] | None = None
) -> list[_Side]:
    found = []
    for case in cases:
        if set(case.keys.keys) >= NEEDED:
            step = (steps or {}).get(case.row.id, STAYS)
            said = counted_as(session, member, case, read_book(session, member, case))
            found.append(_Side(case, said, step, would_add(session, member, case, now, step)))
    return found


def _settled(
    session: Session, member: Member, sides: list[_Side], first: CountedAs, now: datetime
) -> tuple[Counting, ...]:
    """The first of them counts as ``first`` says, or as a person of its own; the others wait behind it."""
    person = first if first.here else COUNTS
    since = person.body.get("received") or (sides[0].adds["received"] if sides and sides[0].adds else "")
    found = []
    for place, side in enumerate(sides):
        before = [each.case.row.id for each in sides[:place]]
        counted = waits(before, since) if place else person
        body = dict(counted.body) | ({} if side.said.said is None else {"follows": side.said.said})
        entry = sealed_entry(member, side.case, COUNTED, body, now)
        step = replace(side.step, counted=counted)
        found.append(Counting(side.case, entry, facet_after(session, member, side.case, now, step)))
    return tuple(found)
