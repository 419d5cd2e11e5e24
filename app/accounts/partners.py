"""Adding an organisation: signed by the root from paper, then its first administrator joins and is let in.

Until somebody administers the new organisation itself, administrators of the receiving one stand in: they hold the key
to its names, which is that of one person, and let that person in after hearing their words. With that same statement
they stop standing in, and their copies of the key go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.accounts.admission import hold_against
from app.accounts.directory import open_directory, open_name, seal_name, sealed_directory_share
from app.accounts.errors import KeyNotHeld, MayNotState, NoSuchPerson, RefusedPerson
from app.accounts.installation import about
from app.accounts.invitations import LONGEST_NAME, Invited, Kind, give_out, pending
from app.accounts.meant import Inviter, Meant, open_newcomer, seal_newcomer
from app.accounts.members import Member
from app.accounts.people import new_id
from app.accounts.permissions import Role
from app.accounts.record import put_on_record
from app.accounts.tables import Account, DirectoryShare, Newcomer, Organisation
from app.accounts.vouching import vouched
from app.accounts.vouching_anchor import anchor_of, root_fingerprint
from app.accounts.vouching_rings import Keys
from app.accounts.vouching_statements import BEFORE_THE_FIRST, ROOT, make_statement
from app.accounts.vouching_states import OrganisationState, Person, organisation_chain
from app.accounts.vouching_stating import administered, sign_organisation, write_statement
from app.accounts.waiting import waits
from app.alphabet import by_name
from app.vault.digest import sha256
from app.vault.errors import WrongKey
from app.vault.signing import verify_key
from app.vault.symmetric import new_key
from app.vault.unlock import fold_words

LONGEST_ORGANISATION = 200
LONGEST_PURPOSE = 1_000
ROLES = (Role.ADMINISTRATOR,)


@dataclass(frozen=True)
class NewOrganisation:
    """What is typed about an organisation: its public name, why it is added, and who administers it first."""

    name: str
    purpose: str
    administrator: str


@dataclass(frozen=True)
class Begun:
    """An organisation that nobody of its own administers yet; ``waiting`` joined and may be let in by the member."""

    id: str
    name: str
    waiting: tuple[tuple[str, str], ...] = field(repr=False)
    invited: bool = False


def read_root(session: Session, typed: str) -> bytes:
    """The root's private key (32 bytes) as it stands on paper: 64 hexadecimal digits, in any groups.

    Raises: :class:`RefusedPerson` where it is another key, or none.
    """
    try:
        private = bytes.fromhex("".join(character for character in typed if character.isalnum()))
        right = root_fingerprint(verify_key(private)) == anchor_of(session).fingerprint
    except (ValueError, WrongKey):
        right = False
    if not right:
        raise RefusedPerson({"root_key": "root_key"})
    return private


def add_organisation(session: Session, member: Member, new: NewOrganisation, root_typed: str, now: datetime) -> str:
    """Sign a new organisation in; return the token of its first administrator's link.

    Raises: :class:`RefusedPerson` with everything that was wrong, :class:`MayNotState` for whoever administers another
    organisation than the receiving one, :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    stewards = stewards_of(session, member)
    root = _checked(session, new, root_typed)
    organisation_id, directory = new_id(), new_key()
    state = OrganisationState(new.name.strip(), stewards={account: keys.verify for account, keys in stewards.items()})
    statement = make_statement(organisation_chain(organisation_id), 1, BEFORE_THE_FIRST, state, ROOT, root)
    shares = _shares(session, organisation_id, directory, stewards)
    put_on_record(session, member, "organisation_added", now, organisation=organisation_id, purpose=new.purpose.strip())
    write_statement(session, statement)
    session.add(Organisation(id=organisation_id, name=state.name))
    session.flush()
    session.add_all(shares)
    return _invite(session, member, organisation_id, state.name, directory, new.administrator.strip(), now)


def begun(session: Session, member: Member, now: datetime) -> tuple[Begun, ...]:
    """The organisations for which the member stands in, until somebody of their own administers them."""
    mine = verify_key(member.signing_key)
    links = {each.organisation for each in pending(session, member, now)}
    found = []
    for organisation_id, state in vouched(session).organisations.items():
        directory = _directory(session, member, organisation_id)
        if state.people or state.stewards.get(member.account_id) != mine or directory is None:
            continue
        accounts = session.scalars(select(Account).where(col(Account.organisation_id) == organisation_id))
        waiting = tuple(
            (account.id, open_name(directory, organisation_id, account.id, account.name_sealed))
            for account in accounts
            if _meant(session, account, directory) is not None
        )
        found.append(Begun(organisation_id, state.name, waiting, invited=state.name in links))
    return tuple(sorted(found, key=lambda each: by_name(each.name)))


def invite_first(session: Session, member: Member, organisation_id: str, shown: str, now: datetime) -> str:
    """Make another link for the first administrator of an organisation, where the one before came to nothing.

    Raises: :class:`NoSuchPerson` where the member does not stand in, :class:`RefusedPerson`.
    """
    each, directory = _begun(session, member, organisation_id, now)
    if not 0 < len(shown.strip()) <= LONGEST_NAME:
        raise RefusedPerson({"administrator": "name"})
    return _invite(session, member, organisation_id, each.name, directory, shown.strip(), now)


def admit_first(
    session: Session, member: Member, organisation_id: str, account_id: str, typed: str, now: datetime
) -> None:
    """Let an organisation's first administrator in, whose words were heard; from then on nobody stands in for them.

    Raises: :class:`NoSuchPerson`, :class:`~app.accounts.errors.WrongFingerprint`,
    :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    each, directory = _begun(session, member, organisation_id, now)
    account = session.get(Account, account_id)
    if account is None or account_id not in dict(each.waiting):
        raise NoSuchPerson
    keys = Keys.of(account.verify_key, account.public_key)
    hold_against(typed, keys)
    known, state = administered(session, member, organisation_id)
    following = replace(state, people={account_id: Person(keys, frozenset(ROLES))}, stewards={})
    statement = sign_organisation(known, organisation_id, following, member)
    share = sealed_directory_share(organisation_id, directory, account_id, account.public_key)
    put_on_record(session, member, "appointed", now, account=account_id, roles=" ".join(ROLES))
    write_statement(session, statement)
    # Whoever stood in reads no name of theirs any more.
    session.execute(delete(DirectoryShare).where(col(DirectoryShare.organisation_id) == organisation_id))
    session.execute(delete(Newcomer).where(col(Newcomer.account_id) == account_id))
    session.add(share)


def stewards_of(session: Session, member: Member) -> Mapping[str, Keys]:
    """The administrators of the receiving organisation with their keys, if the member is one of them.

    Raises: :class:`MayNotState`.
    """
    receiving = about(session).receiving_id
    if member.organisation_id != receiving:
        raise MayNotState
    _, state = administered(session, member, receiving)
    return {account: person.keys for account, person in state.people.items() if Role.ADMINISTRATOR in person.roles}


def _checked(session: Session, new: NewOrganisation, root_typed: str) -> bytes:
    problems, root = {}, b""
    name = new.name.strip()
    taken = {fold_words(state.name) for state in vouched(session).organisations.values()}
    if not 0 < len(name) <= LONGEST_ORGANISATION:
        problems["name"] = "organisation_name"
    elif fold_words(name) in taken:
        problems["name"] = "organisation_taken"
    if not 0 < len(new.purpose.strip()) <= LONGEST_PURPOSE:
        problems["purpose"] = "purpose"
    if not 0 < len(new.administrator.strip()) <= LONGEST_NAME:
        problems["administrator"] = "name"
    try:
        root = read_root(session, root_typed)
    except RefusedPerson as refused:
        problems |= refused.problems
    if problems:
        raise RefusedPerson(problems)
    return root


def _shares(
    session: Session, organisation_id: str, directory: bytes, stewards: Mapping[str, Keys]
) -> list[DirectoryShare]:
    accounts = session.scalars(select(Account).where(col(Account.id).in_(stewards)))
    return [
        sealed_directory_share(organisation_id, directory, account.id, account.public_key)
        for account in accounts
        # A public key that somebody wrote into the database reads no name.
        if sha256(account.public_key) == stewards[account.id].sealing
    ]


def _invite(
    session: Session, member: Member, organisation_id: str, name: str, directory: bytes, shown: str, now: datetime
) -> str:
    account_id = new_id()
    by = Inviter(organisation_id, member.account_id, member.signing_key, now)
    invited = Invited(
        kind=Kind.JOIN,
        account_id=account_id,
        organisation_id=organisation_id,
        organisation=name,
        inviter=member.account_id,
        shown=shown,
        roles=ROLES,
        name_sealed=seal_name(directory, organisation_id, account_id, shown),
        newcomer_sealed=seal_newcomer(directory, account_id, Meant(ROLES, ()), by),
    )
    return give_out(session, member, invited, (), now)


def _begun(session: Session, member: Member, organisation_id: str, now: datetime) -> tuple[Begun, bytes]:
    each = next((each for each in begun(session, member, now) if each.id == organisation_id), None)
    directory = _directory(session, member, organisation_id)
    if each is None or directory is None:
        raise NoSuchPerson
    return each, directory


def _directory(session: Session, member: Member, organisation_id: str) -> bytes | None:
    try:
        return open_directory(session, organisation_id, member.account_id, member.pair)
    except KeyNotHeld:
        return None


def _meant(session: Session, account: Account, directory: bytes) -> Meant | None:
    row = session.get(Newcomer, account.id)
    if row is None or not waits(session, account):
        return None
    return open_newcomer(session, directory, account.organisation_id, row)
