"""Letting somebody in who joined: after their fingerprint was heard from them and typed, never shown to who types it.

An administrator vouches for the person's keys and gives the key to the names of the organisation; a lead gives the key
of a queue. Neither can do it to keys that a thief of the link made, because those have other words.
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from app.accounts.appointing import appoint
from app.accounts.directory import names, share_directory
from app.accounts.directory_held import hold_directory
from app.accounts.errors import NoSuchPerson, StatedMeanwhile, WrongFingerprint
from app.accounts.holding import holds
from app.accounts.meant import Meant, inviting, open_newcomer, seal_newcomer
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.record import put_on_record
from app.accounts.ring_keeping import grant_ring
from app.accounts.rings import queue_ring
from app.accounts.tables import Account, Newcomer
from app.accounts.vouching import Vouched, vouched
from app.accounts.vouching_rings import Keys
from app.accounts.waiting import waits
from app.alphabet import by_name
from app.storage.conflicts import changed_rows
from app.vault.fingerprint import fingerprint_of, same_fingerprint
from app.vault.signing import verify_key


def own_words(keys: Keys) -> str:
    """The six words of a person's keys."""
    return fingerprint_of(keys.verify, keys.sealing)


def own_fingerprint(member: Member) -> str:
    """The six words of the member's own keys, for them to say on the telephone.

    They are of the keys that the session opened, never of a row: whoever can write to the database would have them say
    the words of other keys, and be let in themselves.
    """
    return own_words(Keys.of(verify_key(member.signing_key), member.pair.public))


def note_wrong_fingerprint(session: Session, member: Member, account_id: str, now: datetime) -> None:
    """Put the alarm on the record; whoever catches :class:`WrongFingerprint` lets the transaction commit with it."""
    put_on_record(session, member, "wrong_fingerprint", now, account=account_id)


def admit(session: Session, member: Member, account_id: str, typed: str, now: datetime) -> None:
    """Vouch for the keys of somebody who joined the administrator's organisation, and let them read the names in it.

    Raises: :class:`NoSuchPerson` (for admitted people too), :class:`WrongFingerprint`,
    :class:`StatedMeanwhile`, also where they finished another link at this moment.
    """
    account = session.get(Account, account_id)
    if account is None or account.organisation_id != member.organisation_id or not waits(session, account):
        raise NoSuchPerson
    meant = newcomers(session, member).get(account_id)
    if meant is None:
        raise NoSuchPerson
    hold_against(typed, Keys.of(account.verify_key, account.public_key))
    keys = account.verify_key, account.public_key
    before = vouched(session).organisations[member.organisation_id].people.get(account_id)
    # A reset changes keys alone, whatever they were meant for.
    roles = meant.roles if before is None else before.roles
    appoint(session, member, member.organisation_id, account_id, keys, roles, now)
    # Whoever finishes another link at this moment has other keys than those whose words were heard.
    heard = col(Account.id) == account_id, col(Account.verify_key) == keys[0], col(Account.public_key) == keys[1]
    if not changed_rows(session.execute(update(Account).where(*heard).values(verify_key=keys[0]))):
        raise StatedMeanwhile
    share_directory(session, member.organisation_id, member.directory_key, account_id, account.public_key)
    if not meant.queues or Role.CASEWORKER not in roles:
        session.execute(delete(Newcomer).where(col(Newcomer.account_id) == account_id))


def admit_to_queue(session: Session, member: Member, queue_id: str, account_id: str, typed: str, now: datetime) -> None:
    """Give a queue's key to somebody whom their administrator admitted; for leads of the queue alone.

    Raises: :class:`NoSuchPerson`, :class:`WrongFingerprint`, :class:`~app.accounts.errors.MayNotState`,
    :class:`~app.accounts.errors.StatedMeanwhile`.
    """
    queue, known = member.queue(queue_id), vouched(session)
    if queue is None or not queue.lead or account_id not in waiting_for_queue(session, member, queue_id):
        raise NoSuchPerson
    keys = known.appointed(account_id)
    assert keys is not None
    hold_against(typed, keys)
    before = known.rings[queue_ring(queue_id)].holders.get(account_id)
    grant_ring(session, member, queue_ring(queue_id), account_id, now, lead=before is not None and before.lead)
    meant = newcomers(session, member)[account_id]
    if {queue for queue in meant.queues if not _holds(known, queue, account_id)} <= {queue_id}:
        session.execute(delete(Newcomer).where(col(Newcomer.account_id) == account_id))


def mean_for_queues(session: Session, member: Member, account_id: str, queues: Collection[str], now: datetime) -> None:
    """Say in which queues more somebody is to work who was admitted; the lead of each gives them its key, or does not.

    What was said before and nobody acted on counts no more.

    Raises: :class:`NoSuchPerson` for whoever is no admitted caseworker of the administrator's organisation, for a queue
    of another one, and for one whose key they hold; :class:`StatedMeanwhile` where the names stand under another key.
    """
    known, account = vouched(session), session.get(Account, account_id)
    state = known.organisations[member.organisation_id]
    person = state.people.get(account_id)
    if person is None or account is None or waits(session, account) or Role.CASEWORKER not in person.roles:
        raise NoSuchPerson
    if any(queue_ring(queue) not in state.rings or _holds(known, queue, account_id) for queue in queues):
        raise NoSuchPerson
    meant = Meant(tuple(sorted(person.roles)), tuple(sorted(queues)))
    put_on_record(session, member, "meant_for_queues", now, account=account_id, queue=", ".join(meant.queues))
    hold_directory(session, member)
    session.execute(delete(Newcomer).where(col(Newcomer.account_id) == account_id))
    if meant.queues:
        sealed = seal_newcomer(member.directory_key, account_id, meant, inviting(member, now))
        session.add(Newcomer(account_id=account_id, sealed=sealed))


def newcomers(session: Session, member: Member) -> dict[str, Meant]:
    """Everybody of the member's organisation who is not yet where they are meant to be, and what they are meant for."""
    rows = session.exec(
        select(Newcomer)
        .join(Account, col(Account.id) == col(Newcomer.account_id))
        .where(col(Account.organisation_id) == member.organisation_id)
    )
    home = member.directory_key, member.organisation_id
    opened = {row.account_id: open_newcomer(session, *home, row) for row in rows}
    return {account: meant for account, meant in opened.items() if meant is not None}


def waiting_for_queue(session: Session, member: Member, queue_id: str) -> dict[str, str]:
    """The names of those who were admitted, are meant for this queue and do not hold its key yet, by account."""
    known = vouched(session)
    waiting = [
        account
        for account, meant in newcomers(session, member).items()
        if queue_id in meant.queues and known.appointed(account) is not None and not _holds(known, queue_id, account)
    ]
    appointed = [
        account
        for account in session.exec(select(Account).where(col(Account.id).in_(waiting)))
        if not waits(session, account)
    ]
    return names(session, member.organisation_id, member.directory_key, [account.id for account in appointed])


def signed_on(session: Session, member: Member) -> dict[str, date | None]:
    """On which day it was signed what each newcomer is meant for; None where nobody did who administers here now.

    Their link may be of an earlier release, or of somebody who left since; else somebody of the organisation forged it.
    """
    return {account: meant.on for account, meant in newcomers(session, member).items()}


def people_of_queue(session: Session, member: Member, queue_id: str) -> tuple[tuple[str, bool], ...]:
    """The names of those who hold a queue's key, with whether they lead it."""
    known = vouched(session)
    state = known.rings.get(queue_ring(queue_id))
    leads = {} if state is None else {account: holder.lead for account, holder in state.holders.items()}
    mine = names(session, member.organisation_id, member.directory_key, list(leads))
    held = ((name, leads[id_]) for id_, name in mine.items() if _holds(known, queue_id, id_))
    return tuple(sorted(held, key=lambda person: by_name(person[0])))


def _holds(known: Vouched, queue_id: str, account_id: str) -> bool:
    return holds(known, queue_ring(queue_id), account_id)


def hold_against(typed: str, keys: Keys) -> None:
    """Compare words that were heard and typed with those of a person's keys.

    Raises: :class:`WrongFingerprint`.
    """
    if not same_fingerprint(typed, keys.verify, keys.sealing):
        raise WrongFingerprint
