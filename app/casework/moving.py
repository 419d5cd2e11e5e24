"""Referring and transferring: offered with a reason, accepted or refused, taken back when nobody answers.

The grant is made when it is offered, so that the receiver can read and decide. It carries the keys of what the family's
consent lets travel and no others; what one organisation writes about it to the other lies in a part of its own.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from app.accounts.errors import AccountsError
from app.accounts.members import Member
from app.accounts.neighbours import Neighbour, neighbours
from app.accounts.queues import newest_key
from app.accounts.record import put_on_record
from app.accounts.rings import queue_ring
from app.casefile.cases import Status, add_item, count_items, hold_case, items_of
from app.casefile.entries import seal_entry
from app.casefile.errors import ChangedMeanwhile, NotFound
from app.casefile.items import SealedItem, open_item
from app.casefile.keys import REPORT, CaseKeys, Compartment, GrantPlace, seal_grant
from app.casefile.tables import Case, Grant
from app.casefile.texts import read_written
from app.casework.book import author_of, read_book, sealed_entry
from app.casework.consents import check_covered, read_consents
from app.casework.counted_as import IN_THE_LETTER, counted_as
from app.casework.errors import NotAllowedNow
from app.casework.opening import OpenCase, Standing, open_to_answer_for
from app.casework.practice import refuse_practice
from app.questionnaire.answers import FULL
from app.routing import LEGAL
from app.storage.columns import hour_up
from app.vault.errors import VaultError
from app.vault.symmetric import new_key

OFFERED, REDACTED = "offered", "redacted"
PSEUDONYMISED, FACTS_ONLY = "pseudonymised", "facts_only"
# How long an offer stays open, by the urgency of the case: nobody waits for an answer longer than the case can.
OPEN_FOR = {0: timedelta(hours=4), 1: timedelta(hours=24), 2: timedelta(days=3), 3: timedelta(days=7)}
# Who answers for a case must be able to write to the family.
_ANSWERING = (Compartment.REPLIES, Compartment.INBOX)
_OF_OWN = (Compartment.DESK, Compartment.LETTER)


@dataclass(frozen=True)
class Wish:
    """What is to be offered to whom: ``way`` is a referral or a transfer, ``scope`` how much is shared.

    ``redacted`` are the words as the caseworker redacted them, needed for the scope pseudonymised alone.
    """

    to: str
    way: Standing
    scope: str
    reason: str = field(repr=False)
    redacted: str = field(default="", repr=False)


def offer(session: Session, member: Member, case_id: str, wish: Wish, now: datetime) -> None:
    """Offer a case to another queue.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`~app.casefile.errors.TextRefused` without a reason or the
    redacted words, :class:`~app.casework.consents.ConsentNeeded`, :class:`NotAllowedNow`,
    :class:`ChangedMeanwhile` where the family or a colleague was faster.
    """
    opened = open_to_answer_for(session, member, case_id)
    refuse_practice(session, opened)
    queue = _receiver(session, opened, wish)
    consents = read_consents(session, opened)
    consent = check_covered(consents, queue, wish.scope)
    if session.get(Grant, (case_id, queue.id)) is not None:
        raise NotAllowedNow("offered_already")
    by_lawyers = _lawyers_part_travels(session, opened, queue, wish)
    # Where the case is one of several about a person, whoever takes it over must know whether it counts.
    counted = counted_as(session, member, opened, read_book(session, member, opened)).handed()
    handed = {IN_THE_LETTER: counted} if counted and wish.way is Standing.OFFERED_TRANSFER else {}
    keys, items = _packed(member, opened, queue, wish, consent, handed, now)
    row = _grant_row(session, keys, queue, consent, now + OPEN_FOR[opened.row.priority])
    # Held first: whoever withdraws a consent waits until this grant is there to be deleted, or was faster and is seen.
    if not hold_case(session, case_id):
        raise NotFound(case_id)
    came = count_items(session, case_id, Compartment.INBOX), count_items(session, case_id, Compartment.PRIVILEGED)
    # The version too: a colleague may have linked it since, and the letter would say otherwise whether it counts.
    stands = _answering_queue(session, case_id), _version(session, case_id)
    if came != (consents.heard, by_lawyers) or stands != (opened.queue.id, opened.row.version):
        raise ChangedMeanwhile
    if session.get(Grant, (case_id, queue.id), populate_existing=True) is not None:
        raise NotAllowedNow("offered_already")
    session.execute(insert(Grant), [{**row, "standing": wish.way.value}])
    for item in items:
        add_item(session, item)
    put_on_record(session, member, f"offered_{wish.way}", now, case=case_id, to=queue.id, scope=wish.scope)


def open_queues(session: Session, queue_id: str) -> tuple[Neighbour, ...]:
    """The queues that a case of this queue could be offered to."""
    return tuple(queue for queue in neighbours(session) if queue.ready and queue.id != queue_id)


def _receiver(session: Session, opened: OpenCase, wish: Wish) -> Neighbour:
    if opened.row.status == Status.CLOSED:
        raise NotAllowedNow("closed")
    found = [queue for queue in open_queues(session, opened.queue.id) if queue.id == wish.to]
    if not found:
        raise NotAllowedNow("no_such_queue")
    if wish.way is Standing.REFERRED or wish.scope not in (FULL, PSEUDONYMISED, FACTS_ONLY):
        raise NotAllowedNow("no_such_way")
    inside = found[0].organisation_id == opened.queue.organisation_id
    # Who answers for a case must read all of it; and within an organisation everything is shared in any case.
    if wish.scope != FULL and (inside or wish.way is Standing.OFFERED_TRANSFER):
        raise NotAllowedNow("scope_not_possible")
    return found[0]


def _lawyers_part_travels(session: Session, opened: OpenCase, queue: Neighbour, wish: Wish) -> int:
    """Refuse a transfer that would leave to nobody what this queue's lawyers wrote; say how much there is."""
    items, keys = items_of(session, opened.row.id, Compartment.PRIVILEGED), opened.keys
    inside = queue.organisation_id == opened.queue.organisation_id
    stays = wish.way is Standing.OFFERED_TRANSFER and not (inside and queue.kind == LEGAL)
    # Another organisation's lawyers have a key of their own.
    if stays and Compartment.PRIVILEGED in keys.keys and any(opens(keys, item) for item in items):
        raise NotAllowedNow("lawyers_part_stays")
    return len(items)


def opens(keys: CaseKeys, item: SealedItem) -> bool:
    """Whether these keys open an item."""
    try:
        open_item(keys, item)
    except (KeyError, VaultError):
        return False
    return True


def _packed(
    member: Member,
    opened: OpenCase,
    queue: Neighbour,
    wish: Wish,
    consent: str,
    handed: Mapping[str, Any],
    now: datetime,
) -> tuple[CaseKeys, list[SealedItem]]:
    """The keys that travel, and what is written about it on both sides; ``handed`` goes to another organisation."""
    reason = read_written(wish.reason)
    told = {"way": wish.way.value, "to": queue.id, "from": opened.queue.id, "scope": wish.scope, "consent": consent}
    body: dict[str, Any] = {**told, "reason": reason}
    if queue.organisation_id == opened.queue.organisation_id:
        # The lawyers' part travels among the legal queues of one organisation alone. What was written of the case when
        # it came from another one belongs to whoever answers for it now, so that a person is counted once.
        own = (*REPORT, *_ANSWERING, *_OF_OWN, *((Compartment.PRIVILEGED,) if queue.kind == LEGAL else ()))
        keys = opened.keys.share([part for part in own if part in opened.keys.keys])
        return _with_lawyers_part(keys, queue), [sealed_entry(member, opened, OFFERED, body, now)]
    drawn = {Compartment.DESK: new_key(), Compartment.LETTER: new_key()}
    keys = opened.keys.share(_parts(wish)).with_keys(drawn)
    items = [seal_entry(keys, Compartment.LETTER, author_of(member), OFFERED, {**body, **handed}, now)]
    if wish.scope == PSEUDONYMISED:
        keys = keys.with_keys({Compartment.WORDS_REDACTED: new_key()})
        text = read_written(wish.redacted)
        copy = {"text": text}
        items.append(seal_entry(keys, Compartment.WORDS_REDACTED, author_of(member), REDACTED, copy, now))
        body["redacted"] = text
    # The answer comes as a letter, so this desk keeps the letters' key, and no other of the receiver's.
    body["letter"] = drawn[Compartment.LETTER]
    return _with_lawyers_part(keys, queue), [*items, sealed_entry(member, opened, OFFERED, body, now)]


def _with_lawyers_part(keys: CaseKeys, queue: Neighbour) -> CaseKeys:
    """Every legal queue has a part for its lawyers, drawn for them where none travelled."""
    if queue.kind != LEGAL or Compartment.PRIVILEGED in keys.keys:
        return keys
    return keys.with_key(Compartment.PRIVILEGED, new_key())


def _parts(wish: Wish) -> tuple[Compartment, ...]:
    if wish.scope != FULL:
        return (Compartment.FACTS,)
    # The first queue goes on answering the family where a case is only referred.
    return (*REPORT, *_ANSWERING) if wish.way is Standing.OFFERED_TRANSFER else REPORT


def _grant_row(session: Session, keys: CaseKeys, queue: Neighbour, consent: str, answer_by: datetime) -> dict[str, Any]:
    try:
        ring = newest_key(session, queue_ring(queue.id))
    except AccountsError:
        raise NotAllowedNow("no_such_queue") from None
    place = GrantPlace(keys.case_id, queue.id, ring.generation, consent)
    return {**asdict(place), "answer_by": hour_up(answer_by), "sealed": seal_grant(keys, place, ring.public_key)}


def _version(session: Session, case_id: str) -> int:
    return session.exec(select(col(Case.version)).where(col(Case.id) == case_id)).one()


def _answering_queue(session: Session, case_id: str) -> str | None:
    held = select(col(Grant.queue_id)).where(col(Grant.case_id) == case_id, col(Grant.standing).is_(None))
    return session.exec(held).first()
