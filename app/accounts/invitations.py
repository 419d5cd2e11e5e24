"""Invitations: a link that one person finishes alone, once.

The token stands in the link and nowhere else. The row shows a hash, the kind and the day on which it ends; what it
carries is sealed under the token, and what administrators see of it under their organisation's directory key. A link
that is caught on its way makes an account that waits: it carries no key, not even the one to the names of colleagues.
"""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.accounts.admission import newcomers
from app.accounts.directory import open_name, seal_name
from app.accounts.directory_held import hold_directory
from app.accounts.errors import InvitationGone, NoSuchPerson, RefusedPerson
from app.accounts.meant import Meant, inviting, seal_newcomer
from app.accounts.members import Member
from app.accounts.people import new_id
from app.accounts.permissions import Role
from app.accounts.record import put_on_record
from app.accounts.rings import QUEUE
from app.accounts.tables import Account, Invitation
from app.accounts.vouching import vouched
from app.accounts.waiting import waits
from app.storage.columns import day_of
from app.storage.conflicts import changed_rows
from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.symmetric import open_sealed, seal
from app.vault.tokens import new_token, open_token

GOOD_FOR = timedelta(days=7)
LONGEST_NAME = 100


class Kind(StrEnum):
    """What a link is for."""

    JOIN = "join"
    RESET = "reset"


@dataclass(frozen=True)
class Wish:
    """Who is invited: the name that colleagues will read, roles, and the queues they are meant for."""

    shown: str
    roles: tuple[Role, ...]
    queues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Invited:
    """What a link carries for the person who has it."""

    kind: Kind
    account_id: str
    organisation_id: str
    organisation: str
    inviter: str
    shown: str
    roles: tuple[Role, ...]
    name_sealed: bytes = field(repr=False)
    newcomer_sealed: bytes = field(repr=False)
    # The signing key that a reset takes the place of: once another link was finished, this one is over.
    replaces: bytes = b""


@dataclass(frozen=True)
class Pending:
    """A link that nobody has finished yet, as administrators of the organisation see it."""

    id: str
    kind: Kind
    ends: date
    organisation: str
    wish: Wish


def invite(session: Session, member: Member, wish: Wish, now: datetime) -> str:
    """Make the link for somebody of the member's own organisation; return its token.

    Raises: :class:`RefusedPerson`.
    """
    check(session, member, wish)
    return give_out(session, member, _of_own(member, wish, new_id(), Kind.JOIN, now), wish.queues, now)


def invite_again(session: Session, member: Member, account_id: str, now: datetime) -> str:
    """Make the link by which somebody who lost their passphrase gets new keys under the same name.

    The old keys are gone once it is finished, and everybody who admitted the person is asked again. So it is for who
    waits, and whose words were those of somebody else behind the first link.

    Raises: :class:`NoSuchPerson`.
    """
    account = session.get(Account, account_id)
    if account is None or account.organisation_id != member.organisation_id:
        raise NoSuchPerson
    meant = _meant_now(session, member, account)
    shown = open_name(member.directory_key, member.organisation_id, account_id, account.name_sealed)
    wish = Wish(shown, meant.roles, meant.queues)
    again = _of_own(member, wish, account_id, Kind.RESET, now, account.verify_key)
    return give_out(session, member, again, meant.queues, now)


def _meant_now(session: Session, member: Member, account: Account) -> Meant:
    """What somebody is by what was signed, or is meant for who waits.

    Raises: :class:`NoSuchPerson` for who is neither.
    """
    known = vouched(session)
    person = known.organisations[member.organisation_id].people.get(account.id)
    if person is not None:
        rings = sorted(ring for ring, state in known.rings.items() if account.id in state.holders)
        queues = tuple(ring.removeprefix(QUEUE) for ring in rings if ring.startswith(QUEUE))
        return Meant(tuple(sorted(person.roles)), queues if Role.CASEWORKER in person.roles else ())
    meant = newcomers(session, member).get(account.id) if waits(session, account) else None
    if meant is None:
        raise NoSuchPerson
    return meant


def _of_own(member: Member, wish: Wish, account_id: str, kind: Kind, now: datetime, replaces: bytes = b"") -> Invited:
    meant = Meant(wish.roles, wish.queues)
    return Invited(
        kind=kind,
        account_id=account_id,
        organisation_id=member.organisation_id,
        organisation=member.organisation,
        inviter=member.account_id,
        shown=wish.shown.strip(),
        roles=wish.roles,
        name_sealed=seal_name(member.directory_key, member.organisation_id, account_id, wish.shown.strip()),
        newcomer_sealed=seal_newcomer(member.directory_key, account_id, meant, inviting(member, now)),
        replaces=replaces,
    )


def check(session: Session, member: Member, wish: Wish) -> None:
    """Refuse what contradicts itself.

    Raises: :class:`RefusedPerson`.
    """
    problems = {}
    if not 0 < len(wish.shown.strip()) <= LONGEST_NAME:
        problems["shown"] = "name"
    if not wish.roles:
        problems["roles"] = "no_role"
    elif wish.queues and Role.CASEWORKER not in wish.roles:
        problems["roles"] = "queues_need_caseworker"
    if not set(wish.queues) <= set(own_queues(session, member.organisation_id)):
        problems["queues"] = "foreign_queue"
    if problems:
        raise RefusedPerson(problems)


def own_queues(session: Session, organisation_id: str) -> dict[str, str]:
    """The queues of an organisation: their kinds by their ids, in order."""
    rings = vouched(session).organisations[organisation_id].rings
    return {ring.removeprefix(QUEUE): rings[ring].kind for ring in sorted(rings) if ring.startswith(QUEUE)}


def pending(session: Session, member: Member, now: datetime) -> tuple[Pending, ...]:
    """The links of the member's own organisation that are still good; those of others do not open."""
    found = (
        Pending(row.locator.hex(), Kind(row.kind), row.ends, noted["organisation"], _wish(noted))
        for row, noted in _noted(session, member)
        if row.ends >= day_of(now)
    )
    return tuple(sorted(found, key=lambda each: (each.ends, each.wish.shown)))


def revoke(session: Session, member: Member, invitation_id: str, now: datetime) -> None:
    """Take a link back.

    Raises: :class:`InvitationGone` where it was used or taken back already, or is another organisation's.
    """
    mine = next((row for row, _ in _noted(session, member) if row.locator.hex() == invitation_id), None)
    if mine is None:
        raise InvitationGone
    put_on_record(session, member, "invitation_revoked", now, invitation=invitation_id)
    use_up(session, mine.locator)


def open_invitation(session: Session, token: str, now: datetime) -> Invited:
    """What the link with ``token`` carries.

    Raises: :class:`InvitationGone`.
    """
    keys = open_token(token, Purpose.INVITATION)
    row = session.get(Invitation, keys.locator)
    if row is None or row.ends < day_of(now):
        raise InvitationGone
    content = unpack(open_sealed(keys.key, row.sealed, context(Purpose.INVITATION, row.kind)))
    invited = Invited(
        **{**content, "kind": Kind(content["kind"]), "roles": tuple(Role(role) for role in content["roles"])}
    )
    home = vouched(session).organisations.get(invited.organisation_id)
    if home is None or home.ended:
        raise InvitationGone
    if invited.kind is Kind.RESET and not _still_replaces(session, invited):
        raise InvitationGone
    return invited


def _still_replaces(session: Session, invited: Invited) -> bool:
    """Whether a reset would take the place of the keys that it was made for; who was removed gets no new ones.

    A link of an older release does not say which those are, and ends within its week.
    """
    account, home = session.get(Account, invited.account_id), vouched(session).organisations[invited.organisation_id]
    if account is None or account.id in home.left or not (account.id in home.people or waits(session, account)):
        return False
    return not invited.replaces or account.verify_key == invited.replaces


def use_up(session: Session, locator: bytes) -> None:
    """Delete a link, so that it works once, whoever else has it open.

    Raises: :class:`InvitationGone` where somebody was faster.
    """
    if not changed_rows(session.execute(delete(Invitation).where(col(Invitation.locator) == locator))):
        raise InvitationGone


def forget_invitations(session: Session, now: datetime) -> int:
    """Delete links whose time is over; say how many."""
    return changed_rows(session.execute(delete(Invitation).where(col(Invitation.ends) < day_of(now))))


def give_out(session: Session, member: Member, invited: Invited, queues: Collection[str], now: datetime) -> str:
    """Store a link for what is ``invited``, seen by administrators of the member's organisation; return its token.

    Raises: :class:`~app.accounts.errors.StatedMeanwhile` where the names stand under another key by now.
    """
    token, row = draw_link(invited, queues, member.directory_key, now)
    put_on_record(session, member, "invited", now, invitation=row.locator.hex(), account=invited.account_id)
    hold_directory(session, member)
    session.add(row)
    return token


def draw_link(invited: Invited, queues: Collection[str], directory_key: bytes, now: datetime) -> tuple[str, Invitation]:
    """The token of a link for what is ``invited``, and its row, which whoever reads the names sees as waiting."""
    token = new_token()
    keys = open_token(token, Purpose.INVITATION)
    note = {
        "organisation": invited.organisation,
        "shown": invited.shown,
        "roles": invited.roles,
        "queues": list(queues),
    }
    return token, Invitation(
        locator=keys.locator,
        kind=invited.kind,
        ends=day_of(now + GOOD_FOR),
        sealed=seal(keys.key, pack(asdict(invited)), context(Purpose.INVITATION, invited.kind)),
        noted=seal(directory_key, pack(note), context(Purpose.INVITATION_NOTE, keys.locator)),
    )


def _noted(session: Session, member: Member) -> Iterator[tuple[Invitation, dict[str, Any]]]:
    for row in session.exec(select(Invitation)):
        try:
            opened = open_sealed(member.directory_key, row.noted, context(Purpose.INVITATION_NOTE, row.locator))
        except VaultError:
            continue
        yield row, unpack(opened)


def _wish(noted: dict[str, Any]) -> Wish:
    return Wish(noted["shown"], tuple(Role(role) for role in noted["roles"]), tuple(noted["queues"]))
