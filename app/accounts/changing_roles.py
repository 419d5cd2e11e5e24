"""Changing what somebody is in their organisation: what it takes with it, and the change itself.

A role gives no key: whoever holds the record's or the statistics' admits them, and leads give those of queues. A role
that is taken away takes its keys with it as a removal does: the sealed copies go at once, and each of these rings waits
for a new generation by somebody who stays. What they sign by that role from then on counts for nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col

from app.accounts.appointing import first_where_nobody_is, where_all_stands
from app.accounts.directory import names
from app.accounts.errors import NoSuchPerson, RefusedPerson, StatedMeanwhile
from app.accounts.holding import holds
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.record import put_on_record
from app.accounts.removal import without_as_steward
from app.accounts.standing import standing
from app.accounts.tables import (
    Account,
    DirectoryShare,
    Membership,
    Newcomer,
    RecoveredKey,
    RingShare,
    SessionRow,
)
from app.accounts.vouching import Vouched, vouched
from app.accounts.vouching_rules import role_for, speakers
from app.accounts.vouching_states import OrganisationState, Person
from app.accounts.vouching_stating import administered, sign_organisation, write_statement
from app.accounts.waiting import waits
from app.alphabet import by_name
from app.storage.packing import pack
from app.vault.digest import sha256


@dataclass(frozen=True)
class HeldKey:
    """A ring whose key somebody holds: who else does, by name, who of them may renew it, and whether recovery has it.

    The names are of one's own organisation alone; ``others`` counts everybody.
    """

    ring: str
    kind: str
    others: int
    may_renew: tuple[str, ...]
    recoverable: bool


@dataclass(frozen=True)
class Roles:
    """What somebody is, and what they have by it; ``seen`` is other text as soon as anything of it is different."""

    account_id: str
    roles: frozenset[Role]
    keys: tuple[HeldKey, ...]
    stands_in_for: tuple[str, ...]
    seen: str

    def lost_with(self, roles: Collection[Role]) -> tuple[HeldKey, ...]:
        """The keys that go when these are all the roles that are left."""
        return tuple(key for key in self.keys if role_for(key.ring) in self.roles - set(roles))


def roles_of(session: Session, by: Member, account_id: str) -> Roles:
    """What somebody of the administrator's own organisation is and has.

    Raises: :class:`NoSuchPerson`, :class:`RefusedPerson` for who waits to be let in.
    """
    known = vouched(session)
    person = _standing(session, known, by, account_id)
    keys = tuple(_held(session, known, by, ring, account_id) for ring in _held_rings(known, account_id))
    stands_in = tuple(sorted(each.name for each in known.organisations.values() if account_id in each.stewards))
    seen = {
        "roles": sorted(person.roles),
        "keys": [[key.ring, key.others > 0, bool(key.may_renew), key.recoverable] for key in keys],
        "stands_in": list(stands_in),
    }
    return Roles(account_id, person.roles, keys, stands_in, sha256(pack(seen)).hex()[:16])


def check_roles(session: Session, by: Member, account_id: str, roles: Collection[Role]) -> None:
    """Refuse other roles for somebody where they cannot be.

    Raises: as :func:`roles_of`, and :class:`RefusedPerson`.
    """
    known, wanted = vouched(session), set(roles)
    person, state = _standing(session, known, by, account_id), known.organisations[by.organisation_id]
    why = ""
    if not wanted:
        why = "no_role"
    elif wanted == person.roles:
        why = "same_roles"
    elif Role.ADMINISTRATOR in person.roles - wanted and not _others_administer(session, state, account_id):
        why = "last_administrator"
    elif any(role_for(ring) in wanted - person.roles for ring in _named_rings(known, account_id)):
        why = "renew_first"
    if why:
        raise RefusedPerson({"roles": why})


def change_roles(
    session: Session, by: Member, account_id: str, roles: Collection[Role], seen: str, now: datetime
) -> tuple[HeldKey, ...]:
    """Give and take roles; return the keys that wait for a new generation.

    Raises: as :func:`check_roles`; :class:`StatedMeanwhile` where it is not any more as whoever decides has ``seen``
    it; :class:`~app.accounts.errors.MayNotState`.
    """
    before = roles_of(session, by, account_id)
    if seen != before.seen:
        raise StatedMeanwhile
    known, state = administered(session, by, by.organisation_id)
    check_roles(session, by, account_id, roles)
    taken, given = before.roles - set(roles), set(roles) - before.roles
    lost = before.lost_with(roles)
    statements = [sign_organisation(known, by.organisation_id, _following(known, by, account_id, roles), by)]
    if Role.ADMINISTRATOR in taken:
        statements += without_as_steward(session, known, by, account_id)
    words = {"roles": roles, "given": given, "taken": taken}
    details = {name: " ".join(sorted(each)) for name, each in words.items() if each}
    put_on_record(session, by, "roles_changed", now, account=account_id, **details)
    for statement in statements:
        write_statement(session, statement)
    session.execute(update(Account).where(col(Account.id) == account_id).values(roles=" ".join(sorted(roles))))
    session.execute(delete(SessionRow).where(col(SessionRow.account_id) == account_id))
    _take_copies(session, state, account_id, [key.ring for key in lost], taken)
    return lost


def _following(known: Vouched, by: Member, account_id: str, roles: Collection[Role]) -> OrganisationState:
    """The organisation with the change; where nobody holds the record or the statistics, who stays may begin anew."""
    state = known.organisations[by.organisation_id]
    before = state.people[account_id]
    person = before.with_roles(frozenset(roles), where_all_stands(known, by.organisation_id, state))
    state = replace(state, people={**state.people, account_id: person})
    if Role.ADMINISTRATOR in before.roles - person.roles:
        state = replace(state, stewards={who: key for who, key in state.stewards.items() if who != account_id})
    for who in sorted(state.people) if before.roles - person.roles else (account_id,):
        state = first_where_nobody_is(known, state, who)
    return state


def _take_copies(
    session: Session, state: OrganisationState, account_id: str, rings: Collection[str], taken: Collection[Role]
) -> None:
    """Delete the sealed copies of what goes with roles, and what they still waited for."""
    for table in (RingShare, RecoveredKey):
        mine = col(table.account_id) == account_id
        for ring in {*rings, *(ring for ring in state.rings if role_for(ring) in taken)}:
            session.execute(delete(table).where(mine, col(table.ring) == ring))
    if Role.CASEWORKER in taken:
        for table_of_queues in (Membership, Newcomer):
            session.execute(delete(table_of_queues).where(col(table_of_queues.account_id) == account_id))
    if Role.ADMINISTRATOR in taken:
        # What they read of organisations for which they stood in.
        own = session.get_one(Account, account_id).organisation_id
        foreign = col(DirectoryShare.account_id) == account_id, col(DirectoryShare.organisation_id) != own
        session.execute(delete(DirectoryShare).where(*foreign))


def _standing(session: Session, known: Vouched, by: Member, account_id: str) -> Person:
    """Somebody of the administrator's own organisation who was let in.

    Raises: :class:`NoSuchPerson`, :class:`RefusedPerson` for who waits to be.
    """
    account = session.get(Account, account_id)
    if account is None or account.organisation_id != by.organisation_id:
        raise NoSuchPerson
    if waits(session, account):
        raise RefusedPerson({"roles": "waits"})
    person = known.organisations[by.organisation_id].people.get(account_id)
    if person is None:
        raise NoSuchPerson
    return person


def _others_administer(session: Session, state: OrganisationState, account_id: str) -> bool:
    """Whether anybody else administers who does not wait to be let in again."""
    accounts = (session.get(Account, who) for who, each in state.people.items() if Role.ADMINISTRATOR in each.roles)
    return any(each is not None and each.id != account_id and not waits(session, each) for each in accounts)


def _named_rings(known: Vouched, account_id: str) -> list[str]:
    return sorted(ring for ring, state in known.rings.items() if account_id in state.holders)


def _held_rings(known: Vouched, account_id: str) -> list[str]:
    return [ring for ring in _named_rings(known, account_id) if holds(known, ring, account_id)]


def _held(session: Session, known: Vouched, by: Member, ring: str, account_id: str) -> HeldKey:
    state = known.rings[ring]
    others = [who for who in state.holders if who != account_id and holds(known, ring, who)]
    home = known.organisations[state.organisation]
    renewing = [
        who for who in others if who in home.people and home.people[who].keys.verify in speakers(state, who, ring, home)
    ]
    called = names(session, by.organisation_id, by.directory_key, renewing)
    return HeldKey(
        ring=ring,
        kind=home.rings[ring].kind,
        others=len(others),
        may_renew=tuple(sorted((called.get(who, "") for who in renewing), key=by_name)),
        recoverable=standing(session).rings[ring].covered,
    )
