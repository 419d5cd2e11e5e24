"""Closing with an outcome, opening again, and what else leaves the desk for good: each but reopening by two people."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.casefile.cases import NOTHING_DUE, Cause, Status, items_of, withdraw_case
from app.casefile.errors import ChangedMeanwhile
from app.casefile.items import Kind, open_item
from app.casefile.keys import Compartment
from app.casefile.tables import Junk
from app.casework.assessment import reviewed_content
from app.casework.book import needs_desk, read_book, sealed_entry, store_entries
from app.casework.codes import OUTCOMES, OUTSIDE
from app.casework.consents import read_consents
from app.casework.counted_once import facets_after
from app.casework.errors import EntryRefused, NotAllowedNow
from app.casework.figures import REOPENED, Step, forget_facet
from app.casework.links import agree_to_link
from app.casework.opening import OpenCase, open_to_answer_for
from app.casework.practice import refuse_practice
from app.casework.proposals import agree, open_proposal, propose
from app.casework.proposed import Proposal, State, Takes, read_proposals
from app.casework.view import routing_of
from app.jobs.queue import enqueue
from app.storage.columns import hour_up
from app.storage.sessions import write_last

# The worker empties the codes of a case that was deleted, and what the database still holds of it.
FORGET_CASE = "forget_case"
LONGEST_REASON = 2_000
# A closed case waits for nothing; what had a clock to the hour has none any more.
_CLOSED: dict[str, Any] = {
    "status": Status.CLOSED.value,
    "acknowledge_by": None,
    "act_by": None,
    "due": NOTHING_DUE,
}


def propose_closing(
    session: Session, member: Member, case_id: str, version: int, outcome: str, reason: str, now: datetime
) -> str:
    """Propose to close the case with a coded outcome.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`~app.casefile.errors.ChangedMeanwhile`,
    :class:`EntryRefused`, :class:`NotAllowedNow` where it is closed, the same waits already, or another queue answers
    for the case.
    """
    opened = _ready(session, member, case_id, version, now, Takes.CLOSE)
    if opened.row.status == Status.CLOSED:
        raise NotAllowedNow("closed")
    _checked({"outcome": "" if outcome in OUTCOMES else "choose"}, reason)
    return propose(session, member, opened, Takes.CLOSE, {"outcome": outcome, "reason": reason.strip()}, now)


def propose_disclosure(
    session: Session, member: Member, case_id: str, version: int, recipient: str, reason: str, now: datetime
) -> str:
    """Propose to disclose the case to a body outside, as far as the family's consent goes now.

    Raises: as :func:`propose_closing`; :class:`NotAllowedNow` without the family's consent.
    """
    opened = _ready(session, member, case_id, version, now, Takes.DISCLOSE)
    refuse_practice(session, opened)
    _checked({"recipient": "" if recipient in OUTSIDE else "choose"}, reason)
    body = {"recipient": recipient, "scope": _scope(session, opened, recipient), "reason": reason.strip()}
    return propose(session, member, opened, Takes.DISCLOSE, body, now)


def propose_deletion(session: Session, member: Member, case_id: str, version: int, reason: str, now: datetime) -> str:
    """Propose to delete the case for good.

    Raises: as :func:`propose_closing`.
    """
    opened = _ready(session, member, case_id, version, now, Takes.DELETE)
    _checked({}, reason)
    return propose(session, member, opened, Takes.DELETE, {"reason": reason.strip()}, now)


def agree_to(session: Session, member: Member, case_id: str, proposal_id: str, now: datetime) -> Takes:
    """Give the second signature to closing, disclosure or deletion, and do it.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`NotAllowedNow`,
    :class:`~app.casefile.errors.ChangedMeanwhile`.
    """
    opened, found = open_proposal(session, member, case_id, proposal_id, now)
    if found.kind is Takes.CLOSE:
        store_facet = facets_after(session, member, opened, now, Step(outcome=found.body["outcome"]))
        agree(session, member, opened, found, now, **_CLOSED)
        store_facet()
    elif found.kind is Takes.DISCLOSE:
        _allowed_still(session, opened, found)
        agree(session, member, opened, found, now)
        # Once more while the case is held: the family may have narrowed it in this very moment.
        _allowed_still(session, opened, found)
    elif found.kind is Takes.DELETE:
        agree(session, member, opened, found, now)
        forget_facet(session, opened)
        delete_case(session, case_id, now, Cause.TWO_PEOPLE)
    elif found.kind is Takes.REVIEW:
        reviewed_content(read_book(session, member, opened), found)
        agree(session, member, opened, found, now)
    else:
        agree_to_link(session, member, opened, found, now)
    return found.kind


def agreed_disclosure(proposals: tuple[Proposal, ...], recipient: str) -> Proposal | None:
    """The newest disclosure to ``recipient`` that two people signed: without one no dossier leaves."""
    fitting = [
        proposal
        for proposal in proposals
        if proposal.kind is Takes.DISCLOSE
        and proposal.state is State.AGREED
        and proposal.verified
        and proposal.body["recipient"] == recipient
    ]
    return fitting[-1] if fitting else None


def reopen(session: Session, member: Member, case_id: str, version: int, reason: str, now: datetime) -> None:
    """Open a closed case again: in progress, with a new clock as long as its first one.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`~app.casefile.errors.ChangedMeanwhile`,
    :class:`EntryRefused`, :class:`NotAllowedNow` where it is not closed but set aside, or another queue
    answers for it.
    """
    opened = open_to_answer_for(session, member, case_id)
    needs_desk(opened)
    if opened.row.version != version:
        raise ChangedMeanwhile
    if opened.row.status != Status.CLOSED:
        raise NotAllowedNow("not_closed")
    if session.get(Junk, case_id, populate_existing=True) is not None:
        # It was not closed by two: it is given back, or deleted on its day.
        raise NotAllowedNow("set_aside")
    _checked({}, reason)
    item = sealed_entry(member, opened, REOPENED, {"reason": reason.strip()}, now)
    store_facet = facets_after(session, member, opened, now, Step(reopened=True))
    routing = _routing(session, opened)
    act_by = hour_up(now + (routing.act_by - routing.received))
    running: dict[str, Any] = {
        "status": Status.IN_PROGRESS.value,
        "acknowledge_by": None,
        "act_by": act_by,
        "due": act_by,
    }
    store_entries(session, opened, item, **running)
    store_facet()
    put_on_record(session, member, "reopened", now, case=case_id)


def delete_case(session: Session, case_id: str, now: datetime, cause: Cause) -> None:
    """Delete a case without a key; the worker then empties its codes, and what the files still hold."""
    withdraw_case(session, case_id, now, cause)
    write_last(session, lambda: enqueue(session, FORGET_CASE, case_id, now))


def _ready(session: Session, member: Member, case_id: str, version: int, now: datetime, kind: Takes) -> OpenCase:
    opened = open_to_answer_for(session, member, case_id)
    needs_desk(opened)
    if opened.row.version != version:
        raise ChangedMeanwhile
    waiting = read_proposals(session, read_book(session, member, opened), case_id, now)
    if any(proposal.kind is kind and proposal.state is State.OPEN for proposal in waiting):
        raise NotAllowedNow("waits_already")
    return opened


def _scope(session: Session, opened: OpenCase, recipient: str) -> str:
    if Compartment.INBOX not in opened.keys.keys:
        # Whoever does not read what the family changed since cannot know what it allows.
        raise NotAllowedNow("no_consent")
    scope = read_consents(session, opened).scope(recipient)
    if not scope:
        raise NotAllowedNow("no_consent")
    return scope


def _allowed_still(session: Session, opened: OpenCase, found: Proposal) -> None:
    if _scope(session, opened, found.body["recipient"]) != found.body["scope"]:
        raise NotAllowedNow("consent_changed")


def _checked(problems: dict[str, str], reason: str) -> None:
    written = reason.strip()
    problems |= {"reason": "needed" if not written else "too_long" if len(written) > LONGEST_REASON else ""}
    found = tuple((field, problem) for field, problem in problems.items() if problem)
    if found:
        raise EntryRefused(found)


def _routing(session: Session, opened: OpenCase) -> Any:
    items = items_of(session, opened.row.id, Compartment.FACTS)
    return routing_of(next(open_item(opened.keys, item) for item in items if item.kind == Kind.ROUTING))
