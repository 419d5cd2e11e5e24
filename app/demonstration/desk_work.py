"""What the made-up desk has done besides answering: dates, assessments, signatures that wait, address cards."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine
from sqlmodel import Session

from app.accounts.address_cards import keep_card
from app.accounts.members import Member
from app.casefile.cases import Status
from app.casework import assessment, closing, diary, privileged
from app.casework.opening import open_keys
from app.demonstration.made_up import MadeUpReport
from app.storage.sessions import session_scope

ON_TRIAL = frozenset({"on_trial_ua", "convicted_ua", "pow_ua", "surrendered"})
CARDS = (
    {
        "name": "Адвокатка Вигадана",
        "kind": "lawyer",
        "place": "Дніпро; стаття 258",
        "reach": "Через чергову групу",
        "note": "Бере справи без оплати.",
    },
    {
        "name": "Вигадана гаряча лінія",
        "kind": "hotline",
        "place": "Уся Україна",
        "reach": "0 000 000 00 00",
        "note": "",
    },
)
ASSESSED = {
    "under_threat": ["yes"],
    "under_threat_source": ["family"],
    "under_threat_basis": ["told_by_other"],
    "result": ["likely_forced"],
    "confidence": ["medium"],
    "verification": ["corroborated"],
    "defence": ["CCU-40"],
    "reasons": ["Людину забрали під погрозою; це підтверджують двоє свідків."],
}

Act = Callable[[Session], object]


def keep_cards(engine: Engine, member: Member, moment: datetime) -> None:
    """Fill the address book of a member's organisation."""
    with session_scope(engine) as session:
        for card in CARDS:
            keep_card(session, member, card, moment, ("uk", "ru"))


def go_on(engine: Engine, member: Member, case_id: str, report: MadeUpReport, moment: datetime) -> None:
    """Do with a case that somebody works on what is done with such cases."""
    if report.progress not in (Status.IN_PROGRESS.value, Status.AWAITING_FAMILY.value):
        return
    for act in _acts(member, case_id, report, moment):
        with session_scope(engine) as session:
            act(session)


def _acts(member: Member, case_id: str, report: MadeUpReport, moment: datetime) -> list[Act]:
    def day(ahead: int) -> str:
        return (moment + timedelta(days=ahead)).date().isoformat()

    task = {"text": "Написати родині, що відповіли в реєстрі.", "service": "tracing", "day": day(3)}
    acts: list[Act] = [
        lambda session: diary.add_task(session, member, case_id, task, member.account_id, moment),
    ]
    if report.answers.get("situation") in ON_TRIAL:
        hearing = {"day": day(9), "time": "10:30", "court": "Районний суд", "text": "Взяти довідку про місце роботи."}
        trial = {"court": "Районний суд", "number": "000/0000/00", "custody_until": day(20), "text": ""}
        body = assessment.read_assessment(ASSESSED)
        acts += [
            lambda session: diary.add_hearing(session, member, case_id, hearing, moment),
            lambda session: diary.keep_trial(session, member, case_id, "", trial, ["CCU-258"], moment),
            lambda session: assessment.keep_assessment(session, member, case_id, "", body, moment),
        ]
        if any(queue.kind == privileged.LEGAL for queue in member.queues):
            note = "Лінія захисту: крайня необхідність і примус."
            acts.append(lambda session: privileged.add_privileged_note(session, member, case_id, note, moment))
    if report.answers.get("situation") in ("returned", "convicted_ua"):
        acts.append(partial(_propose_closing, member, case_id, moment))
    return acts


def _propose_closing(member: Member, case_id: str, moment: datetime, session: Session) -> None:
    version = open_keys(session, member, case_id).row.version
    reason = "Усе, про що просила родина, зроблено."
    closing.propose_closing(session, member, case_id, version, "sentence_reduced", reason, moment)
