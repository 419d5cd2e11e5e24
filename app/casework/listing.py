"""Lists of cases, each opened as far as a list needs: a page of a queue with what others shared with it, and names."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.accounts.members import Member, MemberQueue, colleagues
from app.accounts.record import put_on_record
from app.casefile.cases import as_item
from app.casefile.errors import NotFound
from app.casefile.items import Kind, SealedItem, open_item
from app.casefile.keys import CaseKeys, Compartment
from app.casefile.tables import Case, Grant, Item
from app.casework.facts import as_known, changes, known_entries
from app.casework.opening import Standing, open_grant_of, report_answers, verify_keys
from app.casework.queues import IS_OPEN, ListedCase, QueueFilter, list_cases, listed, member_queue
from app.casework.roster import open_roster
from app.casework.standby import Away, away_now
from app.casework.view import routing_of
from app.questionnaire import Answers
from app.vault.errors import VaultError

LIST_PARTS = (Compartment.FACTS, Compartment.IDENTITY)
MOST_GUESTS = 50


@dataclass(frozen=True)
class CaseRow:
    """A line of a queue's page: the clear row and those answers, as known now, that tell cases apart.

    ``reason`` is the first that the rules gave for queue and priority, as its source text, or empty. ``away`` says that
    whoever has the case is away, and who stands in. What does not open as it was written is told by its number alone.
    """

    listed: ListedCase
    assignee: str | None
    mine: bool
    away: Away | None
    answers: Answers = field(repr=False)
    reason: str = field(repr=False)
    opens: bool


@dataclass(frozen=True)
class Guest:
    """A case that another queue answers for, and that this one was offered or is shared."""

    standing: Standing
    answer_by: datetime | None
    row: CaseRow


@dataclass(frozen=True)
class QueuePage:
    """A page of a queue and the cursor of the next; the first also has guests, and says whether more of them follow."""

    queue: MemberQueue
    rows: tuple[CaseRow, ...]
    after: str | None
    guests: tuple[Guest, ...]
    more_guests: bool


def queue_page(
    session: Session,
    member: Member,
    queue_id: str,
    wanted: QueueFilter,
    after: str | None,
    now: datetime,
    *,
    skip: int = 0,
) -> QueuePage:
    """A page of a queue, each row opened as far as its list needs; "listed" goes on the record.

    `skip` is the number of guests that stand before those which are shown.

    Raises: :class:`~app.casefile.errors.NotFound`.
    """
    queue = member_queue(member, queue_id)
    cases, cursor = list_cases(session, member, queue_id, wanted, after, now)
    shared, more = ([], False) if after else _shared(session, queue_id, skip, now)
    shown = [*cases, *(case for _grant, case in shared)]
    ids = [case.id for case in shown]
    opened = _opened_for_list(session, member, [queue_id], ids, passed_over=(VaultError,))
    away = away_now(open_roster(session, member, queue_id), now)
    people = colleagues(session, member, {case.assignee_id for case in shown if case.assignee_id})

    def line(case: ListedCase) -> CaseRow:
        name = people.get(case.assignee_id or "")
        mine = case.assignee_id == member.account_id
        answers, reason = opened.get(case.id, ({}, ""))
        return CaseRow(case, name, mine, away.get(case.assignee_id or ""), answers, reason, case.id in opened)

    guests = tuple(Guest(Standing(grant.standing or ""), grant.answer_by, line(case)) for grant, case in shared)
    put_on_record(session, member, "listed", now, queue=queue_id, cases=" ".join(ids))
    return QueuePage(queue, tuple(line(case) for case in cases), cursor, guests, more)


def _shared(
    session: Session, queue_id: str, skip: int, now: datetime
) -> tuple[Sequence[tuple[Grant, ListedCase]], bool]:
    """Some of what other queues shared: offers, then what is open and most urgent, then what is closed; and if more is.

    Each is looked at, since its order stands with the case; only of those shown is more than that read.
    """
    order = col(Grant.answer_by).is_(None), IS_OPEN.desc(), col(Case.priority), col(Case.due), col(Case.id)
    first = (
        select(col(Grant.case_id))
        .join(Case, col(Case.id) == col(Grant.case_id))
        .where(col(Grant.queue_id) == queue_id, col(Grant.standing).is_not(None))
        .order_by(*order)
        .offset(skip)
        .limit(MOST_GUESTS + 1)
    )
    found = session.exec(first).all()
    query = (
        select(Grant, Case)
        .join(Case, col(Case.id) == col(Grant.case_id))
        .where(col(Grant.queue_id) == queue_id, col(Grant.case_id).in_(found[:MOST_GUESTS]))
        .where(col(Grant.standing).is_not(None))
        .order_by(*order)
    )
    return [(grant, listed(row, now)) for grant, row in session.exec(query)], len(found) > MOST_GUESTS


def told_apart(session: Session, member: Member, case_ids: Sequence[str], now: datetime) -> Mapping[str, Answers]:
    """What tells cases of any of the member's queues apart, of those that open; "listed" goes on the record."""
    names = names_of(session, member, case_ids)
    if names:
        put_on_record(session, member, "listed", now, cases=" ".join(sorted(names)))
    return names


def names_of(session: Session, member: Member, case_ids: Sequence[str]) -> Mapping[str, Answers]:
    """What tells cases of any of the member's queues apart, of those that open; the caller records "listed".

    One case that somebody tampered with is told by its number, and hides nothing of all others.
    """
    mine = [queue.id for queue in member.queues]
    opened = _opened_for_list(session, member, mine, case_ids, passed_over=(NotFound, VaultError))
    return {case_id: answers for case_id, (answers, _reason) in opened.items()}


def _opened_for_list(
    session: Session,
    member: Member,
    queues: Collection[str],
    case_ids: Collection[str],
    passed_over: tuple[type[Exception], ...] = (),
) -> dict[str, tuple[dict[str, Any], str]]:
    """By case, the answers and why it came where it is; a case in which one of those errors is raised is left out.

    Raises: :class:`~app.casefile.errors.NotFound` where a queue's key is not held, ``VaultError`` for what was damaged.
    """
    held_by = col(Grant.case_id).in_(case_ids), col(Grant.queue_id).in_(queues)
    # Where two queues of the member hold a case, the one that answers for it counts, which comes last.
    grants = session.exec(select(Grant).where(*held_by).order_by(col(Grant.standing).is_(None))).all()
    opened: dict[str, CaseKeys] = {}
    for grant in grants:
        with suppress(*passed_over):
            opened[grant.case_id] = open_grant_of(session, member, grant)
    query = select(Item).where(
        col(Item.case_id).in_(list(opened)),
        col(Item.compartment).in_([part.value for part in LIST_PARTS]),
        col(Item.kind).in_((Kind.REPORT, Kind.ENTRY, Kind.ROUTING)),
    )
    held: dict[str, list[SealedItem]] = {case_id: [] for case_id in opened}
    for row in session.exec(query):
        if row.compartment in opened[row.case_id].keys:
            held[row.case_id].append(as_item(row))
    known = {case_id: known_entries(keys, held[case_id]) for case_id, keys in opened.items()}
    signers = verify_keys(session, (entry.author for entries in known.values() for entry in entries))
    found: dict[str, tuple[dict[str, Any], str]] = {}
    for case_id, keys in opened.items():
        with suppress(*passed_over):
            answers = as_known(report_answers(keys, held[case_id])[0], changes(known[case_id], signers))
            found[case_id] = answers, _reason(keys, held[case_id])
    return found


def _reason(keys: CaseKeys, items: Iterable[SealedItem]) -> str:
    routings = (routing_of(open_item(keys, item)) for item in items if item.kind == Kind.ROUTING)
    return next((reason for routing in routings for reason in routing.reasons), "")
