"""Which queues there are, and whether a report may go to them."""

from dataclasses import dataclass

from sqlalchemy import func, true
from sqlmodel import Session, col, select

from app.accounts.rings import queue_ring
from app.accounts.tables import Installation, Queue, RingKey, RingShare

# A key that one person holds is lost with that person.
LEAST_HOLDERS = 2

_newest = (
    select(col(RingKey.ring).label("ring"), func.max(col(RingKey.generation)).label("generation"))
    .group_by(col(RingKey.ring))
    .subquery()
)
# Every sending asks these; they are built once.
_HOLDERS = (
    select(col(RingShare.ring), func.count())
    .join(_newest, (_newest.c.ring == col(RingShare.ring)) & (_newest.c.generation == col(RingShare.generation)))
    .group_by(col(RingShare.ring))
)
_QUEUES = (
    select(col(Queue.id), col(Queue.kind), col(Queue.organisation_id), col(Installation.receiving_id))
    .join(Installation, true())
    .order_by(col(Queue.id))
)


@dataclass(frozen=True)
class QueueState:
    """A queue as routing may know it; ``ready`` when enough people hold its newest key."""

    id: str
    kind: str
    organisation_id: str
    receiving: bool
    ready: bool


def queue_states(session: Session) -> tuple[QueueState, ...]:
    """Every queue of the installation, in the order of their ids."""
    held: dict[str, int] = {row[0]: row[1] for row in session.execute(_HOLDERS)}
    return tuple(
        QueueState(
            id=queue_id,
            kind=kind,
            organisation_id=organisation_id,
            receiving=organisation_id == receiving_id,
            ready=held.get(queue_ring(queue_id), 0) >= LEAST_HOLDERS,
        )
        for queue_id, kind, organisation_id, receiving_id in session.execute(_QUEUES)
    )
