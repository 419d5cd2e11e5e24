"""Made-up reports on their way to a queue: checked, split and decided as the sending path does it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from app.accounts.queues import newest_key
from app.accounts.rings import queue_ring
from app.accounts.standing import standing
from app.casefile.cases import Arrival, Holder
from app.demonstration.reports import drawn_reports
from app.intake.draft import Draft, begin
from app.intake.sending import _arrival
from app.storage.sessions import Session


def drafts(count: int, seed: int, now: datetime) -> Iterator[Draft]:
    """Whole reports, each with a code of its own."""
    for report in drawn_reports(count, seed, now):
        yield replace(begin("uk", now), answers=report.answers, consents=report.consents)


def arrivals(session: Session, queue_id: str, count: int, seed: int, now: datetime) -> Iterator[Arrival]:
    """The same reports for one queue, whatever the rules say, as urgent as can be."""
    key = newest_key(session, queue_ring(queue_id))
    holder = Holder(queue_id, key.generation, key.public_key)
    for draft in drafts(count, seed, now):
        arrival = _arrival(session, draft, now, standing(session), marked=False)
        yield replace(arrival, holder=holder, priority=0, told=())
