"""Bringing cases under the newest key of their queue: one by one as they are opened, or all of them in steps.

Who was removed knows the older key. What is sealed anew opens for nobody who has no newer one. A step computes
everything first and writes last, so that no lock is held during cryptography; it can be cut off and begun again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Update, func, update
from sqlmodel import Session, col, select

from app.accounts.errors import AccountsError, MayNotState
from app.accounts.holding import holds
from app.accounts.members import Member, MemberQueue, colleagues
from app.accounts.queues import newest_key
from app.accounts.record import put_on_record
from app.accounts.ring_keeping import renew_ring
from app.accounts.rings import RingPublic, queue_ring
from app.accounts.standing import Trouble, standing
from app.accounts.vouching import vouched
from app.alphabet import by_name
from app.casefile.keys import CaseKeys, GrantPlace, open_grant, seal_grant
from app.casefile.tables import Grant
from app.casework.planning import reseal_roster
from app.casework.queues import MOST_COUNTED, Count, member_queue
from app.casework.roster import open_roster
from app.storage.sessions import write_last
from app.vault.errors import VaultError

# A step takes about a twentieth of a second and some hundred kilobytes.
STEP = 250


@dataclass(frozen=True)
class KeyHolder:
    """Somebody who holds the queue's newest key; ``name`` is empty for somebody who left."""

    account: str
    name: str
    lead: bool
    here: bool


@dataclass(frozen=True)
class QueueKeys:
    """A queue's key as its lead sees it: its generation, who holds it, how many cases are under an older one."""

    queue: MemberQueue
    generation: int
    holders: tuple[KeyHolder, ...]
    removal_waits: bool
    older: Count


@dataclass(frozen=True)
class Step:
    """Where sealing anew has come: the case that the next step goes on after, or None when it is through."""

    after: str | None
    left: Count


def queue_keys(session: Session, member: Member, queue_id: str) -> QueueKeys:
    """The key of a queue that ``member`` leads.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`~app.accounts.errors.MayNotState`.
    """
    queue, now = _led(member, queue_id), standing(session)
    state = now.vouched.rings[queue_ring(queue_id)]
    names = colleagues(session, member, state.holders.keys())
    holders = tuple(
        KeyHolder(account, names.get(account, ""), holder.lead, holds(now.vouched, queue_ring(queue_id), account))
        for account, holder in state.holders.items()
    )
    waits = now.rings[queue_ring(queue_id)].trouble is Trouble.REMOVAL_WAITS
    ordered = tuple(sorted(holders, key=lambda holder: (not holder.lead, by_name(holder.name))))
    return QueueKeys(queue, state.generation, ordered, waits, _older(session, queue_id, state.generation))


def renew_queue_key(
    session: Session, member: Member, queue_id: str, now: datetime, without: Collection[str] = ()
) -> None:
    """Make a new key for the queue, for everybody who holds it and is still here, but those who leave the queue.

    Raises: as :func:`queue_keys`, and :func:`~app.accounts.ring_keeping.renew_ring`.
    """
    queue = _led(member, queue_id)
    # Read first: after a removal the names go under a new key as well, which this session does not have yet.
    roster = open_roster(session, member, queue.id)
    held = vouched(session).rings[queue_ring(queue.id)].holders
    leave = sorted(account for account in set(without) if account in held)
    renew_ring(session, member, queue_ring(queue.id), now, leave)
    for account in leave:
        put_on_record(session, member, "taken_out_of_queue", now, queue=queue.id, account=account)
    # Who was removed knows the older key, and needs not know who is on duty and who away from now on.
    session.flush()
    reseal_roster(session, roster)


def begin_resealing(session: Session, member: Member, queue_id: str, now: datetime) -> None:
    """Put on the record that the lead seals all cases anew; the steps follow.

    Raises: as :func:`queue_keys`.
    """
    put_on_record(session, member, "resealing_begun", now, queue=_led(member, queue_id).id)


def reseal_some(session: Session, member: Member, queue_id: str, after: str, now: datetime) -> Step:
    """Seal the next cases of the queue anew, in the order of their numbers, beginning after ``after``.

    Raises: as :func:`queue_keys`, and :class:`~app.accounts.errors.NotVouched`.
    """
    newest = newest_key(session, queue_ring(_led(member, queue_id).id))
    older = col(Grant.queue_id) == queue_id, col(Grant.generation) < newest.generation, col(Grant.case_id) > after
    grants = session.exec(select(Grant).where(*older).order_by(col(Grant.case_id)).limit(STEP)).all()
    changes = list(_sealed_anew(session, member, grants, newest))
    over = len(grants) < STEP
    if over:
        put_on_record(session, member, "resealing_ended", now, queue=queue_id)
    for change in changes:
        session.execute(change)
    return Step(None if over else grants[-1].case_id, _older(session, queue_id, newest.generation))


def reseal_when_older(session: Session, grant: Grant, keys: CaseKeys) -> None:
    """Seal a grant that was just opened to the newest key, if it is under an older one; written at the commit."""
    try:
        newest = newest_key(session, queue_ring(grant.queue_id))
    except AccountsError:
        # Nothing is sealed to a key that is not vouched for; the case is read under the one it has.
        return
    if grant.generation < newest.generation:
        change = _change(grant, keys, newest)
        write_last(session, lambda: session.execute(change))


def _led(member: Member, queue_id: str) -> MemberQueue:
    queue = member_queue(member, queue_id)
    if not queue.lead:
        raise MayNotState
    return queue


def _sealed_anew(session: Session, member: Member, grants: Iterable[Grant], newest: RingPublic) -> Iterable[Update]:
    for grant in grants:
        try:
            pair = member.ring_pair(session, newest.ring, grant.generation)
            place = GrantPlace(grant.case_id, grant.queue_id, grant.generation, grant.consent)
            keys = open_grant(place, grant.sealed, pair)
        except (AccountsError, VaultError):
            # What cannot be opened stays as it is and is counted; it keeps no other case waiting.
            continue
        yield _change(grant, keys, newest)


def _change(grant: Grant, keys: CaseKeys, newest: RingPublic) -> Update:
    place = GrantPlace(grant.case_id, grant.queue_id, newest.generation, grant.consent)
    # Only if it is still the grant that was opened: it may have been withdrawn, or sealed anew by somebody else.
    same = (
        col(Grant.case_id) == grant.case_id,
        col(Grant.queue_id) == grant.queue_id,
        col(Grant.generation) == grant.generation,
        col(Grant.consent) == grant.consent,
        # The lawyers' key may have been put into it a moment ago, even by this very request.
        col(Grant.sealed) == grant.sealed,
    )
    values = {"generation": newest.generation, "sealed": seal_grant(keys, place, newest.public_key)}
    return update(Grant).where(*same).values(values)


def _older(session: Session, queue_id: str, generation: int) -> Count:
    older = col(Grant.queue_id) == queue_id, col(Grant.generation) < generation
    capped = select(col(Grant.case_id)).where(*older).limit(MOST_COUNTED + 1)
    number: int = session.execute(select(func.count()).select_from(capped.subquery())).scalar_one()
    return Count(min(number, MOST_COUNTED), number > MOST_COUNTED)
