"""What people at the desk must be told: where the database says something else than what was signed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.covering import TOLD_FOR, recent_uses
from app.accounts.lockdown import row_differs
from app.accounts.removal import administers_at_home
from app.accounts.rings import QUEUE, RECOVERY
from app.accounts.standing import Standing, Trouble, standing
from app.accounts.tables import Account
from app.accounts.vouching import Vouched, vouched
from app.accounts.vouching_anchor import ONCE, anchor_of
from app.accounts.vouching_by_root import SignedByRoot
from app.accounts.vouching_rings import Keys
from app.accounts.vouching_states import INSTALLATION, LOCKDOWN_CHAIN

# Every page of the desk asks this; it is built once.
_PEOPLE = select(
    col(Account.id),
    col(Account.organisation_id),
    col(Account.roles),
    col(Account.verify_key),
    col(Account.public_key),
)


class Alarm(StrEnum):
    """One kind of thing that is wrong, in the order of how much it matters."""

    STATEMENTS = "statements"
    ORGANISATION = "organisation"
    PERSON = "person"
    LOCKDOWN = "lockdown"
    IN_FORCE = "in_force"
    QUEUE = "queue"
    STRAY_QUEUE = "stray_queue"
    RECORD = "record"
    RECOVERY = "recovery"
    ORGANISATION_ADDED = "organisation_added"
    ROOT_USED = "root_used"
    RECOVERY_USED = "recovery_used"
    REMOVAL_WAITS = "removal_waits"


@dataclass(frozen=True)
class Raised:
    """An alarm and what it is about: a queue's or an account's id, or the name of a chain.

    ``detail`` is a code for whoever looks into it, or the name of a new organisation.
    """

    alarm: Alarm
    subject: str
    detail: str
    organisation_id: str | None


@dataclass(frozen=True)
class RootUse:
    """That the root signed after the founding, and the day on which this machine first met it.

    Nobody but the root says when that was.
    """

    signed: SignedByRoot
    met: date


def alarms(session: Session) -> tuple[Raised, ...]:
    """Everything about keys and people that is not as it was signed, in this installation.

    What is in force is looked at by :mod:`app.in_force.watch`, which also knows what the program carries.
    """
    now = standing(session)
    found = {
        *_of_statements(now.vouched),
        *_of_lockdown(session),
        *_of_organisations(now),
        *_of_rings(now),
        *_of_people(session, now.vouched),
    }
    return tuple(sorted(found, key=lambda each: (list(Alarm).index(each.alarm), each.subject, each.detail)))


def alarms_for(session: Session, organisation_id: str, now: datetime) -> tuple[Raised, ...]:
    """What concerns an organisation: its own, what concerns all, and that root or recovery were used a few days ago."""
    used = recent_uses(standing(session).vouched, organisation_id, now)
    uses = (
        Raised(Alarm.RECOVERY_USED, ring.removeprefix(QUEUE), day.isoformat(), organisation_id)
        for ring, day in sorted(used.items())
    )
    return (
        *(each for each in alarms(session) if each.organisation_id in (None, organisation_id)),
        *_of_root(session, now),
        *uses,
    )


def root_uses(session: Session, now: datetime) -> Iterator[RootUse]:
    """Everything that the root signed of people, of new organisations or of the installation, however long ago."""
    known = vouched(session)
    if not known.by_root:
        return
    anchor = anchor_of(session)
    met, today = anchor.done_once(), now.date().toordinal()
    for digest, signed in known.by_root.items():
        name = f"root:{digest.hex()}"
        if name not in met:
            anchor.note({f"{ONCE}{name}": (today, digest)})
        yield RootUse(signed, date.fromordinal(met.get(name, (today, b""))[0]))


def _of_root(session: Session, now: datetime) -> Iterable[Raised]:
    """What the root signed in the last days, for everybody: whoever stole its paper would do just this."""
    known = vouched(session)
    for use in root_uses(session, now):
        signed = use.signed
        if now.date() - use.met > TOLD_FOR:
            continue
        if signed.is_new:
            name = known.organisations[signed.organisation_id].name
            yield Raised(Alarm.ORGANISATION_ADDED, signed.organisation_id, name, None)
            continue
        for subject in signed.whom or (signed.organisation_id,):
            yield Raised(Alarm.ROOT_USED, subject, signed.organisation_id, None)


def _of_statements(known: Vouched) -> Iterable[Raised]:
    for chain, fault in known.faults.items():
        kind, _, name = chain.partition(":")
        owner = None
        if kind == "organisation" and name in known.organisations:
            owner = name
        elif kind == "ring" and name in known.rings:
            owner = known.rings[name].organisation
        yield Raised(Alarm.STATEMENTS, chain, fault.value, owner)


def _of_lockdown(session: Session) -> Iterable[Raised]:
    if row_differs(session):
        yield Raised(Alarm.LOCKDOWN, LOCKDOWN_CHAIN, "not_signed", None)


def _of_organisations(now: Standing) -> Iterable[Raised]:
    for organisation_id, trouble in now.troubles.items():
        # A chain that does not hold is named above already.
        if trouble is not Trouble.CHAIN:
            everybody = organisation_id == INSTALLATION or organisation_id not in now.vouched.organisations
            owner = None if everybody else organisation_id
            yield Raised(Alarm.ORGANISATION, organisation_id, trouble.value, owner)


def _of_rings(now: Standing) -> Iterable[Raised]:
    for ring, found in now.rings.items():
        if found.trouble in (None, Trouble.CHAIN):
            continue
        state = now.vouched.rings.get(ring)
        owner = next((owner for queue_id, _, owner in now.queues if f"{QUEUE}{queue_id}" == ring), None)
        owner = state.organisation if state is not None else owner
        yield Raised(_alarm_of(ring, found.trouble), ring.removeprefix(QUEUE), str(found.trouble), owner)
    for ring in now.lost_copies:
        yield Raised(Alarm.RECOVERY, ring.removeprefix(QUEUE), "no_copy", now.vouched.rings[ring].organisation)


def _alarm_of(ring: str, trouble: Trouble | None) -> Alarm:
    if trouble is Trouble.REMOVAL_WAITS:
        return Alarm.REMOVAL_WAITS
    if trouble is Trouble.NOT_VOUCHED:
        return Alarm.STRAY_QUEUE
    if ring.startswith(RECOVERY):
        return Alarm.RECOVERY
    return Alarm.QUEUE if ring.startswith(QUEUE) else Alarm.RECORD


def _of_people(session: Session, known: Vouched) -> Iterable[Raised]:
    seen = set()
    for account_id, organisation_id, roles, verify_key, public_key in session.connection().execute(_PEOPLE):
        seen.add(account_id)
        state = known.organisations.get(organisation_id)
        if state is None or account_id in state.left:
            continue
        person = state.people.get(account_id)
        if person is None:
            yield Raised(Alarm.PERSON, account_id, "not_appointed", organisation_id)
        elif person.keys != Keys.of(verify_key, public_key):
            yield Raised(Alarm.PERSON, account_id, "other_keys", organisation_id)
        elif person.roles != set(roles.split()):
            yield Raised(Alarm.PERSON, account_id, "other_roles", organisation_id)
    for organisation_id, state in known.organisations.items():
        for account_id in state.people.keys() - seen:
            yield Raised(Alarm.PERSON, account_id, "no_account", organisation_id)
        for account_id, key in state.stewards.items():
            has = known.appointed(account_id)
            # Removed, reset or no administrator any more at home, by somebody who may not sign here.
            home = administers_at_home(known, account_id)
            if has is None or has.verify != key or not home:
                detail = "administers_with_older_keys" if home else "administers_still"
                yield Raised(Alarm.PERSON, account_id, detail, organisation_id)
