"""The lawyers' own part of a case: a key of its own for each organisation, held by legal queues alone.

It is drawn at sending where the first queue is legal, else by the first lawyer who writes there. The row of the grant
decides between two who write at once: whoever comes second finds it changed and writes under the key that is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.accounts.rings import queue_ring
from app.casefile.cases import add_item, count_items, hold_case
from app.casefile.entries import seal_entry
from app.casefile.errors import ChangedMeanwhile, NotFound
from app.casefile.items import SealedItem
from app.casefile.keys import Compartment, GrantPlace, seal_grant
from app.casefile.tables import Case, Grant, Item
from app.casefile.texts import read_written
from app.casework.assessment import read_criterion
from app.casework.book import Book, author_of, read_book
from app.casework.codes import LAWYERS_CRITERION
from app.casework.errors import EntryRefused, NotAllowedNow
from app.casework.meanwhile import check_seen
from app.casework.opening import OFFERS, OpenCase, Standing, open_grant_of, open_keys
from app.casework.queues import member_queue
from app.storage.conflicts import changed_rows
from app.vault.symmetric import new_key

NOTE = "privileged_note"
CRITERION = "other_crime"
LEGAL = "legal"

_Held = tuple[OpenCase, Grant]


@dataclass(frozen=True)
class LawyersPart:
    """The lawyers' part as somebody may see it: whether there is one, and for lawyers what it says."""

    exists: bool
    mine: bool
    book: Book = field(repr=False)


def read_lawyers_part(session: Session, member: Member, case_id: str) -> LawyersPart:
    """The lawyers' part of a case; whoever is no lawyer learns that it exists, and nothing more."""
    here = col(Item.case_id) == case_id, col(Item.compartment) == Compartment.PRIVILEGED.value
    exists = session.execute(select(col(Item.id)).where(*here).limit(1)).first() is not None
    found = _as_lawyer(session, member, case_id)
    if found is None:
        return LawyersPart(exists, mine=False, book=Book(()))
    return LawyersPart(exists, mine=True, book=read_book(session, member, found[0], Compartment.PRIVILEGED))


def add_privileged_note(session: Session, member: Member, case_id: str, text: str, now: datetime) -> None:
    """Write what only the lawyers of one's own organisation read.

    Raises: :class:`~app.casefile.errors.NotFound`, :class:`NotAllowedNow` for whoever is no lawyer,
    :class:`~app.casefile.errors.TextRefused`, :class:`~app.casefile.errors.ChangedMeanwhile`.
    """
    _write(session, member, case_id, NOTE, {"text": read_written(text)}, now)


def keep_criterion(
    session: Session, member: Member, case_id: str, typed: Mapping[str, Sequence[str]], now: datetime
) -> None:
    """Answer the criterion that is the lawyers' alone: any other crime while serving.

    ``follows`` among what was typed is the answer that the page showed.

    Raises: as :func:`add_privileged_note`; :class:`EntryRefused`;
    :class:`~app.casework.errors.FollowedMeanwhile` where another lawyer answered meanwhile.
    """
    problems: list[tuple[str, str]] = []
    answer = read_criterion(typed, LAWYERS_CRITERION, problems)
    if not answer:
        problems.append((LAWYERS_CRITERION, "choose"))
    if problems:
        raise EntryRefused(tuple(problems))
    there = count_items(session, case_id, Compartment.PRIVILEGED)
    newest = read_lawyers_part(session, member, case_id).book.newest(CRITERION)
    check_seen(next(iter(typed.get("follows", ())), None), newest.id if newest else "")
    _write(session, member, case_id, CRITERION, {**answer, "follows": newest.id if newest else ""}, now)
    # The case is held since it was written to: another lawyer's answer of this very moment is seen here.
    if count_items(session, case_id, Compartment.PRIVILEGED) != there + 1:
        raise ChangedMeanwhile


def _write(session: Session, member: Member, case_id: str, what: str, body: Mapping[str, Any], now: datetime) -> None:
    open_keys(session, member, case_id)
    found = _as_lawyer(session, member, case_id)
    if found is None:
        raise NotAllowedNow("lawyers_only")
    opened, _ = found
    if opened.standing in OFFERS:
        # Whoever answers for the case too could write there, and nobody would read it once the offer is over.
        raise NotAllowedNow("only_offered")
    if Compartment.PRIVILEGED in opened.keys.keys:
        _store(session, opened, _entry(member, opened, what, body, now))
    else:
        _draw_and_store(session, member, found, what, body, now)
    put_on_record(session, member, "privileged_kept", now, case=case_id)


def _draw_and_store(
    session: Session, member: Member, found: _Held, what: str, body: Mapping[str, Any], now: datetime
) -> None:
    opened, grant = found
    keys = opened.keys.with_key(Compartment.PRIVILEGED, new_key())
    ring_public = member.ring_pair(session, queue_ring(grant.queue_id), grant.generation).public
    held = GrantPlace(grant.case_id, grant.queue_id, grant.generation, grant.consent)
    sealed = seal_grant(keys, held, ring_public)
    item = _entry(member, OpenCase(opened.row, opened.queue, keys), what, body, now)
    # As it was when it was opened: read anew, it could hold a key that another lawyer drew meanwhile, and lose it here.
    unchanged = (
        col(Grant.case_id) == grant.case_id,
        col(Grant.queue_id) == grant.queue_id,
        col(Grant.sealed) == grant.sealed,
    )
    # The case first, as everybody who writes to it does, and then the grant: whoever is second finds it changed.
    _hold(session, opened)
    if not changed_rows(session.execute(update(Grant).where(*unchanged).values(sealed=sealed))):
        raise ChangedMeanwhile
    add_item(session, item)


def _entry(member: Member, opened: OpenCase, what: str, body: Mapping[str, Any], now: datetime) -> SealedItem:
    return seal_entry(opened.keys, Compartment.PRIVILEGED, author_of(member), what, body, now)


def _store(session: Session, opened: OpenCase, item: SealedItem) -> None:
    _hold(session, opened)
    add_item(session, item)


def _hold(session: Session, opened: OpenCase) -> None:
    """Hold the case, unless it moved since it was opened or is about to: what is written could be left to nobody."""
    if not hold_case(session, opened.row.id):
        raise NotFound(opened.row.id)
    # Read anew and as columns: the grant may have gone with the only copy of the key since it was opened. That it was
    # sealed anew does no harm.
    held = select_rows(col(Grant.queue_id), col(Grant.standing)).where(col(Grant.case_id) == opened.row.id)
    stands = dict(session.exec(held).all())
    if opened.queue.id not in stands or stands[opened.queue.id] != opened.standing:
        raise ChangedMeanwhile
    if opened.queue.id == opened.row.queue_id and Standing.OFFERED_TRANSFER in stands.values():
        raise NotAllowedNow("transfer_offered")


def _as_lawyer(session: Session, member: Member, case_id: str) -> _Held | None:
    """The case opened by a legal queue of the member's own, with the grant that opened it; what is not only offered
    comes first, and what has the lawyers' key already."""
    legal = [queue.id for queue in member.queues if queue.kind == LEGAL]
    query = (
        select_rows(Case, Grant)
        .join(Grant, col(Grant.case_id) == col(Case.id))
        .where(col(Case.id) == case_id, col(Grant.queue_id).in_(legal))
        .order_by(col(Grant.queue_id))
    )
    found = [
        (
            OpenCase(
                row,
                member_queue(member, grant.queue_id),
                open_grant_of(session, member, grant),
                None if grant.standing is None else Standing(grant.standing),
            ),
            grant,
        )
        for row, grant in session.exec(query)
    ]
    return min(
        found,
        key=lambda held: (held[0].standing in OFFERS, Compartment.PRIVILEGED not in held[0].keys.keys),
        default=None,
    )
