"""What administrators sign: who belongs to the organisation with which keys and roles, and who may begin which ring.

None of it gives anybody a key: a queue's key is made by its first lead, and given on by leads.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from app.accounts.errors import MayNotState
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.record import put_on_record
from app.accounts.rings import RECORD, STATISTICS, queue_ring
from app.accounts.tables import Account, Queue
from app.accounts.vouching import Vouched
from app.accounts.vouching_rings import Keys
from app.accounts.vouching_rules import role_for, still_held
from app.accounts.vouching_statements import Statement
from app.accounts.vouching_states import (
    ON_ORGANISATION,
    ON_RECORD,
    Named,
    OrganisationState,
    Person,
    organisation_chain,
    ring_chain,
)
from app.accounts.vouching_stating import administered, sign_organisation, write_statement
from app.trail.chain import head


def appoint(
    session: Session,
    by: Member,
    organisation_id: str,
    account_id: str,
    keys: tuple[bytes, bytes],
    roles: Collection[Role],
    now: datetime,
) -> None:
    """Vouch for a person with their signing key (32 bytes) and public key (1,216 bytes) and their roles.

    For somebody who stands there already it changes roles; with other keys it is a reset: what they hold of rings
    counts no more until a lead has given it to them anew, and what they signed before still counts as theirs.

    Raises: :class:`MayNotState`, :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    known, state = administered(session, by, organisation_id)
    before = state.people.get(account_id)
    elsewhere = known.organisation_of(account_id) not in (None, organisation_id)
    if elsewhere or account_id in state.left:
        raise MayNotState
    new = Keys.of(*keys)
    person = Person(new, frozenset(roles))
    if before is not None:
        person = replace(before.with_roles(frozenset(roles), where_all_stands(known, organisation_id, state)), keys=new)
        if before.keys.verify != new.verify:
            # Whoever had the older keys has no session any more since the new ones were made, minutes ago at least.
            own = {ON_RECORD: head(session).seq, ON_ORGANISATION: known.numbers[organisation_chain(organisation_id)]}
            stood = known.reached(state) | own
            earlier, until = (before.keys.verify, *before.earlier), (stood, *before.until)
            person = replace(person, earlier=earlier, until=until)
    following = first_where_nobody_is(known, replace(state, people={**state.people, account_id: person}), account_id)
    statements = [sign_organisation(known, organisation_id, following, by)]
    statements += _as_steward(session, known, by, account_id, new.verify)
    put_on_record(session, by, "appointed", now, account=account_id, roles=" ".join(sorted(roles)))
    for statement in statements:
        write_statement(session, statement)
    # A link that was made before their roles were changed has left the older ones there.
    row = update(Account).where(col(Account.id) == account_id)
    session.execute(row.values(roles=" ".join(sorted(roles))))


def where_all_stands(known: Vouched, organisation_id: str, state: OrganisationState) -> dict[str, int]:
    """Where everything stands in which somebody of an organisation signs by a role that they have."""
    shared = {ring: known.numbers.get(ring_chain(ring), 0) for ring in (RECORD, STATISTICS)}
    return known.reached(state) | shared | {ON_ORGANISATION: known.numbers[organisation_chain(organisation_id)]}


def naming(state: OrganisationState, ring: str, account_id: str, verify: bytes) -> OrganisationState:
    """The organisation with one more person who may begin a ring; the same where they may already."""
    named = state.rings.get(ring, Named("", {}))
    keys = tuple(dict.fromkeys((*named.first.get(account_id, ()), verify)))
    return replace(state, rings={**state.rings, ring: replace(named, first={**named.first, account_id: keys})})


def first_where_nobody_is(known: Vouched, state: OrganisationState, account_id: str) -> OrganisationState:
    """The organisation with somebody named for the record or the statistics, whose role it is, if nobody holds its key.

    They found it, or begin it anew, as the lead of a queue does; of these two no page names anybody.
    """
    person = state.people[account_id]
    for ring in (RECORD, STATISTICS):
        stands = known.rings.get(ring)
        if ring in state.rings and role_for(ring) in person.roles and not (stands and still_held(ring, stands, state)):
            state = naming(state, ring, account_id, person.keys.verify)
    return state


def _as_steward(session: Session, known: Vouched, by: Member, account_id: str, key: bytes) -> list[Statement]:
    """Let the key that somebody has now count where they stand in for an organisation, and no older one."""
    found = []
    for organisation_id, state in known.organisations.items():
        if state.stewards.get(account_id, key) != key:
            try:
                administered(session, by, organisation_id)
            except MayNotState:
                continue
            following = replace(state, stewards={**state.stewards, account_id: key})
            found.append(sign_organisation(known, organisation_id, following, by))
    return found


def name_queue(
    session: Session, by: Member, organisation_id: str, queue_id: str, kind: str, lead_id: str, now: datetime
) -> None:
    """Found a queue without a key and name the person who makes its first key and leads it.

    Raises: :class:`MayNotState` where the queue is there already, anywhere, or the person is no caseworker of the
    organisation; :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    known, state = administered(session, by, organisation_id)
    ring = queue_ring(queue_id)
    lead = state.people.get(lead_id)
    taken = any(ring in each.rings for each in known.organisations.values())
    if taken or lead is None or Role.CASEWORKER not in lead.roles:
        raise MayNotState
    named = Named(kind, {lead_id: (lead.keys.verify,)})
    statement = sign_organisation(known, organisation_id, replace(state, rings={**state.rings, ring: named}), by)
    put_on_record(session, by, "queue_named", now, queue=queue_id, account=lead_id)
    write_statement(session, statement)
    session.add(Queue(id=queue_id, organisation_id=organisation_id, kind=kind))


def name_lead(session: Session, by: Member, organisation_id: str, ring: str, account_id: str, now: datetime) -> None:
    """Name one more person who may begin ``ring``, carry it on if they hold its key, or begin anew where nobody does.

    It makes nobody a holder. A ring that no organisation has yet (``recovery:…``) is founded by it, without a key.

    Raises: :class:`MayNotState`, :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    known, state = administered(session, by, organisation_id)
    person = state.people.get(account_id)
    elsewhere = any(ring in each.rings for each in known.organisations.values()) and ring not in state.rings
    if person is None or elsewhere:
        raise MayNotState
    following = naming(state, ring, account_id, person.keys.verify)
    statement = sign_organisation(known, organisation_id, following, by)
    put_on_record(session, by, "lead_named", now, ring=ring, account=account_id)
    write_statement(session, statement)
