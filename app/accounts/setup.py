"""Founding an installation: organisations, people, queues and their keys, in one transaction.

Private keys are made here once: those of people go under their passphrases, those of queues
to their members, and what belongs on paper is returned to be printed and stored nowhere.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_bytes

from sqlmodel import Session

from app.accounts.errors import InstalledAlready, RefusedPlan
from app.accounts.people import NewPerson, Own, add_person, new_id
from app.accounts.permissions import Role
from app.accounts.rings import RECORD, STATISTICS, create_ring, queue_ring, share_ring
from app.accounts.tables import Installation, Membership, Organisation, Queue
from app.accounts.vouching_anchor import root_fingerprint
from app.accounts.vouching_founding import Founding
from app.accounts.vouching_states import InstallationState
from app.trail import chain
from app.vault.digest import sha256
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import new_signing_key, verify_key
from app.vault.symmetric import new_key
from app.vault.unlock import fold_words

QUEUE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,49}", re.ASCII)
QUEUE_KINDS = ("triage", "protection", "legal", "tracing", "psychosocial", "documentation")


@dataclass(frozen=True)
class QueuePlan:
    """A queue to be made: the id that stands in addresses, and one of :data:`QUEUE_KINDS`."""

    id: str
    kind: str


@dataclass(frozen=True)
class PersonPlan:
    """A person to be added: log-in name, the name colleagues read, roles, queues; the leads among them."""

    name: str
    shown: str
    roles: tuple[Role, ...]
    queues: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()


@dataclass(frozen=True)
class OrganisationPlan:
    """An organisation with its queues and people; the first of a plan is the receiving one."""

    name: str
    queues: tuple[QueuePlan, ...]
    people: tuple[PersonPlan, ...]


@dataclass(frozen=True)
class Credentials:
    """What one person is told, once."""

    person: NewPerson
    organisation: str
    plan: PersonPlan


@dataclass(frozen=True)
class Paper:
    """Keys that were drawn and written down before anything is founded: the root's and that of backups."""

    root: bytes = field(repr=False)
    backup: bytes = field(repr=False)


@dataclass(frozen=True)
class Founded:
    """What founding leaves outside the database: paper for root and backup, a file for the service."""

    root_private: bytes = field(repr=False)
    backup_private: bytes = field(repr=False)
    service_private: bytes = field(repr=False)
    people: tuple[Credentials, ...]

    @property
    def fingerprint(self) -> bytes:
        """What goes into the configuration: the fingerprint (32 bytes) of the root."""
        return root_fingerprint(verify_key(self.root_private))


def found(
    session: Session,
    plans: Sequence[OrganisationPlan],
    *,
    practice: bool = False,
    in_force: Mapping[str, bytes] | None = None,
    progress: Callable[[str], None] = lambda _name: None,
    paper: Paper | None = None,
    own: Own | None = None,
) -> Founded:
    """Found an installation in an empty, migrated database.

    ``paper`` has the keys that were written down already, ``own`` what one of the people logs in with. The root signs
    what is ``in_force`` (see :mod:`app.accounts.pinned`); without it an administrator does later.

    Raises: :class:`InstalledAlready`, :class:`RefusedPlan`.
    """
    if session.get(Installation, 1) is not None:
        raise InstalledAlready
    _check(plans)
    paper = paper or Paper(new_signing_key(), new_private_key())
    root, backup, service, salt = paper.root, paper.backup, new_signing_key(), token_bytes(32)
    ids = [new_id() for _ in plans]
    session.add(Installation(id=1, salt=salt, receiving_id=ids[0], practice=practice, **_public(paper, service)))
    chain.start(session)
    record = create_ring(session, RECORD)
    founding = Founding(root, _installed(ids[0], service, backup), in_force or {})
    people: list[Credentials] = []
    for organisation_id, plan in zip(ids, plans, strict=True):
        session.add(Organisation(id=organisation_id, name=plan.name))
        session.flush()
        here = list(_people(session, organisation_id, plan, salt, record, progress, own))
        founding.add_organisation(organisation_id, plan.name, _appointed(here))
        for queue in plan.queues:
            founding.add_ring(session, organisation_id, queue_ring(queue.id), queue.kind, _holders(here, queue.id))
        people += here
    founding.add_ring(session, ids[0], RECORD, "", _auditors(people))
    _found_statistics(session, founding, ids[0], people[: len(plans[0].people)])
    founding.state(session)
    return Founded(root, backup, service, tuple(people))


def _public(paper: Paper, service: bytes) -> dict[str, bytes]:
    """The public halves of the keys that are on paper and of the service's, by column."""
    return {
        "root_public": verify_key(paper.root),
        "service_public": verify_key(service),
        "backup_public": public_key(paper.backup),
    }


def _installed(receiving_id: str, service: bytes, backup: bytes) -> InstallationState:
    return InstallationState(receiving_id, verify_key(service), sha256(public_key(backup)))


def _auditors(people: Sequence[Credentials]) -> list[tuple[NewPerson, bool]]:
    return [(each.person, True) for each in people if Role.AUDITOR in each.plan.roles]


def _appointed(people: Sequence[Credentials]) -> list[tuple[NewPerson, tuple[Role, ...]]]:
    return [(each.person, each.plan.roles) for each in people]


def _holders(people: Sequence[Credentials], queue_id: str) -> list[tuple[NewPerson, bool]]:
    """Who holds a queue's key and whether they lead it."""
    return [(each.person, queue_id in each.plan.leads) for each in people if queue_id in each.plan.queues]


def _people(
    session: Session,
    organisation_id: str,
    plan: OrganisationPlan,
    salt: bytes,
    record: bytes,
    progress: Callable[[str], None],
    own: Own | None,
) -> Iterator[Credentials]:
    directory = new_key()
    # A queue that nobody belongs to has no key: its first lead will make it.
    peopled = {queue_id for each in plan.people for queue_id in each.queues}
    queue_keys = {id_: create_ring(session, queue_ring(id_)) for id_ in sorted(peopled)}
    session.add_all(Queue(id=queue.id, organisation_id=organisation_id, kind=queue.kind) for queue in plan.queues)
    for each in plan.people:
        person = add_person(
            session,
            salt=salt,
            organisation_id=organisation_id,
            directory_key=directory,
            name=each.name,
            shown=each.shown,
            roles=each.roles,
            own=own if own is not None and own.name == each.name else None,
        )
        for queue_id in each.queues:
            session.add(Membership(queue_id=queue_id, account_id=person.account_id, lead=queue_id in each.leads))
            share_ring(session, queue_ring(queue_id), 1, queue_keys[queue_id], person.account_id, person.public_key)
        if Role.AUDITOR in each.roles:
            share_ring(session, RECORD, 1, record, person.account_id, person.public_key)
        progress(each.name)
        yield Credentials(person, plan.name, each)


def _found_statistics(session: Session, founding: Founding, receiving_id: str, people: Sequence[Credentials]) -> None:
    """The ring that facets are sealed to: figures tell of all reports, so the receiving organisation alone has it."""
    holders = [each.person for each in people if Role.COORDINATOR in each.plan.roles]
    if holders:
        private = create_ring(session, STATISTICS)
        for person in holders:
            share_ring(session, STATISTICS, 1, private, person.account_id, person.public_key)
        session.flush()
    founding.add_ring(session, receiving_id, STATISTICS, "", [(person, True) for person in holders])


def _check(plans: Sequence[OrganisationPlan]) -> None:
    people = [person for plan in plans for person in plan.people]
    names = [fold_words(person.name) for person in people]
    queues = [queue.id for plan in plans for queue in plan.queues]
    problems = {
        "a person has no name": not all(names),
        "two people have one name": len(set(names)) != len(names),
        "an organisation has no name, or one of more than 200 characters": any(
            not 0 < len(plan.name.strip()) <= 200 for plan in plans
        ),
        # It stands in addresses and in the name of its ring.
        "a queue's id is not made of at most 50 small letters, digits and hyphens": not all(
            QUEUE_ID.fullmatch(queue) for queue in queues
        ),
        "two queues have one id": len(set(queues)) != len(queues),
        "there is no organisation": not plans,
        "nobody is an administrator": not any(Role.ADMINISTRATOR in person.roles for person in people),
        "nobody is an auditor": not any(Role.AUDITOR in person.roles for person in people),
        "a queue is of no known kind": any(queue.kind not in QUEUE_KINDS for plan in plans for queue in plan.queues),
        "a person belongs to another organisation's queue": any(
            not set(person.queues) <= {queue.id for queue in plan.queues} for plan in plans for person in plan.people
        ),
        "a person is named twice in a queue": any(len(set(p.queues)) != len(p.queues) for p in people),
        "a queue has members and none of them leads it": not {queue for person in people for queue in person.queues}
        <= {queue for person in people for queue in person.leads},
        "a person leads a queue without belonging to it": any(not set(p.leads) <= set(p.queues) for p in people),
        "somebody in a queue is no caseworker": any(p.queues and Role.CASEWORKER not in p.roles for p in people),
    }
    for problem, holds in problems.items():
        if holds:
            raise RefusedPlan(problem)
