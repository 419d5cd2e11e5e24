"""What leads do with the key of a ring: make it, give it to people, replace it. Only who holds it can.

Everything is computed first and written last; of two leads who act at once the second is told so.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.accounts.errors import KeyNotHeld, MayNotState, NotVouched
from app.accounts.holding import holds
from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.accounts.recovery_copies import seal_copy, standing_cover
from app.accounts.removal import new_directory, write_directory
from app.accounts.rings import QUEUE, RingPublic, open_ring, sealed_link, sealed_share
from app.accounts.tables import Account, Membership, RecoveredKey, RecoveryCopy, RingKey, RingLink, RingShare
from app.accounts.vouching import Vouched, vouched
from app.accounts.vouching_rings import Cover, Holder, Keys, RingState
from app.accounts.vouching_rules import role_for, speakers
from app.accounts.vouching_states import Person, ring_chain
from app.accounts.vouching_stating import sign_next, write_statement
from app.storage.columns import Row
from app.vault.digest import sha256
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import verify_key


@dataclass(frozen=True)
class _Stand:
    """A ring before it is changed: whose it is, and its state if it has one."""

    known: Vouched
    organisation_id: str
    state: RingState | None

    @property
    def people(self) -> Mapping[str, Person]:
        """The organisation's people."""
        return self.known.organisations[self.organisation_id].people


@dataclass(frozen=True)
class _New:
    """What a new generation is made of: who holds it, the private key before it, the recovery key that it goes to."""

    holders: Mapping[str, Holder]
    older: bytes | None = field(default=None, repr=False)
    cover: RingPublic | None = None


def begin_ring(session: Session, by: Member, ring: str, now: datetime) -> None:
    """Make the first generation of a ring that an organisation named ``by`` for; they hold and lead it.

    Raises: :class:`MayNotState`, :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    stand = _stand(session, by, ring)
    if stand.state is not None:
        raise MayNotState
    _replace_key(session, by, ring, stand, _New({by.account_id: Holder(_own(by), lead=True)}), now)


def grant_ring(session: Session, by: Member, ring: str, account_id: str, now: datetime, *, lead: bool = False) -> None:
    """Seal the newest key to somebody who was appointed with the role it needs, and vouch for it.

    Whoever calls this has had ``by`` type the six words of the person's keys, heard from the person.

    Raises: :class:`MayNotState`, :class:`NotVouched`, :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    stand = _stand(session, by, ring)
    person = stand.people.get(account_id)
    if stand.state is None or person is None or role_for(ring) not in person.roles:
        raise MayNotState
    holders = {**stand.state.holders, account_id: Holder(person.keys, lead)}
    public = _public_keys(session, {account_id: holders[account_id]})[account_id]
    generation, private = stand.state.generation, _private(session, by, ring, stand.state)
    share = sealed_share(ring, generation, private, account_id, public)
    statement = sign_next(stand.known, ring_chain(ring), replace(stand.state, holders=holders), by)
    put_on_record(session, by, "key_given", now, ring=ring, account=account_id, lead="yes" if lead else "no")
    write_statement(session, statement)
    mine = col(RingShare.ring) == ring, col(RingShare.account_id) == account_id
    session.execute(delete(RingShare).where(*mine))
    session.add(share)
    _keep_members(session, ring, holders)


def renew_ring(
    session: Session,
    by: Member,
    ring: str,
    now: datetime,
    without: Collection[str] = (),
    cover: RingPublic | None = None,
) -> None:
    """Make a new generation for all who hold the ring with the keys and the role that are theirs, but ``without``.

    The older private key goes under the new one, so that what was sealed to it opens for who stays. It is sealed to
    the recovery key ``cover`` too, else to the one that the older was, if that is still the organisation's.

    Raises: :class:`MayNotState`, :class:`NotVouched`, :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    stand = _stand(session, by, ring)
    if stand.state is None or by.account_id in without:
        raise MayNotState
    staying = {
        account: holder
        for account, holder in stand.state.holders.items()
        if account not in without
        and holds(stand.known, ring, account)
        # Nobody of another organisation is in a queue, whoever gave them the key.
        and (account in stand.people or not ring.startswith(QUEUE))
    }
    held = stand.state.holders.get(by.account_id)
    # Somebody whom the organisation named leads from here on; with other keys than before they open no older share.
    staying[by.account_id] = Holder(_own(by), lead=True)
    older = None
    if held is not None and held.keys == _own(by):
        older = _private(session, by, ring, stand.state)
    new = _New(staying, older, cover or standing_cover(session, stand.state))
    _replace_key(session, by, ring, stand, new, now)


def take_up_ring(session: Session, by: Member, ring: str, generation: int, older: bytes, now: datetime) -> None:
    """Carry on a ring that nobody holds any more with its older private key, which trustees gave back for ``by``.

    Raises: :class:`MayNotState`, :class:`NotVouched` where it is not that key,
    :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    stand = _stand(session, by, ring)
    if stand.state is None or stand.state.generation != generation:
        raise MayNotState
    if sha256(public_key(older)) != stand.state.public:
        raise NotVouched(ring)
    new = _New({by.account_id: Holder(_own(by), lead=True)}, older, standing_cover(session, stand.state))
    _replace_key(session, by, ring, stand, new, now)


def _stand(session: Session, by: Member, ring: str) -> _Stand:
    """The ring as it stands, if ``by`` may speak for it.

    Raises: :class:`MayNotState`.
    """
    known = vouched(session)
    state = known.rings.get(ring)
    for organisation_id, organisation in known.organisations.items():
        ours = state is None or state.organisation == organisation_id
        ours = ours and ring in organisation.rings and by.account_id in organisation.people
        if ours and verify_key(by.signing_key) in speakers(state, by.account_id, ring, organisation):
            return _Stand(known, organisation_id, state)
    raise MayNotState


def _replace_key(session: Session, by: Member, ring: str, stand: _Stand, new: _New, now: datetime) -> None:
    before, private, holders = stand.state, new_private_key(), new.holders
    generation = 1 if before is None else before.generation + 1
    public = public_key(private)
    to = _public_keys(session, holders)
    rows: list[Row] = [RingKey(ring=ring, generation=generation, public_key=public)]
    rows += [sealed_share(ring, generation, private, account, to[account]) for account in holders]
    # Who begins anew where nobody is left has no older key to pass on.
    if before is not None and new.older is not None:
        rows.append(sealed_link(ring, before.generation, new.older, public))
    state = RingState(stand.organisation_id, generation, sha256(public), holders)
    if new.cover is not None:
        copy = seal_copy(stand.organisation_id, ring, generation, private, new.cover)
        state = replace(state, cover=Cover(sha256(new.cover.public_key), sha256(copy.sealed)))
        rows.append(copy)
    statement = sign_next(stand.known, ring_chain(ring), state, by)
    left = before is not None and any(stand.known.appointed(account) is None for account in before.holders)
    # Whoever removed them may be of another organisation, and read no names of this one.
    directory = new_directory(session, by, stand.known.organisations[stand.organisation_id]) if left else None
    put_on_record(session, by, "key_made", now, ring=ring, generation=str(generation))
    write_statement(session, statement)
    if directory is not None:
        write_directory(session, directory)
    # Who begins anew opens none of the older shares, nor does anybody else who is left.
    _clear_the_way(session, ring, generation, holders if new.older is not None else ())
    session.add_all(rows)
    _keep_members(session, ring, holders)


def _clear_the_way(session: Session, ring: str, generation: int, holders: Collection[str]) -> None:
    # Whoever stays keeps their older shares: a backup of before must open when it is put back without what went since.
    not_staying = col(RingShare.ring) == ring, col(RingShare.account_id).not_in(holders)
    session.execute(delete(RingShare).where(*not_staying))
    session.execute(delete(RingShare).where(col(RingShare.ring) == ring, col(RingShare.generation) >= generation))
    # Nor does anything stand in the way that somebody put where the new rows belong.
    session.execute(delete(RingKey).where(col(RingKey.ring) == ring, col(RingKey.generation) >= generation))
    session.execute(delete(RingLink).where(col(RingLink.ring) == ring, col(RingLink.generation) >= generation - 1))
    # The older copy would open nothing that the newer does not; what trustees gave back has been taken up, or is late.
    session.execute(delete(RecoveryCopy).where(col(RecoveryCopy.ring) == ring))
    session.execute(delete(RecoveredKey).where(col(RecoveredKey.ring) == ring))


def _private(session: Session, by: Member, ring: str, state: RingState) -> bytes:
    """The ring's private key, opened by ``by``, if it is the vouched one's.

    Raises: :class:`MayNotState` where ``by`` has no share, :class:`NotVouched`.
    """
    try:
        private = open_ring(session, ring, state.generation, by.account_id, by.pair)
    except KeyNotHeld:
        raise MayNotState from None
    if sha256(public_key(private)) != state.public:
        raise NotVouched(ring)
    return private


def _public_keys(session: Session, holders: Mapping[str, Holder]) -> dict[str, bytes]:
    """The public keys of people, each the one that was vouched for.

    Raises: :class:`NotVouched`.
    """
    query = select(col(Account.id), col(Account.public_key)).where(col(Account.id).in_(holders))
    found = dict(tuple(row) for row in session.execute(query))
    if any(sha256(found.get(account, b"")) != holder.keys.sealing for account, holder in holders.items()):
        raise NotVouched("a person's public key")
    return found


def _own(by: Member) -> Keys:
    return Keys.of(verify_key(by.signing_key), by.pair.public)


def _keep_members(session: Session, ring: str, holders: Mapping[str, Holder]) -> None:
    """Let the rows of a queue's members say what the statement says."""
    if not ring.startswith(QUEUE):
        return
    queue_id = ring.removeprefix(QUEUE)
    session.execute(delete(Membership).where(col(Membership.queue_id) == queue_id))
    session.add_all(
        Membership(queue_id=queue_id, account_id=account, lead=holder.lead) for account, holder in holders.items()
    )
