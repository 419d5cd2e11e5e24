"""Keys that go on after a reset: whoever took the old keys of a person who held one reads on until it is renewed."""

from dataclasses import dataclass

from sqlmodel import Session

from app.accounts.members import Member, colleagues
from app.accounts.vouching import Vouched, vouched
from app.accounts.vouching_rules import speakers
from app.alphabet import by_name
from app.vault.signing import verify_key


@dataclass(frozen=True)
class OlderKeys:
    """A ring whose newest key older keys of somebody open, with the kind of its queue and their names."""

    ring: str
    kind: str
    names: tuple[str, ...]


def older_keys(session: Session, member: Member) -> tuple[OlderKeys, ...]:
    """The rings that the member may renew because somebody was reset who had their newest key before.

    A reset may have been for a lost passphrase, or because the keys were stolen: nothing signed says which.
    """
    known = vouched(session)
    mine = {ring: _reset(known, member, ring) for ring in sorted(known.rings) if _may_renew(known, member, ring)}
    called = colleagues(session, member, {account for found in mine.values() for account in found})
    return tuple(
        OlderKeys(
            ring, _kind(known, member, ring), tuple(sorted((called.get(each, "") for each in found), key=by_name))
        )
        for ring, found in mine.items()
        if found
    )


def _kind(known: Vouched, member: Member, ring: str) -> str:
    return known.organisations[member.organisation_id].rings[ring].kind


def _may_renew(known: Vouched, member: Member, ring: str) -> bool:
    organisation = known.organisations.get(member.organisation_id)
    holder = known.rings[ring].holders.get(member.account_id)
    if organisation is None or ring not in organisation.rings or holder is None:
        return False
    mine = verify_key(member.signing_key)
    return holder.keys.verify == mine in speakers(known.rings[ring], member.account_id, ring, organisation)


def _reset(known: Vouched, member: Member, ring: str) -> set[str]:
    """Whoever is still here and was given the newest key when they had other keys of their own."""
    people = known.organisations[member.organisation_id].people
    return {account for account, key in known.given[ring] if account in people and key in people[account].earlier}
