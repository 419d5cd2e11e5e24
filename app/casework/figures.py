"""What a case adds to the figures follows what the desk does: coded anew with every step that changes it.

Computed before anything is written, stored in the step's own transaction once the case's row is held. A case whose
family allowed no figures gets one that adds nothing, so that the change itself tells nothing of the consent.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.accounts.members import Member
from app.accounts.vouching import vouched
from app.casefile.cases import items_of
from app.casefile.errors import ChangedMeanwhile, NotFound
from app.casefile.items import Kind, SealedItem, open_item
from app.casefile.keys import REPORT, Compartment
from app.casefile.tables import Item, Junk
from app.casefile.tables import Proposal as ProposalRow
from app.casework.book import Book, read_book
from app.casework.counted_as import COUNTS, CountedAs, counted_as
from app.casework.facts import as_known, changes, known_entries
from app.casework.opening import OpenCase, report_answers, verify_keys
from app.casework.practice import is_for_practice
from app.casework.proposed import ANSWER, PROPOSAL, State, Takes, read_proposals
from app.casework.view import consents_now
from app.questionnaire import Answers
from app.statistics.facets import (
    CONSENT,
    Progress,
    code_report,
    drop_facet,
    seal_facet,
    statistics_key,
    store_facet,
)
from app.statistics.periods import period_of
from app.storage.columns import day_of

REOPENED = "reopened"
# Whoever was reported twice is counted with the report that goes on.
DUPLICATE = "duplicate"
# Without all of these a desk knows neither what a case adds nor whose facet it is.
NEEDED = frozenset({*REPORT, Compartment.REPLIES, Compartment.INBOX, Compartment.DESK})

Store = Callable[[], None]


@dataclass(frozen=True)
class Step:
    """What is about to change, beside what stands in the case; ``junk`` and ``counted`` are None where that stays as
    it is."""

    found_out: Answers = field(default_factory=dict, repr=False)
    answered: bool = False
    outcome: str = ""
    reopened: bool = False
    junk: bool | None = None
    counted: CountedAs | None = None


STAYS = Step()


@dataclass(frozen=True)
class Closing:
    """A closing that two people signed, and when it was undone, if it was."""

    at: datetime
    outcome: str
    undone: datetime | None = None


def facet_after(session: Session, member: Member, opened: OpenCase, now: datetime, step: Step) -> Store:
    """Seal the facet that the case has after a step; what is given stores it, once the case's row is held.

    Without a statistics key nothing is replaced, but what adds nothing any more is deleted. Nothing is done for a queue
    that was not given all of the case: it knows neither the consents nor the facet's id. Storing raises
    :class:`ChangedMeanwhile` where the family changed its consents.
    """
    if not set(opened.keys.keys) >= NEEDED or is_for_practice(session, opened):
        return _nothing
    replies_key, case_id = opened.keys.keys[Compartment.REPLIES], opened.row.id
    if _aside(session, case_id, step):
        # Not one that adds nothing: junk is deleted without a key, and nobody could find what it leaves behind.
        return partial(forget_facet, session, opened)
    changed = _count(session, case_id, Compartment.INBOX, Kind.CONSENT_CHANGE)
    content = _coded(session, member, opened, now, step)
    ring = statistics_key(session)
    if ring is None:
        return _nothing if content is not None else partial(forget_facet, session, opened)
    facet = seal_facet(ring, replies_key, content)

    def store() -> None:
        if content is not None and _count(session, case_id, Compartment.INBOX, Kind.CONSENT_CHANGE) != changed:
            raise ChangedMeanwhile
        store_facet(session, replies_key, facet)

    return store


def reads_something_new(session: Session, opened: OpenCase, *, answered: bool) -> bool:
    """Whether a step is the first answer, or reads a change of consents: both change what a case adds.

    What a family allows later cannot be coded with its code alone; the desk does it then.
    """
    case_id = opened.row.id
    first = answered and not _count(session, case_id, Compartment.REPLIES, Kind.MESSAGE)
    return first or bool(opened.row.unread and _count(session, case_id, Compartment.INBOX, Kind.CONSENT_CHANGE))


def would_add(
    session: Session, member: Member, opened: OpenCase, now: datetime, step: Step = STAYS
) -> dict[str, Any] | None:
    """What a case adds to the figures after a step if it is the one that counts; its keys are :data:`NEEDED`."""
    if _aside(session, opened.row.id, step):
        return None
    said = counted_as(session, member, opened, read_book(session, member, opened))
    return _coded(session, member, opened, now, replace(step, counted=said if said.here else COUNTS))


def forget_facet(session: Session, opened: OpenCase) -> None:
    """Delete the facet of a case that is deleted or set aside."""
    if Compartment.REPLIES in opened.keys.keys:
        drop_facet(session, opened.keys.keys[Compartment.REPLIES])


def counted_closing(closings: Iterable[Closing]) -> Closing | None:
    """The first closing that outlasts its quarter, or stands: no other is ever counted, so nobody is counted twice."""
    for closing in closings:
        lasts = closing.undone is None or period_of(day_of(closing.undone)) > period_of(day_of(closing.at))
        if lasts and closing.outcome != DUPLICATE:
            return closing
    return None


def _nothing() -> None:
    """Replace nothing."""


def _aside(session: Session, case_id: str, step: Step) -> bool:
    return session.get(Junk, case_id, populate_existing=True) is not None if step.junk is None else step.junk


def _coded(session: Session, member: Member, opened: OpenCase, now: datetime, step: Step) -> dict[str, Any] | None:
    items = items_of(session, opened.row.id, *NEEDED)
    if not _allowed(opened, items):
        return None
    book = read_book(session, member, opened)
    closings, whole = _closings(session, book, opened, now, step)
    if closings and closings[-1].undone is None and closings[-1].outcome == DUPLICATE:
        return None
    counted = step.counted or counted_as(session, member, opened, book)
    if not counted.here:
        return None
    reported, _ = report_answers(opened.keys, items)
    entries = known_entries(opened.keys, items)
    known = as_known(reported, changes(entries, verify_keys(session, {entry.author for entry in entries})))
    routing = next(open_item(opened.keys, item) for item in items if item.kind == Kind.ROUTING)
    written = [item for item in items if item.compartment == Compartment.REPLIES and item.kind == Kind.MESSAGE]
    answered = [datetime.fromisoformat(open_item(opened.keys, item)["at"]) for item in written]
    closing = counted_closing(closings) if whole else None
    progress = Progress(
        answered=min([*answered, now] if step.answered else answered, default=None),
        closed=None if closing is None else day_of(closing.at),
        outcome="" if closing is None else closing.outcome,
    )
    content = code_report({**known, **step.found_out}, datetime.fromisoformat(routing["received"]), progress)
    return content | counted.of_the_person


def _allowed(opened: OpenCase, items: Iterable[SealedItem]) -> bool:
    given, changed = {}, []
    for item in items:
        if item.kind == Kind.CONSENTS:
            given = open_item(opened.keys, item)
        elif item.kind == Kind.CONSENT_CHANGE:
            changed.append(open_item(opened.keys, item))
    if not given:
        # The family took everything back since the keys were opened.
        raise NotFound(opened.row.id)
    return any(consent.recipient == CONSENT for consent in consents_now(given, changed))


def _closings(session: Session, book: Book, opened: OpenCase, now: datetime, step: Step) -> tuple[list[Closing], bool]:
    """Every closing that this desk can read, oldest first, and whether these are all that were signed.

    A case that came from another organisation may have been counted by a closing there, and is then never counted by
    another. An organisation that was merely asked for help closes nothing.
    """
    number = len(_signed(session, book, opened))
    found = [
        proposal
        for proposal in read_proposals(session, book, opened.row.id, now)
        if proposal.state is State.AGREED and proposal.verified
    ]
    outcomes = {proposal.id: str(proposal.body["outcome"]) for proposal in found if proposal.kind is Takes.CLOSE}
    closings = [
        Closing(written.at, outcomes[written.body["proposal"]])
        for written in book.of(ANSWER)
        if written.verified and written.body["answer"] == State.AGREED and written.body["proposal"] in outcomes
    ]
    undone = [written.at for written in book.of(REOPENED) if written.verified]
    closings += [Closing(now, step.outcome)] if step.outcome else []
    undone += [now] if step.reopened else []
    told = [replace(each, undone=next((at for at in undone if at >= each.at), None)) for each in closings]
    return told, len(found) >= number


def _signed(session: Session, book: Book, opened: OpenCase) -> list[str]:
    """The proposals that two people signed, as the rows say: those of which one may have closed the case."""
    agreed = col(ProposalRow.case_id) == opened.row.id, col(ProposalRow.state) == State.AGREED.value
    rows = session.exec(select(col(ProposalRow.id), col(ProposalRow.proposed_by)).where(*agreed)).all()
    if Compartment.LETTER in opened.keys.keys:
        return [proposal for proposal, _ in rows]
    # It never came from another organisation, so what others signed in it they signed as guests.
    known, read = vouched(session), {written.id for written in book.of(PROPOSAL)}
    own = ("", opened.queue.organisation_id)
    return [proposal for proposal, who in rows if proposal in read or (known.organisation_of(who) or "") in own]


def _count(session: Session, case_id: str, compartment: Compartment, kind: str) -> int:
    these = col(Item.case_id) == case_id, col(Item.compartment) == compartment.value, col(Item.kind) == kind
    number: int = session.execute(select(func.count()).select_from(Item).where(*these)).scalar_one()
    return number
