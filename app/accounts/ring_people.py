"""Who holds the key of the record or of the statistics: seen by who has the role, given and renewed by who holds it.

Of these keys everybody who holds one leads: auditors and coordinators are equals. Queues have pages of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.accounts.admission import hold_against
from app.accounts.directory import names
from app.accounts.errors import NoSuchPerson
from app.accounts.holding import holds
from app.accounts.members import Member, colleagues
from app.accounts.ring_keeping import grant_ring
from app.accounts.standing import Trouble, standing
from app.accounts.tables import Account
from app.accounts.vouching import vouched
from app.accounts.vouching_rules import role_for, speakers
from app.accounts.waiting import waits
from app.alphabet import by_name
from app.vault.signing import verify_key


@dataclass(frozen=True)
class RingHolder:
    """Somebody who was given the newest key; ``name`` is empty for somebody who left or is of another organisation."""

    name: str
    here: bool


@dataclass(frozen=True)
class RingPeople:
    """A ring as whoever has its role sees it; ``waiting`` (account -> name) only for who ``may`` give it."""

    ring: str
    generation: int
    holders: tuple[RingHolder, ...]
    removal_waits: bool
    may: bool
    waiting: Mapping[str, str]


def ring_people(session: Session, member: Member, ring: str) -> RingPeople:
    """Who holds ``ring``, and who of the member's organisation could be given it."""
    now = standing(session)
    known, state = now.vouched, now.vouched.rings.get(ring)
    held = {} if state is None else state.holders
    called = colleagues(session, member, held.keys())
    holders = [RingHolder(called.get(account, ""), holds(known, ring, account)) for account in held]
    may = _may(session, member, ring)
    trouble = now.rings[ring].trouble if ring in now.rings else None
    return RingPeople(
        ring=ring,
        generation=0 if state is None else state.generation,
        holders=tuple(sorted(holders, key=lambda holder: by_name(holder.name))),
        removal_waits=trouble is Trouble.REMOVAL_WAITS,
        may=may and state is not None,
        waiting=_waiting(session, member, ring) if may and state is not None else {},
    )


def admit_to_ring(session: Session, member: Member, ring: str, account_id: str, typed: str, now: datetime) -> None:
    """Give the key to somebody whose words were heard and typed; they may give it on and renew it.

    Raises: :class:`NoSuchPerson`, :class:`~app.accounts.errors.WrongFingerprint`,
    :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    if account_id not in ring_people(session, member, ring).waiting:
        raise NoSuchPerson
    keys = vouched(session).appointed(account_id)
    assert keys is not None
    hold_against(typed, keys)
    grant_ring(session, member, ring, account_id, now, lead=True)


def _may(session: Session, member: Member, ring: str) -> bool:
    known = vouched(session)
    organisation = known.organisations.get(member.organisation_id)
    if organisation is None or ring not in organisation.rings:
        return False
    return verify_key(member.signing_key) in speakers(known.rings.get(ring), member.account_id, ring, organisation)


def _waiting(session: Session, member: Member, ring: str) -> dict[str, str]:
    known = vouched(session)
    people, holders = known.organisations[member.organisation_id].people, known.rings[ring].holders
    found = [
        account
        for account in session.exec(select(Account).where(col(Account.id).in_(people)))
        if role_for(ring) in people[account.id].roles
        and not (account.id in holders and holders[account.id].keys == people[account.id].keys)
        and not waits(session, account)
    ]
    return names(session, member.organisation_id, member.directory_key, [account.id for account in found])
