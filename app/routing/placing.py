"""Placing a decided report into one queue that may have it and can receive it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from app.questionnaire.answers import FULL
from app.routing.deciding import Decision
from app.storage.errors import RodynaError

TRIAGE = "triage"
LEGAL = "legal"
OWN_CONSENT = "ngo"

# Why a case is in triage although a rule named another kind of queue; msgids for the desk.
FALLBACKS: Mapping[str, str] = {
    "queue_not_ready": "The queue that should have it cannot receive yet: too few members hold its key.",
    "no_consent": "The queue that should have it belongs to another organisation, and consent is missing.",
    "no_such_queue": "There is no queue of that kind here.",
}


class QueueView(Protocol):
    """A queue as placing sees it; `ready` when enough people hold its key to receive."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def organisation_id(self) -> str: ...
    @property
    def receiving(self) -> bool: ...
    @property
    def ready(self) -> bool: ...


class NoQueueReady(RodynaError):
    """No queue can receive this report now, not even triage."""


@dataclass(frozen=True)
class Placement:
    """Where a report goes.

    `told` are the ids of queues that see number, priority and deadlines; `asks` the consents
    that the desk is told to ask for; `fallback` is a key of FALLBACKS when triage stands in;
    `consent` is the consent that the grant rests on; `tell_lead` that the queue's lead is told.
    """

    queue_id: str
    told: tuple[str, ...]
    asks: tuple[str, ...]
    fallback: str | None
    consent: str
    tell_lead: bool


def place(decision: Decision, consents: Mapping[str, str], queues: Iterable[QueueView]) -> Placement:
    """Choose the queue: the receiving organisation's own first, another's only with consent to everything.

    Raises: NoQueueReady
    """
    known = sorted(queues, key=lambda queue: (not queue.receiving, queue.id))
    queue, consent, fallback = _choose(decision.queue_kind, consents, known)
    if queue is None:
        queue = next((entry for entry in known if entry.receiving and entry.kind == TRIAGE and entry.ready), None)
    if queue is None:
        raise NoQueueReady("no queue can receive")
    return Placement(
        queue_id=queue.id,
        told=_told(decision.told_kinds, consents, known, queue.id),
        asks=(needed_consent(decision.queue_kind),) if fallback == "no_consent" else (),
        fallback=fallback,
        consent=consent,
        tell_lead=decision.tell_lead,
    )


def place_for_practice(queue_id: str, consents: Mapping[str, str], queues: Iterable[QueueView]) -> Placement:
    """Place a made-up report into the queue that was chosen; nobody else is told.

    Raises: NoQueueReady where that queue cannot receive, or the consent that it would need is missing
    """
    queue = next((queue for queue in queues if queue.id == queue_id and queue.ready), None)
    consent = OWN_CONSENT if queue is None or queue.receiving else needed_consent(queue.kind)
    if queue is None or consents.get(consent) != FULL:
        raise NoQueueReady("the chosen queue cannot receive")
    return Placement(queue.id, told=(), asks=(), fallback=None, consent=consent, tell_lead=False)


def needed_consent(kind: str) -> str:
    """Return the consent that covers a queue of this kind in another organisation."""
    return "legal_ngo" if kind == LEGAL else "partner_ngo"


def _choose(
    kind: str, consents: Mapping[str, str], queues: list[QueueView]
) -> tuple[QueueView | None, str, str | None]:
    """Return the queue (none: triage stands in), the consent it rests on, and why triage stands in."""
    own = [queue for queue in queues if queue.kind == kind and queue.receiving]
    others = [queue for queue in queues if queue.kind == kind and not queue.receiving]
    needed = needed_consent(kind)
    # A partner's queue that stands in for triage would hold a report nobody decided to share.
    if own or not others or kind == TRIAGE:
        ready = next((queue for queue in own if queue.ready), None)
        return ready, OWN_CONSENT, None if ready else ("queue_not_ready" if own else "no_such_queue")
    # The queue that answers for a case must read all of it; a narrower consent is for a referral.
    if consents.get(needed) != FULL:
        return None, OWN_CONSENT, "no_consent"
    ready = next((queue for queue in others if queue.ready), None)
    return ready, needed if ready else OWN_CONSENT, None if ready else "queue_not_ready"


def _told(
    kinds: Iterable[str], consents: Mapping[str, str], queues: list[QueueView], holder_id: str
) -> tuple[str, ...]:
    """Return one queue for each kind: our own, else another organisation's with consent."""
    told = []
    for kind in kinds:
        covered = (
            queue.id
            for queue in queues
            if queue.kind == kind and (queue.receiving or consents.get(needed_consent(kind)) == FULL)
        )
        first = next(covered, None)
        if first not in (None, holder_id):
            told.append(first)
    return tuple(told)
