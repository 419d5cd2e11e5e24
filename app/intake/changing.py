"""What a family changes later: the situation, a consent.

A code opens nothing that the family wrote, so neither change is made to the report: each is
sealed into the inbox beside it, and what needs no key (a grant, a priority) is changed at once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, update
from sqlalchemy import case as sql_case
from sqlmodel import Session, col, select

from app.accounts.errors import SessionEnded
from app.accounts.queues import queue_states
from app.casefile.cases import ERASE, Status, add_item
from app.casefile.clocks import family_wrote
from app.casefile.items import Kind, seal_to_inbox
from app.casefile.practice import is_practice
from app.casefile.tables import Case, Grant, Told
from app.in_force.reading import questions, rules
from app.intake.errors import AnswersRefused, EndsEverything, NothingSaid
from app.intake.returning import Opened
from app.jobs.queue import enqueue
from app.questionnaire import Answer, Answers, Problem, Questionnaire
from app.questionnaire.answers import FULL
from app.questionnaire.updating import check_update
from app.routing import Decision, NoQueueReady, decide, place
from app.statistics.facets import CONSENT, empty_facet, nothing_to_add
from app.storage.columns import day_of, hour_up
from app.storage.conflicts import changed_rows, insert_if_absent

NEEDED_TO_SEND = "ngo"
WITHDRAWN = ""


def send_update(session: Session, opened: Opened, answers: Mapping[str, Answer], now: datetime) -> None:
    """Seal what is new into the inbox; where the rules call it more urgent, the case becomes so.

    Raises: :class:`AnswersRefused`, :class:`NothingSaid`, :class:`~app.accounts.errors.SessionEnded`.
    """
    version = questions(session, opened.language)
    accepted, problems = check_update(version, answers)
    if problems:
        raise AnswersRefused(problems)
    if not accepted:
        raise NothingSaid
    content: dict[str, Any] = {"version": version.version, "answers": accepted, "at": now.isoformat()}
    item = seal_to_inbox(opened.case_id, opened.inbox_public, Kind.UPDATE, content, day_of(now))
    decision = decide(_as_asked(accepted), {}, now, rules(session))
    # A case made for practice concerns no other queue.
    told = () if is_practice(session, opened.case_id) else _told(session, decision)
    _touch(session, opened.case_id, now)
    _raise_priority(session, opened.case_id, decision, told, now)
    add_item(session, item)


def change_consents(session: Session, opened: Opened, changes: Mapping[str, str], now: datetime) -> None:
    """Allow (``recipient -> scope``) or withdraw (``recipient -> ""``).

    Grants on a consent that is withdrawn, or is not a whole one now, go at once: what they opened cannot be narrowed
    without a key, so whoever answers for the case offers it again.

    Raises: :class:`AnswersRefused`, :class:`NothingSaid`, :class:`~app.accounts.errors.SessionEnded`, and
    :class:`EndsEverything` where nobody would answer for the case any more: nothing is changed then.
    """
    if not changes:
        raise NothingSaid
    version = questions(session, opened.language)
    _refuse_unknown(version, changes)
    content = {
        "changes": dict(changes),
        "text": {code: f"{_text_version(version, code)}/{opened.language}" for code in changes},
        "version": version.version,
        "day": day_of(now).isoformat(),
        "at": now.isoformat(),
    }
    item = seal_to_inbox(opened.case_id, opened.inbox_public, Kind.CONSENT_CHANGE, content, day_of(now))
    ended = [recipient for recipient, scope in changes.items() if scope != FULL]
    # What is allowed later is coded by the desk, which can read the answers; a code cannot.
    nothing = nothing_to_add(session, opened.replies_key) if CONSENT in ended else None
    _touch(session, opened.case_id, now)
    session.execute(delete(Grant).where(col(Grant.case_id) == opened.case_id, col(Grant.consent).in_(ended)))
    if ended:
        enqueue(session, ERASE, ERASE, now)
    # An offer runs out and a referral is ended: neither answers for the case.
    answering = col(Grant.case_id) == opened.case_id, col(Grant.standing).is_(None)
    left = session.execute(select(func.count()).select_from(Grant).where(*answering))
    if left.scalar_one() == 0:
        raise EndsEverything
    if CONSENT in ended:
        empty_facet(session, opened.replies_key, nothing)
    add_item(session, item)


def _as_asked(answers: Answers) -> Answers:
    """A date to appear by means a summons, where the family does not say otherwise."""
    if "deadline" in answers and "situation" not in answers:
        return {**answers, "situation": "summoned"}
    return answers


def _told(session: Session, decision: Decision) -> tuple[str, ...]:
    try:
        return place(decision, {}, queue_states(session)).told
    except NoQueueReady:
        return ()


def _touch(session: Session, case_id: str, now: datetime) -> None:
    if not family_wrote(session, case_id, now):
        raise SessionEnded


def _raise_priority(session: Session, case_id: str, decision: Decision, told: tuple[str, ...], now: datetime) -> None:
    act_by = hour_up(now + decision.act_within)
    more_urgent: tuple[ColumnElement[bool], ...] = (
        col(Case.id) == case_id,
        col(Case.priority) > decision.priority,
        col(Case.status) != Status.CLOSED.value,
    )
    earlier = sql_case((col(Case.due) < act_by, col(Case.due)), else_=act_by)
    raised = update(Case).where(*more_urgent)
    values = {"priority": decision.priority, "act_by": act_by, "due": earlier, "version": col(Case.version) + 1}
    if changed_rows(session.execute(raised.values(values))):
        for queue_id in told:
            insert_if_absent(session, Told, case_id=case_id, queue_id=queue_id)


def _refuse_unknown(version: Questionnaire, changes: Mapping[str, str]) -> None:
    problems = []
    for code, scope in changes.items():
        recipient = version.recipient(code)
        # Without this consent there is no report: taking it back is taking everything back, with the code.
        if recipient is None or code == NEEDED_TO_SEND:
            problems.append(Problem("consents", "unknown_field"))
        elif scope not in (WITHDRAWN, *recipient.scopes):
            problems.append(Problem(f"scope_{code}", "unknown_choice"))
    if problems:
        raise AnswersRefused(tuple(problems))


def _text_version(version: Questionnaire, code: str) -> str:
    recipient = version.recipient(code)
    return "" if recipient is None else recipient.text_version
