"""Filling an installation with made-up cases, through the path that real ones take."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from sqlalchemy import Engine
from sqlmodel import Session

from app.accounts import login, members
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.setup import Credentials
from app.casefile.cases import Status
from app.casefile.errors import NotFound
from app.casework import actions
from app.casework.opening import open_keys
from app.demonstration import desk_work
from app.demonstration.reports import MadeUpReport
from app.intake import draft, returning, sending
from app.storage.sessions import session_scope
from app.vault.totp import totp_at

# The staff of the demonstration worked before it began, so that no one-time password of now is spent.
STAFF_WORKED = timedelta(minutes=30)


def fill(
    engine: Engine, reports: Iterable[MadeUpReport], now: datetime, progress: Callable[[int], None] = lambda _n: None
) -> Iterator[tuple[MadeUpReport, str]]:
    """Send every report as a family would, at the hour it says; yield each with its code.

    Stretching the codes takes most of the time and runs on all processors.
    """
    hands = max(2, os.cpu_count() or 1)

    def send(report: MadeUpReport) -> tuple[MadeUpReport, str]:
        moment = now - timedelta(hours=report.age_hours)
        with session_scope(engine) as session:
            return report, _send(session, report, moment)

    done, waiting = 0, iter(reports)
    with ThreadPoolExecutor(hands) as pool:
        running: list[Future[tuple[MadeUpReport, str]]] = []
        while True:
            running += [pool.submit(send, report) for report in islice(waiting, hands * 4 - len(running))]
            if not running:
                return
            yield running.pop(0).result()
            done += 1
            progress(done)


def work(
    engine: Engine, people: Sequence[Credentials], sent: Iterable[tuple[MadeUpReport, str]], now: datetime
) -> None:
    """Let the leads work on the cases as far as each report says, and the families write again."""
    moment = now - STAFF_WORKED
    leads = [log_in(engine, person, moment) for person in people if person.plan.leads]
    for lead in {lead.organisation_id: lead for lead in leads}.values():
        desk_work.keep_cards(engine, lead, moment)
    for report, code in sent:
        with session_scope(engine) as session:
            _, opened = returning.open_return(session, code, moment)
            returning_case = opened.case_id
        member = _whose(engine, leads, returning_case)
        if member is not None:
            _work_on(engine, member, returning_case, report, moment)
            desk_work.go_on(engine, member, returning_case, report, moment)
        for text in report.later:
            with session_scope(engine) as session:
                returning.write_message(session, opened, text, moment)


def _send(session: Session, report: MadeUpReport, moment: datetime) -> str:
    begun = draft.begin(report.language, moment)
    whole = replace(begun, answers=report.answers, consents=report.consents)
    code = sending.send(session, whole, moment).code
    assert code is not None
    return code


def log_in(engine: Engine, person: Credentials, moment: datetime) -> Member:
    """Log somebody in at a moment that is past, and give them with their keys."""
    with session_scope(engine) as session:
        half = login.log_in(session, person.plan.name, person.person.passphrase, moment)
    with session_scope(engine) as session:
        token = login.second_factor(session, half, totp_at(person.person.totp_secret, moment), moment)
    with session_scope(engine) as session:
        return members.resume(session, token, moment)


def _whose(engine: Engine, leads: Sequence[Member], case_id: str) -> Member | None:
    with session_scope(engine) as session:
        for member in leads:
            if Role.CASEWORKER in member.roles:
                try:
                    open_keys(session, member, case_id)
                except NotFound:
                    continue
                return member
    return None


def _work_on(engine: Engine, member: Member, case_id: str, report: MadeUpReport, moment: datetime) -> None:
    def answer(text: str, session: Session, _version: int) -> None:
        actions.answer_family(session, member, case_id, text, moment)

    def begin(session: Session, version: int) -> None:
        step = actions.acknowledge if report.progress == Status.ACKNOWLEDGED.value else actions.take
        step(session, member, case_id, version, moment)

    def move_on(session: Session, version: int) -> None:
        actions.set_status(session, member, case_id, version, report.progress, moment)

    steps: list[Callable[[Session, int], None]] = [] if report.progress == Status.NEW.value else [begin]
    steps += [partial(answer, text) for text in report.replies]
    if report.progress == Status.AWAITING_FAMILY.value:
        steps.append(move_on)
    for step in steps:
        with session_scope(engine) as session:
            step(session, open_keys(session, member, case_id).row.version)
