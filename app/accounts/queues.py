"""Which queues there are, and whether a report may go to them: what was signed decides, and the rows must agree."""

from dataclasses import dataclass, field

from sqlmodel import Session

from app.accounts.errors import KeyNotHeld, NotVouched
from app.accounts.rings import QUEUE, RingPublic, queue_ring
from app.accounts.standing import RingStanding, Standing, Trouble, standing

# A key that one person holds is lost with that person, unless trustees can give it back.
LEAST_HOLDERS = 2


@dataclass(frozen=True)
class QueueState:
    """A queue as routing may know it; ``ready`` when its newest ``key`` is vouched and enough people hold it."""

    id: str
    kind: str
    organisation_id: str
    receiving: bool
    ready: bool
    key: RingPublic | None = field(default=None, repr=False)


def queue_states(session: Session) -> tuple[QueueState, ...]:
    """Every queue of the installation, in the order of their ids."""
    return queues_in(standing(session))


def queues_in(now: Standing) -> tuple[QueueState, ...]:
    """The same of what was found before in this transaction; of an organisation that leaves none is ready."""
    leaving = {name for name, state in now.vouched.organisations.items() if state.leaving}
    return tuple(
        QueueState(
            id=queue_id,
            kind=kind,
            organisation_id=organisation_id,
            receiving=organisation_id == now.receiving,
            ready=organisation_id not in leaving and _is_ready(now.rings[queue_ring(queue_id)]),
            key=now.rings[queue_ring(queue_id)].key,
        )
        for queue_id, kind, organisation_id in now.queues
    )


def newest_key(session: Session, ring: str) -> RingPublic:
    """The public key that new content is sealed to: the newest, and vouched up to the root.

    Raises: :class:`KeyNotHeld` where the ring has no key yet, :class:`NotVouched` where something is wrong with it.
    """
    return key_in(standing(session), ring)


def key_in(now: Standing, ring: str) -> RingPublic:
    """The same of what was found before in this transaction."""
    found = now.rings.get(ring)
    if found is None or (found.key is None and found.trouble is None):
        raise KeyNotHeld(ring)
    # The record goes on when an auditor has left: nobody's work can wait until another renews its key.
    waits = found.trouble is Trouble.REMOVAL_WAITS and not ring.startswith(QUEUE)
    if found.key is None or not (found.trouble is None or waits):
        raise NotVouched(ring)
    return found.key


def _is_ready(ring: RingStanding) -> bool:
    least = 1 if ring.recoverable else LEAST_HOLDERS
    return ring.key is not None and ring.trouble is None and ring.holders >= least
