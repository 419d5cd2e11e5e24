"""Recording what is known now, and what that means for where the case belongs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.accounts.members import Member
from app.accounts.queues import queue_states
from app.accounts.record import put_on_record
from app.casefile import clocks
from app.casefile.cases import Status, items_of
from app.casefile.entries import seal_entry
from app.casefile.errors import ChangedMeanwhile, NotFound
from app.casefile.items import SealedItem, new_item_id
from app.casefile.keys import Compartment
from app.casework.actions import STEP
from app.casework.book import author_of, sealed_entry, store_entries
from app.casework.errors import NotAllowedNow
from app.casework.facts import KNOWN, Change, changes, known_entries, newest_change
from app.casework.figures import Step, facet_after
from app.casework.meanwhile import check_seen
from app.casework.opening import OpenCase, open_keys, open_to_answer_for, read_case, verify_keys
from app.casework.view import CaseView
from app.in_force.reading import rules
from app.questionnaire import Answers, current, split
from app.routing import Decision, NoQueueReady, Placement, decide, place
from app.storage.columns import hour_up


@dataclass(frozen=True)
class Suggestion:
    """Where the rules would send the case by what is known now.

    ``queue_id`` is the queue that could have it; ``asks`` the consents that are missing for another one. Where the case
    is in the right kind of queue already, only its urgency is suggested.
    """

    kind: str
    queue_id: str
    moves: bool
    priority: int
    act_within: timedelta
    reasons: tuple[str, ...]
    asks: tuple[str, ...]


def record_known(
    session: Session,
    member: Member,
    case_id: str,
    answers: Answers,
    basis: str,
    since: str,
    now: datetime,
    follows: str | None = None,
) -> str:
    """Record checked ``answers`` as known now; return the id of the change.

    ``follows`` is the newest change that the page showed, empty where there was none.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`~app.casefile.errors.ChangedMeanwhile`,
    :class:`~app.casework.errors.FollowedMeanwhile` where somebody else recorded a newer one,
    :class:`NotAllowedNow` where there is nothing to record, the case is closed, or a part is not shared.
    """
    opened = open_keys(session, member, case_id)
    if opened.row.status == Status.CLOSED:
        raise NotAllowedNow("closed")
    if not answers:
        raise NotAllowedNow("nothing_new")
    check_seen(follows, newest_change(_changes(session, opened)))
    change = new_item_id()
    items = _sealed(member, opened, change, answers, basis, since, now)
    store_facet = facet_after(session, member, opened, now, Step(found_out=answers))
    store_entries(session, opened, *items)
    store_facet()
    put_on_record(session, member, "facts_recorded", now, case=case_id, item=change)
    return change


def suggestion(session: Session, case: CaseView, now: datetime) -> Suggestion | None:
    """What the rules say to what is known now, where that differs from where the case is; None where it does not.

    Only the queue that answers for the case, and so knows the consents, is told.
    """
    if not case.answers_for or not any(change.verified for change in case.known):
        return None
    consents = {consent.recipient: consent.scope for consent in case.consents}
    decision = decide(case.now, consents, now, rules(session))
    try:
        placed = place(decision, consents, queue_states(session))
    except NoQueueReady:
        return None
    moves = decision.queue_kind != case.queue.kind and placed.queue_id != case.queue.id
    if not moves and decision.priority >= case.listed.priority:
        return None
    return _suggestion(decision, placed, moves=moves)


def follow_urgency(session: Session, member: Member, case_id: str, version: int, now: datetime) -> None:
    """Make the case as urgent as the rules say by what is known now; the clock to act ends no later than they say.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`ChangedMeanwhile`,
    :class:`NotAllowedNow` where the rules do not say so any more.
    """
    opened = open_to_answer_for(session, member, case_id)
    reading = read_case(session, member, case_id, now)
    found = suggestion(session, reading.view, now)
    if found is None or found.priority >= opened.row.priority or opened.row.status == Status.CLOSED:
        raise NotAllowedNow("nothing_new")
    if opened.row.version != version:
        raise ChangedMeanwhile
    act_by = min(opened.row.act_by or hour_up(now + found.act_within), hour_up(now + found.act_within))
    running: dict[str, Any] = clocks.resumed(opened.row, now) | {"act_by": act_by, "left_hours": None}
    due = min(act_by, opened.row.acknowledge_by or act_by)
    entry = sealed_entry(member, opened, STEP, {"did": "urgency", "priority": found.priority}, now)
    store_entries(session, opened, entry, **(running | {"due": due, "priority": found.priority}))
    put_on_record(session, member, "urgency_followed", now, case=case_id, priority=str(found.priority))


def _changes(session: Session, opened: OpenCase) -> tuple[Change, ...]:
    entries = known_entries(opened.keys, items_of(session, opened.row.id, Compartment.FACTS, Compartment.WORDS))
    return changes(entries, verify_keys(session, {entry.author for entry in entries}))


def _sealed(
    member: Member, opened: OpenCase, change: str, answers: Mapping[str, Any], basis: str, since: str, now: datetime
) -> list[SealedItem]:
    parts = split(current(), answers)
    items = []
    for compartment in (Compartment.FACTS, Compartment.WORDS):
        own = parts[compartment.value]
        if compartment not in opened.keys.keys:
            if own:
                raise NotAllowedNow("not_shared")
            continue
        body = {"change": change, "answers": own, "basis": basis, "since": since}
        items.append(seal_entry(opened.keys, compartment, author_of(member), KNOWN, body, now))
    if not items or parts[Compartment.IDENTITY.value]:
        raise NotFound(opened.row.id)
    return items


def _suggestion(decision: Decision, placed: Placement, *, moves: bool) -> Suggestion:
    return Suggestion(
        kind=decision.queue_kind,
        queue_id=placed.queue_id,
        moves=moves,
        priority=decision.priority,
        act_within=decision.act_within,
        reasons=decision.reasons,
        asks=placed.asks,
    )
