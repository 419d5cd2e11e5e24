"""What is still missing before families may be let in, from what was signed and from what the rows say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, func, select

from app.accounts.covering import recovery_key
from app.accounts.installation import about
from app.accounts.permissions import Role
from app.accounts.queues import queue_states
from app.accounts.standing import standing
from app.accounts.vouching import Vouched
from app.accounts.vouching_states import INSTALLATION
from app.jobs.tables import JobRow

# The worker asks for its own work every quarter of an hour; twice that is more than a busy minute.
WORKER_IS_AWAY_AFTER = timedelta(minutes=30)


class Lacking(StrEnum):
    """One thing that is missing."""

    ROOT = "root"
    TROUBLE = "trouble"
    TRIAGE = "triage"
    QUEUE = "queue"
    ADMINISTRATORS = "administrators"
    AUDITOR = "auditor"
    RECOVERY = "recovery"
    RECOVERY_TEST = "recovery_test"
    RECOVERY_COPY = "recovery_copy"
    RECOVERY_NAMES = "recovery_names"
    PARTNER = "partner"
    PARTNER_QUEUE = "partner_queue"
    WORKER = "worker"
    ORIGIN = "origin"
    UNSIGNED = "unsigned"


@dataclass(frozen=True)
class Lack:
    """What is missing, where, and whether families must wait for it."""

    what: Lacking
    where: str = ""
    families_wait: bool = False


def lacks(session: Session, now: datetime, *, safely_reached: bool) -> tuple[Lack, ...]:
    """Everything that is missing, the gravest first; ``safely_reached``: whether every address is HTTPS or Tor's."""
    stands, receiving = standing(session), about(session).receiving_id
    state = stands.vouched.organisations.get(receiving)
    if state is None or stands.vouched.installation is None:
        return (Lack(Lacking.ROOT, families_wait=True),)
    troubles = {**stands.troubles, **{name: ring.trouble for name, ring in stands.rings.items()}}
    found = [
        Lack(Lacking.TROUBLE, name, families_wait=name in {INSTALLATION, receiving, "queue:triage"})
        for name, trouble in sorted(troubles.items())
        if trouble is not None
    ]
    queues = [queue for queue in queue_states(session) if queue.receiving]
    if not any(queue.ready and queue.kind == "triage" for queue in queues):
        found.append(Lack(Lacking.TRIAGE, families_wait=True))
    if not safely_reached:
        found.append(Lack(Lacking.ORIGIN, families_wait=True))
    if not _worker_works(session, now):
        found.append(Lack(Lacking.WORKER, families_wait=True))
    found += [Lack(Lacking.QUEUE, queue.id) for queue in queues if not queue.ready and queue.kind != "triage"]
    roles = [role for person in state.people.values() for role in person.roles]
    if roles.count(Role.ADMINISTRATOR) < 2:
        found.append(Lack(Lacking.ADMINISTRATORS))
    if Role.AUDITOR not in roles:
        found.append(Lack(Lacking.AUDITOR))
    if not state.in_force:
        found.append(Lack(Lacking.UNSIGNED))
    found += recovery_lacks(session, receiving)
    found += _partners_lack(session, stands.vouched, receiving)
    return tuple(sorted(found, key=lambda lack: not lack.families_wait))


def _partners_lack(session: Session, known: Vouched, receiving: str) -> Iterator[Lack]:
    """What other organisations lack: somebody of their own who administers, queues that can receive."""
    staying = {name: state for name, state in known.organisations.items() if not state.leaving}
    for organisation_id, state in staying.items():
        roles = {role for person in state.people.values() for role in person.roles}
        if organisation_id != receiving and Role.ADMINISTRATOR not in roles:
            yield Lack(Lacking.PARTNER, state.name)
    for queue in queue_states(session):
        if queue.organisation_id in staying and not queue.receiving and not queue.ready:
            yield Lack(Lacking.PARTNER_QUEUE, queue.id)


def recovery_lacks(session: Session, organisation_id: str, directory_key: bytes = b"") -> tuple[Lack, ...]:
    """What keeps an organisation's keys from being given back by trustees."""
    recovery = recovery_key(session, organisation_id, directory_key)
    if recovery.generation == 0:
        return (Lack(Lacking.RECOVERY),)
    bare = tuple(Lack(Lacking.RECOVERY_COPY, each.ring) for each in recovery.rings if not each.covered)
    if not recovery.names:
        bare = (Lack(Lacking.RECOVERY_NAMES), *bare)
    return bare if recovery.tested else (Lack(Lacking.RECOVERY_TEST), *bare)


def _worker_works(session: Session, now: datetime) -> bool:
    """Whether background work is asked for, and none of it has waited long."""
    oldest: datetime | None = session.exec(select(func.min(col(JobRow.due)))).one()
    return oldest is not None and oldest > now - WORKER_IS_AWAY_AFTER
