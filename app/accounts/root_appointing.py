"""An administrator whom the root appoints from paper, where none is left who could: a link, and then being let in.

The root may always speak for an organisation; here it says no more than that one person administers it, whose words
were heard. It opens nothing: the key to the names comes from somebody of the organisation who reads them, or from its
trustees. Whoever steals the paper could do the same, so everybody at the desk is told (:mod:`app.accounts.alarms`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.accounts.admission import hold_against
from app.accounts.directory import open_name, seal_name, sealed_directory_share
from app.accounts.errors import MayNotState, NoSuchPerson, NotVouched, RefusedPerson, StillHeld
from app.accounts.invitations import LONGEST_NAME, Invited, Kind, draw_link
from app.accounts.meant import Inviter, Meant, open_newcomer, seal_newcomer
from app.accounts.members import Member
from app.accounts.partners import read_root
from app.accounts.people import new_id
from app.accounts.permissions import Role
from app.accounts.record import put_on_record_by_machine
from app.accounts.recovery import names_by_trustees
from app.accounts.tables import Account, Newcomer, SessionRow
from app.accounts.vouching import vouched
from app.accounts.vouching_rings import Keys
from app.accounts.vouching_rules import keeps
from app.accounts.vouching_statements import ROOT
from app.accounts.vouching_states import OrganisationState, Person, organisation_chain
from app.accounts.vouching_stating import sign_next_as, write_statement
from app.accounts.waiting import waits
from app.vault.errors import VaultError

ROLES = (Role.ADMINISTRATOR,)


@dataclass(frozen=True)
class Reading:
    """An organisation whose names are read here, and the service's key, which puts on the record what is done."""

    organisation_id: str
    directory_key: bytes = field(repr=False)
    service_private: bytes = field(repr=False)


def left_without(session: Session, organisation_id: str, now: datetime) -> tuple[OrganisationState, tuple[str, ...]]:
    """An organisation as it was signed, and the accounts that administer it by that, though none may be able to.

    Raises: :class:`NoSuchPerson` where there is none, or it ended; :class:`StillHeld` while an administrator of it is
    logged in, who appoints another without the root.
    """
    state = vouched(session).organisations.get(organisation_id)
    if state is None or state.ended:
        raise NoSuchPerson
    administrators = {account for account, person in state.people.items() if Role.ADMINISTRATOR in person.roles}
    standing = tuple(sorted(administrators | state.stewards.keys()))
    mine = select(col(SessionRow.locator)).where(col(SessionRow.account_id).in_(standing), col(SessionRow.ends) > now)
    if session.execute(mine).first() is not None:
        raise StillHeld
    return state, standing


def read_by_member(session: Session, member: Member, organisation_id: str, service_private: bytes) -> Reading:
    """The names as somebody of the organisation reads them who logged in.

    Raises: :class:`MayNotState` for whoever is of another organisation, or waits to be let in; :class:`StillHeld` for
    an administrator, who needs no root.
    """
    if Role.ADMINISTRATOR in member.roles:
        raise StillHeld
    if member.organisation_id != organisation_id or not member.directory_key:
        raise MayNotState
    return _reading(session, Reading(organisation_id, member.directory_key, service_private))


def read_by_trustees(session: Session, organisation_id: str, typed: Sequence[str], service_private: bytes) -> Reading:
    """The names as trustees give them back with their shares.

    Raises: :class:`~app.accounts.errors.RefusedShares`, :class:`MayNotState` where there is no recovery key,
    :class:`NotVouched` where it does not hold these names.
    """
    key = names_by_trustees(session, organisation_id, typed)
    return _reading(session, Reading(organisation_id, key, service_private))


def invite_by_root(session: Session, reading: Reading, shown: str, root_typed: str, now: datetime) -> str:
    """Make the link for an administrator of the organisation; return its token. It gives nobody anything by itself.

    Raises: :class:`RefusedPerson` for another key than the root's, or no name; as :func:`left_without`.
    """
    state, _standing = left_without(session, reading.organisation_id, now)
    problems = {} if 0 < len(shown.strip()) <= LONGEST_NAME else {"administrator": "name"}
    root = b""
    try:
        root = read_root(session, root_typed)
    except RefusedPerson as refused:
        problems |= refused.problems
    if problems:
        raise RefusedPerson(problems)
    account_id = new_id()
    by = Inviter(reading.organisation_id, ROOT, root, now)
    invited = Invited(
        kind=Kind.JOIN,
        account_id=account_id,
        organisation_id=reading.organisation_id,
        organisation=state.name,
        inviter=ROOT,
        shown=shown.strip(),
        roles=ROLES,
        name_sealed=seal_name(reading.directory_key, reading.organisation_id, account_id, shown.strip()),
        newcomer_sealed=seal_newcomer(reading.directory_key, account_id, Meant(ROLES, ()), by),
    )
    token, row = draw_link(invited, (), reading.directory_key, now)
    _note(session, reading, "invited_by_root", account_id, now)
    session.add(row)
    return token


def waiting_for_root(session: Session, reading: Reading) -> dict[str, str]:
    """Who joined and waits to administer the organisation: the names by their accounts."""
    query = select(Account).where(col(Account.organisation_id) == reading.organisation_id).order_by(col(Account.id))
    return {
        account.id: open_name(reading.directory_key, reading.organisation_id, account.id, account.name_sealed)
        for account in session.scalars(query)
        if _meant_to_administer(session, reading, account) is not None
    }


def is_signed_for(session: Session, reading: Reading, account_id: str) -> bool:
    """Whether the root, or an administrator of today, signed that somebody who waits is meant to administer.

    Where not, their link may be of an earlier release; else somebody of the organisation with the database forged it.
    """
    account = session.get(Account, account_id)
    meant = None if account is None else _meant_to_administer(session, reading, account)
    return meant is not None and bool(meant.by)


def admit_by_root(
    session: Session, reading: Reading, account_id: str, typed: str, root_typed: str, now: datetime
) -> None:
    """Let somebody who joined administer the organisation, whose words were heard; the root signs it.

    Raises: :class:`NoSuchPerson`, :class:`~app.accounts.errors.WrongFingerprint`, :class:`RefusedPerson` for another
    key than the root's, :class:`~app.accounts.errors.StatedMeanwhile`; as :func:`left_without`.
    """
    state, _standing = left_without(session, reading.organisation_id, now)
    account = session.get(Account, account_id)
    if account is None or account_id not in waiting_for_root(session, reading):
        raise NoSuchPerson
    keys = Keys.of(account.verify_key, account.public_key)
    hold_against(typed, keys)
    root, known = read_root(session, root_typed), vouched(session)
    # Whoever stood in from elsewhere could not act, and would be out of reach of who administers it now.
    following = replace(state, people={**state.people, account_id: Person(keys, frozenset(ROLES))}, stewards={})
    if known.organisation_of(account_id) is not None or not keeps(state, following):
        raise MayNotState
    statement = sign_next_as(known, organisation_chain(reading.organisation_id), following, ROOT, root)
    share = sealed_directory_share(reading.organisation_id, reading.directory_key, account_id, account.public_key)
    _note(session, reading, "appointed_by_root", account_id, now)
    write_statement(session, statement)
    session.execute(delete(Newcomer).where(col(Newcomer.account_id) == account_id))
    session.add(share)


def note_refused(session: Session, reading: Reading, kind: str, account_id: str, now: datetime) -> None:
    """Put on the record that other words, or another key than the root's, were typed; nothing else was done."""
    _note(session, reading, kind, account_id, now)


def _note(session: Session, reading: Reading, kind: str, account_id: str, now: datetime) -> None:
    details = {"organisation": reading.organisation_id, "account": account_id}
    put_on_record_by_machine(session, reading.service_private, kind, now, **details)


def _reading(session: Session, reading: Reading) -> Reading:
    """The same, if its key opens the name of anybody who stands in the organisation.

    Raises: :class:`NotVouched`: names under another key would be read by nobody.
    """
    state = vouched(session).organisations.get(reading.organisation_id)
    people = () if state is None else state.people
    rows = session.execute(select(col(Account.id), col(Account.name_sealed)).where(col(Account.id).in_(people)))
    if not any(_opens(reading, account_id, sealed) for account_id, sealed in rows):
        raise NotVouched(reading.organisation_id)
    return reading


def _opens(reading: Reading, account_id: str, sealed: bytes) -> bool:
    try:
        return bool(open_name(reading.directory_key, reading.organisation_id, account_id, sealed))
    except VaultError:
        return False


def _meant_to_administer(session: Session, reading: Reading, account: Account) -> Meant | None:
    row = session.get(Newcomer, account.id)
    if row is None or not waits(session, account):
        return None
    meant = open_newcomer(session, reading.directory_key, reading.organisation_id, row)
    return meant if meant is not None and meant.roles == ROLES else None
