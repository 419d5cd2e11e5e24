"""Opening cases with the keys of the member who asks, for a list or to read and work on."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.accounts.errors import KeyNotHeld
from app.accounts.members import Member, MemberQueue, colleagues
from app.accounts.record import put_on_record
from app.accounts.rings import queue_ring
from app.accounts.vouching import vouched
from app.casefile.cases import Status, as_item, items_of
from app.casefile.errors import NotFound
from app.casefile.items import Kind, SealedItem, open_item
from app.casefile.keys import CaseKeys, Compartment, GrantPlace, is_case_number, open_grant
from app.casefile.tables import Case, Grant, Item, Told
from app.casework.queues import ListedCase, QueueFilter, list_cases, listed, member_queue
from app.casework.resealing import reseal_when_older
from app.casework.view import TOLD_IN_ORDER, CaseView, consents_now, lines, routing_of
from app.questionnaire import Answers

LIST_PARTS = (Compartment.FACTS, Compartment.IDENTITY)


@dataclass(frozen=True)
class OpenCase:
    """A case whose grant was opened: its row and the keys that the grant carried."""

    row: Case = field(repr=False)
    queue: MemberQueue
    keys: CaseKeys = field(repr=False)


@dataclass(frozen=True)
class CaseHead:
    """The little that a page about one step of a case shows of it; nothing of the report was opened."""

    id: str
    queue: MemberQueue
    version: int
    closed: bool
    desk: bool


@dataclass(frozen=True)
class Reading:
    """A case that is being read: as it is shown, its open keys, and the items that these open."""

    view: CaseView
    opened: OpenCase = field(repr=False)
    items: tuple[SealedItem, ...] = field(repr=False)


@dataclass(frozen=True)
class CaseRow:
    """A line of a queue's page: the clear row and those answers that tell cases apart."""

    listed: ListedCase
    assignee: str | None
    mine: bool
    answers: Answers = field(repr=False)


@dataclass(frozen=True)
class QueuePage:
    """A page of a queue and the cursor of the next."""

    queue: MemberQueue
    rows: tuple[CaseRow, ...]
    after: str | None


def open_keys(session: Session, member: Member, case_id: str) -> OpenCase:
    """Open the grant that one of the member's queues holds for a case.

    Raises: :class:`~app.casefile.errors.NotFound` where there is no such case or no such grant.
    """
    if not is_case_number(case_id):
        raise NotFound(case_id)
    mine = [queue.id for queue in member.queues]
    query = (
        select(Case, Grant)
        .join(Grant, col(Grant.case_id) == col(Case.id))
        .where(col(Case.id) == case_id, col(Grant.queue_id).in_(mine))
        .order_by(col(Grant.queue_id) != col(Case.queue_id), col(Grant.queue_id))
        .limit(1)
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound(case_id)
    row, grant = found
    keys = open_grant_of(session, member, grant)
    reseal_when_older(session, grant, keys)
    return OpenCase(row, member_queue(member, grant.queue_id), keys)


def case_head(session: Session, member: Member, case_id: str) -> CaseHead:
    """The head of a page about one step of a case.

    Raises: :class:`~app.casefile.errors.NotFound`.
    """
    opened = open_keys(session, member, case_id)
    row, desk = opened.row, Compartment.DESK in opened.keys.keys
    return CaseHead(row.id, opened.queue, row.version, closed=row.status == Status.CLOSED, desk=desk)


def queue_page(
    session: Session, member: Member, queue_id: str, wanted: QueueFilter, after: str | None, now: datetime
) -> QueuePage:
    """A page of a queue, each row opened as far as its list needs; "listed" goes on the record.

    Raises: :class:`~app.casefile.errors.NotFound`.
    """
    queue = member_queue(member, queue_id)
    cases, cursor = list_cases(session, member, queue_id, wanted, after, now)
    answers = _answers_for_list(session, member, queue_id, [case.id for case in cases])
    people = colleagues(session, member, {case.assignee_id for case in cases if case.assignee_id})
    rows = tuple(
        CaseRow(
            listed=case,
            assignee=people.get(case.assignee_id or ""),
            mine=case.assignee_id == member.account_id,
            answers=answers.get(case.id, {}),
        )
        for case in cases
    )
    put_on_record(session, member, "listed", now, queue=queue_id, cases=" ".join(case.id for case in cases))
    return QueuePage(queue, rows, cursor)


def open_case(session: Session, member: Member, case_id: str, now: datetime) -> CaseView:
    """A case as it is shown, opened as :func:`read_case` does.

    Raises: :class:`~app.casefile.errors.NotFound`.
    """
    return read_case(session, member, case_id, now).view


def read_case(session: Session, member: Member, case_id: str, now: datetime) -> Reading:
    """Open a case for reading; "opened" goes on the record before anything is shown.

    Raises: :class:`~app.casefile.errors.NotFound`.
    """
    opened = open_keys(session, member, case_id)
    items = items_of(session, case_id, *opened.keys.keys)
    if not items:
        # The family took everything back between the two questions to the database.
        raise NotFound(case_id)
    view = _view(session, member, opened, items, now)
    put_on_record(session, member, "opened", now, case=case_id, queue=opened.queue.id)
    return Reading(view, opened, tuple(items))


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
    return open_grant(GrantPlace(grant.case_id, grant.queue_id, grant.generation, grant.consent), grant.sealed, pair)


def _answers_for_list(
    session: Session, member: Member, queue_id: str, case_ids: Collection[str]
) -> dict[str, dict[str, Any]]:
    grants = session.exec(select(Grant).where(col(Grant.case_id).in_(case_ids), col(Grant.queue_id) == queue_id)).all()
    query = select(Item).where(
        col(Item.case_id).in_(case_ids),
        col(Item.compartment).in_([part.value for part in LIST_PARTS]),
        col(Item.kind) == Kind.REPORT,
    )
    items: dict[str, list[SealedItem]] = {}
    for row in session.exec(query):
        items.setdefault(row.case_id, []).append(as_item(row))
    opened = {grant.case_id: open_grant_of(session, member, grant) for grant in grants}
    return {
        case_id: report_answers(keys, [item for item in items.get(case_id, ()) if item.compartment in keys.keys])[0]
        for case_id, keys in opened.items()
    }


def _view(session: Session, member: Member, opened: OpenCase, items: list[SealedItem], now: datetime) -> CaseView:
    row = opened.row
    answers, facts = report_answers(opened.keys, items)
    contents = {item.kind: open_item(opened.keys, item) for item in items if item.kind in (Kind.CONSENTS, Kind.ROUTING)}
    texts = [(item, open_item(opened.keys, item)) for item in items if item.kind in TOLD_IN_ORDER]
    authors = {content["author"] for _, content in texts if "author" in content}
    people = colleagues(session, member, authors | ({row.assignee} if row.assignee else set()))
    known = vouched(session)
    verify_keys = {author: known.signing_keys(author) for author in authors}
    return CaseView(
        listed=listed(row, now),
        version=row.version,
        queue=opened.queue,
        assignee=people.get(row.assignee or ""),
        mine=row.assignee == member.account_id,
        questionnaire_version=facts["version"],
        language=facts["language"],
        answers=answers,
        consents=consents_now(contents[Kind.CONSENTS], [content for item, content in texts if "changes" in content]),
        routing=routing_of(contents[Kind.ROUTING]),
        told=_told(session, row.id),
        conversation=lines([pair for pair in texts if pair[0].kind != Kind.NOTE], people, verify_keys),
        notes=lines([pair for pair in texts if pair[0].kind == Kind.NOTE], people, verify_keys),
        may_answer=may_answer(answers) and row.status != Status.CLOSED,
    )


def _told(session: Session, case_id: str) -> tuple[str, ...]:
    query = select(col(Told.queue_id)).where(col(Told.case_id) == case_id).order_by(col(Told.queue_id))
    return tuple(session.exec(query))
