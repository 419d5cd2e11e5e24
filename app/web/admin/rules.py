"""The rules in force, readably, and a page to try them on a made-up report, beside proposed ones if some wait.

Nothing that is tried is kept.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from app.accounts.members import Member
from app.accounts.queues import queue_states
from app.accounts.record import put_on_record
from app.in_force import changing_rules
from app.in_force.reading import UNSURE
from app.in_force.reading import rules as rules_in_force
from app.in_force.signing import may_sign
from app.questionnaire import Answers, Choice, current, read_date
from app.routing import FALLBACKS, NoQueueReady, Rules, decide, place
from app.storage.sessions import Session
from app.web.desk.access import Administrator
from app.web.desk.pages import desk_page
from app.web.forms import Form, Posted
from app.web.languages import mark as _
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/admin/rules")

# What the rules look at: answers of which one is chosen, of which several are, and days.
ONE, SEVERAL, DAYS = ("situation", "age_band"), ("threat", "need"), ("deadline", "surrendered_on", "next_hearing")
CONSENTS = ("legal_ngo", "partner_ngo", "prosecutor_438", "icc_otp")


@router.get("")
def rules(request: Request, session: Db, now: Now, member: Administrator) -> Response:
    """The rules in force, and the form of a made-up report."""
    put_on_record(session, member, "rules_opened", now)
    return _page(request, session, member, Form({}))


@router.post("")
def try_rules(request: Request, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """What the rules would do with a made-up report."""
    put_on_record(session, member, "rules_tried", now)
    unreadable = [code for code in DAYS if form.get(code).strip() and read_date(form.get(code).strip()) is None]
    if unreadable:
        return _page(request, session, member, form, unreadable=unreadable)
    outcomes = [(False, _outcome(session, form, now, rules_in_force(session)))]
    if (waits := changing_rules.proposal(session)) is not None:
        outcomes.append((True, _outcome(session, form, now, waits.rules)))
    return _page(request, session, member, form, outcomes=outcomes)


def _outcome(session: Session, form: Form, now: Now, by: Rules) -> dict[str, object]:
    known = current().questions
    single = {code: form.get(code) for code in ONE if known[code].choice(form.get(code))}
    several = {code: [each for each in form.getlist(code) if known[code].choice(each)] for code in SEVERAL}
    days = {code: form.get(code).strip() for code in DAYS if form.get(code).strip()}
    answers: Answers = {**single, **{code: found for code, found in several.items() if found}, **days}
    consents = {"ngo": "full", **{code: "full" for code in CONSENTS if code in form.getlist("consent")}}
    decision = decide(answers, consents, now, by)
    try:
        placement = place(decision, consents, queue_states(session))
    except NoQueueReady:
        placement = None
    fallback = FALLBACKS.get(placement.fallback or "", "") if placement else ""
    return {"decision": decision, "placement": placement, "fallback": fallback}


def _page(
    request: Request,
    session: Session,
    member: Member,
    form: Form,
    *,
    unreadable: list[str] | None = None,
    outcomes: Sequence[tuple[bool, Mapping[str, object]]] = (),
) -> HTMLResponse:
    questionnaire, in_force = current(), rules_in_force(session)

    def asked(codes: tuple[str, ...]) -> list[tuple[str, str, tuple[Choice, ...]]]:
        found = ((code, questionnaire.questions[code]) for code in codes)
        return [(code, question.label, question.choices) for code, question in found]

    return desk_page(
        request,
        member,
        "admin/rules.html",
        422 if unreadable else 200,
        version=in_force.version,
        rules=(*in_force.rules, in_force.otherwise),
        one=asked(ONE),
        several=asked(SEVERAL),
        days=asked(DAYS),
        consents=[(each.code, each.label) for each in questionnaire.recipients if each.code in CONSENTS],
        form=form,
        unreadable=unreadable or [],
        not_a_day=_("Please write a day as 2026-11-24."),
        outcomes=outcomes,
        hold=in_force is not UNSURE,
        may_sign=may_sign(session, member),
        waits=changing_rules.proposal(session),
        earlier=changing_rules.earlier(session),
        hours=lambda span: span // timedelta(hours=1),
    )
