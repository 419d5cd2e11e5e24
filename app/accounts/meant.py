"""What somebody who was invited is meant for: sealed for their organisation, and signed by whoever invited them.

Everybody of an organisation has the key to its names, which seals this too: only the signature says that it was not one
of them, with the database, who made somebody more than they were invited for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.tables import Installation, Newcomer
from app.accounts.vouching import vouched
from app.accounts.vouching_anchor import anchor_of, root_fingerprint
from app.accounts.vouching_statements import ROOT
from app.storage.columns import day_of
from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.signing import is_signed, sign
from app.vault.symmetric import open_sealed, seal


@dataclass(frozen=True)
class Meant:
    """What somebody was invited for: roles, and queues whose leads give them the key.

    ``by`` is who signed it, an administrator of today or the root, and ``on`` the day that they said. Neither is there
    where nobody did, as in earlier releases, or somebody who administers no more.
    """

    roles: tuple[Role, ...]
    queues: tuple[str, ...]
    by: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Inviter:
    """Who says what somebody is meant for, with the key by which they administer the organisation, or the root's."""

    organisation_id: str
    account_id: str
    signing_key: bytes = field(repr=False)
    now: datetime


def inviting(member: Member, now: datetime) -> Inviter:
    """An administrator who invites into their own organisation."""
    return Inviter(member.organisation_id, member.account_id, member.signing_key, now)


def seal_newcomer(directory_key: bytes, account_id: str, meant: Meant, by: Inviter | None) -> bytes:
    """Seal for what somebody is invited, signed; without ``by`` as earlier releases did, which counts as not signed."""
    content: dict[str, Any] = {"roles": [role.value for role in meant.roles], "queues": list(meant.queues)}
    if by is not None:
        content |= {"by": by.account_id, "on": day_of(by.now).isoformat()}
        content["signature"] = sign(by.signing_key, pack(content), _place(by.organisation_id, account_id))
    return seal(directory_key, pack(content), context(Purpose.NEWCOMER, account_id))


def open_newcomer(session: Session, directory_key: bytes, organisation_id: str, row: Newcomer) -> Meant | None:
    """What somebody was invited for; None where nobody who reads the names put it there, or what nobody can read."""
    try:
        content = unpack(open_sealed(directory_key, row.sealed, context(Purpose.NEWCOMER, row.account_id)))
        meant = Meant(tuple(Role(role) for role in content["roles"]), tuple(content["queues"]))
        if _is_signed(session, organisation_id, row.account_id, content):
            return replace(meant, by=content["by"], on=date.fromisoformat(content["on"]))
    except (VaultError, ValueError, KeyError, TypeError):
        return None
    return meant


def _is_signed(session: Session, organisation_id: str, account_id: str, content: Mapping[str, Any]) -> bool:
    """Whether the signature is that of whoever administers the organisation now, with their key of now, or the root's.

    A key that was replaced may have been stolen, and says nothing of a day before that.
    """
    if "signature" not in content:
        return False
    signed = {name: value for name, value in content.items() if name != "signature"}
    keys = _keys(session, organisation_id, content["by"])
    return is_signed(keys, content["signature"], pack(signed), _place(organisation_id, account_id))


def _keys(session: Session, organisation_id: str, inviter: str) -> tuple[bytes, ...]:
    if inviter == ROOT:
        root = session.scalars(select(col(Installation.root_public))).one()
        return (root,) if root_fingerprint(root) == anchor_of(session).fingerprint else ()
    state = vouched(session).organisations.get(organisation_id)
    key = None if state is None else state.administrator_key(inviter)
    return () if key is None else (key,)


def _place(organisation_id: str, account_id: str) -> bytes:
    return context(Purpose.MEANT, organisation_id, account_id)
