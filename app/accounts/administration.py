"""What administrators see: people, queues and organisations, and what waits for whom. No key to a case is near."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col, func, select

from app.accounts.admission import newcomers
from app.accounts.appointing import name_lead, name_queue
from app.accounts.directory import open_name
from app.accounts.errors import NoSuchPerson, RefusedPerson
from app.accounts.holding import holds
from app.accounts.installation import about
from app.accounts.invitations import pending
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.queues import LEAST_HOLDERS, queue_states
from app.accounts.ring_keeping import begin_ring
from app.accounts.rings import QUEUE, queue_ring
from app.accounts.setup import QUEUE_ID, QUEUE_KINDS
from app.accounts.tables import Account, SpareCode
from app.accounts.vouching import vouched
from app.accounts.vouching_rules import speakers
from app.accounts.waiting import waits as waits_to_be_admitted
from app.alphabet import by_name
from app.vault.signing import verify_key


@dataclass(frozen=True)
class StaffPerson:
    """Somebody of the administrator's own organisation."""

    id: str
    name: str
    roles: tuple[Role, ...]
    queues: tuple[str, ...]
    leads: frozenset[str]
    admitted: bool
    waits_for: tuple[str, ...]
    spare_codes: int
    # Whether what they wait for was signed by somebody who administers here now, and on which day.
    signed_on: date | None = None


@dataclass(frozen=True)
class StaffQueue:
    """A queue of the administrator's own organisation, and who holds its newest key."""

    id: str
    kind: str
    leads: tuple[str, ...]
    members: tuple[str, ...]
    named: tuple[str, ...]
    has_key: bool
    ready: bool


@dataclass(frozen=True)
class KnownOrganisation:
    """An organisation of the installation as every administrator may know it."""

    id: str
    name: str
    receiving: bool
    people: int
    queues: int
    leaving: date | None = None
    ended: date | None = None


class Waiting(StrEnum):
    """What keeps somebody waiting."""

    INVITED = "invited"
    TO_ADMIT = "to_admit"
    TO_QUEUE = "to_queue"
    NO_KEY = "no_key"
    ALONE = "alone"


@dataclass(frozen=True)
class Waits:
    """One thing that waits: for which person or queue, and for whom."""

    what: Waiting
    who: str = ""
    queue: str = ""
    until: date | None = None


def staff(session: Session, member: Member) -> tuple[StaffPerson, ...]:
    """Everybody of the member's organisation: first who waits, then all others by name."""
    known, waiting = vouched(session), newcomers(session, member)
    appointed = known.organisations[member.organisation_id].people
    rings = {ring.removeprefix(QUEUE): state for ring, state in known.rings.items() if ring.startswith(QUEUE)}
    spare: dict[str, int] = dict(
        session.exec(select(SpareCode.account_id, func.count()).group_by(col(SpareCode.account_id))).all()
    )
    found = []
    for account in session.exec(select(Account).where(col(Account.organisation_id) == member.organisation_id)):
        person, meant = appointed.get(account.id), waiting.get(account.id)
        waits = waits_to_be_admitted(session, account)
        if (waits and meant is None) or (not waits and person is None):
            # Nobody invited them, or they were removed.
            continue
        held = {
            queue: state.holders[account.id]
            for queue, state in sorted(rings.items())
            if not waits and person and holds(known, queue_ring(queue), account.id)
        }
        roles = tuple(sorted(person.roles)) if person else meant.roles if meant else ()
        found.append(
            StaffPerson(
                id=account.id,
                name=open_name(member.directory_key, member.organisation_id, account.id, account.name_sealed),
                roles=roles,
                queues=tuple(held),
                leads=frozenset(queue for queue, holder in held.items() if holder.lead),
                admitted=not waits,
                waits_for=tuple(queue for queue in meant.queues if queue not in held) if meant else (),
                spare_codes=spare.get(account.id, 0),
                signed_on=meant.on if meant else None,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.admitted, by_name(each.name))))


def staff_queues(session: Session, member: Member, people: tuple[StaffPerson, ...]) -> tuple[StaffQueue, ...]:
    """The queues of the member's organisation, with the names of those who hold their keys or were named to begin."""
    rings = vouched(session).organisations[member.organisation_id].rings
    called = {person.id: person.name for person in people}
    return tuple(
        StaffQueue(
            id=queue.id,
            kind=queue.kind,
            leads=tuple(person.name for person in people if queue.id in person.leads),
            members=tuple(person.name for person in people if queue.id in person.queues),
            named=tuple(called[account] for account in rings[queue_ring(queue.id)].first if account in called),
            has_key=queue.key is not None,
            ready=queue.ready,
        )
        for queue in queue_states(session)
        if queue.organisation_id == member.organisation_id
    )


def organisations(session: Session) -> tuple[KnownOrganisation, ...]:
    """Every organisation of the installation, the receiving one first, those that ended last."""
    receiving = about(session).receiving_id
    queues = queue_states(session)
    found = (
        KnownOrganisation(
            id=organisation_id,
            name=state.name,
            receiving=organisation_id == receiving,
            people=len(state.people),
            queues=sum(queue.organisation_id == organisation_id for queue in queues),
            leaving=_day(state.leaving),
            ended=_day(state.ended),
        )
        for organisation_id, state in vouched(session).organisations.items()
    )
    return tuple(sorted(found, key=lambda each: (not each.receiving, each.ended is not None, by_name(each.name))))


def _day(moment: str) -> date | None:
    return datetime.fromisoformat(moment).date() if moment else None


def waits(
    session: Session,
    member: Member,
    people: tuple[StaffPerson, ...],
    queues: tuple[StaffQueue, ...],
    now: datetime,
) -> tuple[Waits, ...]:
    """What is unfinished in the member's organisation, and who can finish it."""
    found = [Waits(Waiting.INVITED, who=each.wish.shown, until=each.ends) for each in pending(session, member, now)]
    for person in people:
        if not person.admitted:
            found.append(Waits(Waiting.TO_ADMIT, who=person.name))
        else:
            found += [Waits(Waiting.TO_QUEUE, who=person.name, queue=queue) for queue in person.waits_for]
    for queue in queues:
        if not queue.has_key:
            found.append(Waits(Waiting.NO_KEY, who=", ".join(queue.named), queue=queue.id))
        elif len(queue.members) < LEAST_HOLDERS and not queue.ready:
            found.append(Waits(Waiting.ALONE, who=", ".join(queue.members), queue=queue.id))
    return tuple(found)


def found_queue(session: Session, member: Member, queue_id: str, kind: str, lead_id: str, now: datetime) -> None:
    """Found a queue of the member's organisation, without a key, and name who makes its first one.

    Raises: :class:`RefusedPerson`, :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    known = vouched(session)
    lead = known.organisations[member.organisation_id].people.get(lead_id)
    problems = {}
    if not QUEUE_ID.fullmatch(queue_id):
        problems["queue"] = "queue_id"
    elif any(queue_ring(queue_id) in each.rings for each in known.organisations.values()):
        problems["queue"] = "queue_taken"
    if kind not in QUEUE_KINDS:
        problems["kind"] = "queue_kind"
    if lead is None or Role.CASEWORKER not in lead.roles:
        problems["lead"] = "lead"
    if problems:
        raise RefusedPerson(problems)
    name_queue(session, member, member.organisation_id, queue_id, kind, lead_id, now)


def let_lead(session: Session, member: Member, account_id: str, queue_id: str, now: datetime) -> None:
    """Name one more person who may lead a queue of the organisation; it gives them no key.

    Raises: :class:`NoSuchPerson`, :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    state = vouched(session).organisations[member.organisation_id]
    person = state.people.get(account_id)
    if person is None or Role.CASEWORKER not in person.roles or queue_ring(queue_id) not in state.rings:
        raise NoSuchPerson
    name_lead(session, member, member.organisation_id, queue_ring(queue_id), account_id, now)


def to_begin(session: Session, member: Member) -> tuple[tuple[str, str], ...]:
    """The queues (id, kind) whose first key the member was named to make, and nobody has made yet."""
    known = vouched(session)
    state = known.organisations.get(member.organisation_id)
    if state is None or not member.admitted:
        return ()
    mine = verify_key(member.signing_key)
    return tuple(
        (ring.removeprefix(QUEUE), named.kind)
        for ring, named in sorted(state.rings.items())
        if ring.startswith(QUEUE)
        and ring not in known.rings
        # Who was named, and lost the role since, is none of these.
        and mine in speakers(None, member.account_id, ring, state)
    )


def begin_queue(session: Session, member: Member, queue_id: str, now: datetime) -> None:
    """Make the first key of a queue, in its first lead's own session.

    Raises: :class:`NoSuchPerson` where it is not theirs to make, :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    if queue_id not in {queue for queue, _kind in to_begin(session, member)}:
        raise NoSuchPerson
    begin_ring(session, member, queue_ring(queue_id), now)
