"""Opening cases with the keys of the member who asks, for a list or to read and work on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from app.accounts.errors import KeyNotHeld
from app.accounts.members import Member, MemberQueue, colleagues
from app.accounts.record import put_on_record
from app.accounts.rings import queue_ring
from app.accounts.vouching import vouched
from app.casefile.cases import Status, items_of
from app.casefile.errors import NotFound
from app.casefile.items import Kind, SealedItem, open_item
from app.casefile.keys import OF_EACH_HOLDER, CaseKeys, Compartment, GrantPlace, is_case_number, open_grant
from app.casefile.tables import Case, Grant, Told
from app.casework.errors import NotAllowedNow
from app.casework.facts import as_known, changes, known_entries
from app.casework.queues import listed, member_queue
from app.casework.resealing import reseal_when_older
from app.casework.view import TOLD_IN_ORDER, CaseView, consents_now, lines, routing_of
from app.questionnaire import Answers
from app.vault.errors import VaultError


class Standing(StrEnum):
    """Where a queue stands to a case that another queue answers for."""

    REFERRED = "referred"
    OFFERED_REFERRAL = "refer"
    OFFERED_TRANSFER = "transfer"


OFFERS = frozenset({Standing.OFFERED_REFERRAL, Standing.OFFERED_TRANSFER})


@dataclass(frozen=True)
class OpenCase:
    """A case whose grant was opened: its row and the keys that the grant carried.

    ``standing`` is none where the queue answers for the case.
    """

    row: Case = field(repr=False)
    queue: MemberQueue
    keys: CaseKeys = field(repr=False)
    standing: Standing | None = None
    answer_by: datetime | None = None


@dataclass(frozen=True)
class Reading:
    """A case that is being read: as it is shown, its open keys, and the items that these open."""

    view: CaseView
    opened: OpenCase = field(repr=False)
    items: tuple[SealedItem, ...] = field(repr=False)
    # Letters whose key stands at the desk, with the offer that they are about.
    letters: tuple[SealedItem, ...] = field(default=(), repr=False)


def open_keys(session: Session, member: Member, case_id: str) -> OpenCase:
    """Open the grant that one of the member's queues holds for a case, to work on it.

    Raises: :class:`~app.casefile.errors.NotFound` where there is no such case or no such grant;
    :class:`NotAllowedNow` where it is only offered: then it may be read, accepted and refused.
    """
    opened = open_to_read(session, member, case_id)
    if opened.standing in OFFERS:
        raise NotAllowedNow("only_offered")
    return opened


def open_to_answer_for(session: Session, member: Member, case_id: str) -> OpenCase:
    """Open the grant of the queue that answers for the case.

    Raises: :class:`~app.casefile.errors.NotFound`; :class:`NotAllowedNow` where another queue answers for it.
    """
    opened = open_keys(session, member, case_id)
    if opened.standing is not None:
        raise NotAllowedNow("not_yours")
    return opened


def open_to_read(session: Session, member: Member, case_id: str) -> OpenCase:
    """Open the grant that one of the member's queues holds for a case, an offered one too.

    Raises: :class:`~app.casefile.errors.NotFound` where there is no such case or no such grant.
    """
    if not is_case_number(case_id):
        raise NotFound(case_id)
    mine = [queue.id for queue in member.queues]
    query = (
        select(Case, Grant)
        .join(Grant, col(Grant.case_id) == col(Case.id))
        .where(col(Case.id) == case_id, col(Grant.queue_id).in_(mine))
        .order_by(col(Grant.queue_id) != col(Case.queue_id), col(Grant.answer_by).is_not(None), col(Grant.queue_id))
        .limit(1)
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound(case_id)
    row, grant = found
    keys = open_grant_of(session, member, grant)
    reseal_when_older(session, grant, keys)
    standing = None if grant.standing is None else Standing(grant.standing)
    return OpenCase(row, member_queue(member, grant.queue_id), keys, standing, grant.answer_by)


def open_case(session: Session, member: Member, case_id: str, now: datetime) -> CaseView:
    """A case as it is shown, opened as :func:`read_case` does.

    Raises: :class:`~app.casefile.errors.NotFound`.
    """
    return read_case(session, member, case_id, now).view


def read_case(session: Session, member: Member, case_id: str, now: datetime) -> Reading:
    """Open a case for reading; "opened" goes on the record before anything is shown.

    Raises: :class:`~app.casefile.errors.NotFound`.
    """
    opened = open_to_read(session, member, case_id)
    found = items_of(session, case_id, *opened.keys.keys, Compartment.LETTER)
    items = [item for item in found if item.compartment in opened.keys.keys]
    if not items:
        # The family took everything back between the two questions to the database.
        raise NotFound(case_id)
    view = _view(session, member, opened, items, now)
    put_on_record(session, member, "opened", now, case=case_id, queue=opened.queue.id)
    return Reading(view, opened, tuple(items), tuple(item for item in found if item not in items))


def report_answers(keys: CaseKeys, items: Iterable[SealedItem]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answers of all granted parts together, and the content of the ``facts`` part."""
    answers: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    for item in items:
        if item.kind == Kind.REPORT:
            content = open_item(keys, item)
            answers.update(content["answers"])
            if item.compartment == Compartment.FACTS:
                facts = content
    return answers, facts


def may_answer(answers: Answers) -> bool:
    """Whether the family allowed to be written to; the code works in any case."""
    return answers.get("reply_safe") != "no"


def open_grant_of(session: Session, member: Member, grant: Grant) -> CaseKeys:
    """Open a grant of one of the member's queues.

    Raises: :class:`~app.casefile.errors.NotFound` where the queue's key is not held.
    """
    try:
        pair = member.ring_pair(session, queue_ring(grant.queue_id), grant.generation)
    except KeyNotHeld:
        # A membership that somebody wrote into the database, or whose key is still to be given, shows nothing.
        raise NotFound(grant.case_id) from None
    place = GrantPlace(grant.case_id, grant.queue_id, grant.generation, grant.consent)
    # One page asks for the same case several times: to work on it, to name it, to tell what is due.
    return member.opened_once(grant.sealed, place.context, lambda: open_grant(place, grant.sealed, pair))


def _view(session: Session, member: Member, opened: OpenCase, items: list[SealedItem], now: datetime) -> CaseView:
    row = opened.row
    answers, facts = report_answers(opened.keys, items)
    contents = {item.kind: open_item(opened.keys, item) for item in items if item.kind in (Kind.CONSENTS, Kind.ROUTING)}
    texts = _texts(opened.keys, items)
    known = known_entries(opened.keys, items)
    authors = {content["author"] for _, content in texts if "author" in content} | {entry.author for entry in known}
    people = colleagues(session, member, authors | ({row.assignee} if row.assignee else set()))
    signers = verify_keys(session, authors)
    made = changes(known, signers)
    return CaseView(
        listed=listed(row, now),
        version=row.version,
        queue=opened.queue,
        assignee=people.get(row.assignee or ""),
        mine=row.assignee == member.account_id,
        questionnaire_version=facts["version"],
        language=facts["language"],
        answers=answers,
        consents=consents_now(contents[Kind.CONSENTS], [content for item, content in texts if "changes" in content])
        if Compartment.INBOX in opened.keys.keys
        else (),
        routing=routing_of(contents[Kind.ROUTING]),
        told=_told(session, row.id),
        conversation=lines([pair for pair in texts if pair[0].kind != Kind.NOTE], people, signers),
        notes=lines([pair for pair in texts if pair[0].kind == Kind.NOTE], people, signers),
        why_not=_why_not(opened, answers),
        standing="" if opened.standing is None else opened.standing.value,
        answer_by=opened.answer_by,
        known=made,
        now=as_known(answers, made),
        people=people,
    )


def _texts(keys: CaseKeys, items: list[SealedItem]) -> list[tuple[SealedItem, dict[str, Any]]]:
    found = []
    for item in items:
        if item.kind in TOLD_IN_ORDER:
            try:
                found.append((item, open_item(keys, item)))
            except VaultError:
                if item.compartment not in OF_EACH_HOLDER:
                    raise
                # A note of another organisation's desk, whose key this one has not.
    return found


def _why_not(opened: OpenCase, answers: Answers) -> str:
    if opened.row.status == Status.CLOSED:
        return "closed"
    if opened.standing in OFFERS or Compartment.REPLIES not in opened.keys.keys:
        return "not_yours"
    return "" if may_answer(answers) else "reply_safe_no"


def verify_keys(session: Session, accounts: Iterable[str]) -> dict[str, tuple[bytes, ...]]:
    """The keys by which the signatures of these accounts are checked, vouched for up to the root."""
    known = vouched(session)
    return {account: known.signing_keys(account) for account in set(accounts)}


def _told(session: Session, case_id: str) -> tuple[str, ...]:
    query = select(col(Told.queue_id)).where(col(Told.case_id) == case_id).order_by(col(Told.queue_id))
    return tuple(session.exec(query))
