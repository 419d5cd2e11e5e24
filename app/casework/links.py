"""Two reports about one person, linked by hand: proposed by one, confirmed by another, undone by either.

Both must hold keys to both cases. A link stands sealed in each case's desk part; no clear column names two cases.
"""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.casefile.tables import Case
from app.casework.book import needs_desk, read_book, sealed_entry, store_entries
from app.casework.counted_as import is_offered
from app.casework.counted_once import Counting, count_once
from app.casework.errors import EntryRefused, NotAllowedNow
from app.casework.linked import LINKED, UNLINKED, linked_with, links_of, open_other
from app.casework.opening import OpenCase, open_keys
from app.casework.practice import refuse_practice
from app.casework.proposals import agree, propose
from app.casework.proposed import Proposal, State, Takes, read_proposals

LONGEST_REASON = 2_000


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
    there = None if other == case_id else open_other(session, member, other)
    if there is None:
        raise EntryRefused((("other", "no_such_case"),))
    refuse_practice(session, opened)
    refuse_practice(session, there)
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
    other = open_other(session, member, found.body["other"])
    if other is None:
        raise NotAllowedNow("other_not_yours")
    sides = [linked_with(session, member, case) for case in (opened, other)]
    if None in sides:
        # Somebody else holds a report that is linked with one of them: from here nobody can see to it that the person
        # is counted once.
        raise NotAllowedNow("other_not_yours")
    person = {case.row.id: case for side in sides for case in side or ()} | {opened.row.id: opened}
    if any(link.other == other.row.id for link in links_of(read_book(session, member, opened))):
        # Two may have proposed it, each at one of the cases.
        raise NotAllowedNow("linked_already")
    countings = count_once(session, member, person.values(), now)
    link = {"link": found.id, "reason": found.body["reason"]}
    here = sealed_entry(member, opened, LINKED, link | {"other": other.row.id}, now)
    there = sealed_entry(member, other, LINKED, link | {"other": opened.row.id}, now)
    counted = [(each.case, each.entry) for each in countings]
    # The versions move on, so that a step of somebody who read the case before does not count it again.
    moved = {"unread": col(Case.unread)}
    agree(session, member, opened, found, now, (opened, here), (other, there), *counted, **moved)
    _refuse_offered(session, person)
    for each in countings:
        each.store()


def undo_link(session: Session, member: Member, case_id: str, link_id: str, now: datetime) -> None:
    """Take a link back, in both cases.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`NotAllowedNow`, :class:`ChangedMeanwhile`.
    """
    opened = open_keys(session, member, case_id)
    needs_desk(opened)
    link = next((link for link in links_of(read_book(session, member, opened)) if link.id == link_id), None)
    if link is None:
        raise NotAllowedNow("not_linked")
    other = open_other(session, member, link.other)
    cases = {opened.row.id: opened} | ({} if other is None else {other.row.id: other})
    entries = {each: [sealed_entry(member, case, UNLINKED, {"link": link_id}, now)] for each, case in cases.items()}
    countings = _counted_apart(session, member, tuple(cases.values()), link_id, now)
    for counting in countings:
        cases.setdefault(counting.case.row.id, counting.case)
        entries.setdefault(counting.case.row.id, []).append(counting.entry)
    # Always in the same order, so that two who undo at once do not wait for one another.
    for each, case in sorted(cases.items()):
        store_entries(session, case, *entries[each])
    _refuse_offered(session, cases)
    for counting in countings:
        counting.store()
    put_on_record(session, member, "unlinked", now, case=case_id, link=link_id)


def _refuse_offered(session: Session, cases: Collection[str]) -> None:
    """Nothing is counted otherwise of a case that is offered to another queue: what goes with it is written already.

    Asked while all of them are held, so that nobody offers one meanwhile.

    Raises: :class:`NotAllowedNow`.
    """
    if is_offered(session, cases):
        raise NotAllowedNow("being_transferred")


def _counted_apart(
    session: Session, member: Member, cases: tuple[OpenCase, ...], link_id: str, now: datetime
) -> list[Counting]:
    """Each of those who were taken for one is counted once; where not all is the member's, all stays as it is."""
    found, seen = list[Counting](), set[str]()
    for case in cases:
        person = linked_with(session, member, case, without=link_id)
        if person is not None and case.row.id not in seen:
            seen |= {each.row.id for each in person}
            found += count_once(session, member, person, now)
    return found
