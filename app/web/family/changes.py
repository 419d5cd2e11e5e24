"""What a family changes later: something new, the consents, the code."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.installation import about
from app.in_force.reading import questions
from app.intake.changing import NEEDED_TO_SEND, WITHDRAWN, change_consents, send_update
from app.intake.errors import DraftGone, MistypedCode, NothingSaid
from app.intake.renewing import Renewal, confirm_renewal, renew_code, show_again
from app.intake.returning import Opened, end_return
from app.questionnaire import Problem, Questionnaire, read_form, step_view
from app.questionnaire.updating import UPDATE_STEP, update_of
from app.web.cookies import Cookie, drop_cookie, read_cookie
from app.web.family.code import in_fours
from app.web.family.language import router_in_language
from app.web.family.step_pages import summed_up
from app.web.family.visit import visit_of
from app.web.family.words import CODE_SLIPS, NOTHING_CHOSEN, OTHER_CODE
from app.web.forms import Form, Posted
from app.web.pages import render, translate_into
from app.web.site import Now
from app.web.transactions import Db

router = router_in_language()
Visit = Annotated[Opened, Depends(visit_of)]
LEAVE, ALLOW, WITHDRAW = "leave", "allow", "withdraw"


@router.get("/case/update", dependencies=[Depends(visit_of)])
def update_page(request: Request, session: Db) -> Response:
    """Ask what is new: four questions, all empty, whatever was answered before."""
    return _update(request, _asked(request, session))


@router.post("/case/update")
def take_update(request: Request, form: Posted, session: Db, visit: Visit, now: Now) -> Response:
    """Take what is new; a refused form comes back as it was typed."""
    questionnaire = _asked(request, session)
    read = read_form(update_of(questionnaire), UPDATE_STEP, form.items, {})
    if read.problems:
        return _update(request, questionnaire, form, read.problems, status=422)
    try:
        send_update(session, visit, read.answers, now)
    except NothingSaid:
        return _update(request, questionnaire, form, nothing=NOTHING_CHOSEN, status=422)
    return _to(request, "case/written")


@router.get("/case/consents", dependencies=[Depends(visit_of)])
def consents_page(request: Request, session: Db) -> Response:
    """Every consent with three ways; which are on is never shown."""
    return _consents(request, session, _asked(request, session))


@router.post("/case/consents")
def take_consents(request: Request, form: Posted, session: Db, visit: Visit, now: Now) -> Response:
    """Allow and withdraw what was chosen, leave the rest as it is."""
    questionnaire = _asked(request, session)
    try:
        change_consents(session, visit, _chosen(questionnaire, form), now)
    except NothingSaid:
        return _consents(request, session, questionnaire, form, nothing=NOTHING_CHOSEN, status=422)
    return render(request, "family/consents_changed.html")


@router.get("/case/code")
def renewal_page(request: Request, visit: Visit) -> Response:
    """What a new code does, before one is drawn."""
    return render(request, "family/renew.html", read_out=visit.read_out)


@router.post("/case/code")
def draw_code(request: Request, session: Db, visit: Visit, now: Now) -> Response:
    """Draw a new code and show it; the old one ends when this one was typed."""
    return _renewed(request, renew_code(session, visit, now))


@router.post("/case/code/typed")
def type_new_code(request: Request, form: Posted, session: Db, visit: Visit, now: Now) -> Response:
    """Compare what was typed with the new code; once it is right, the old code is over."""
    try:
        renewal = show_again(session, visit, form.get("draft"), now)
    except DraftGone:
        return _to(request, "case/code")
    try:
        if confirm_renewal(session, visit, renewal, form.get("code")):
            return _visit_over(request, session, render(request, "family/renewed.html"))
        slip = OTHER_CODE
    except MistypedCode as mistyped:
        slip = CODE_SLIPS[mistyped.reason]
    return _renewed(request, renewal, form.get("code"), slip)


def _asked(request: Request, session: Db) -> Questionnaire:
    return questions(session, request.state.language)


def _update(
    request: Request,
    questionnaire: Questionnaire,
    form: Form | None = None,
    problems: tuple[Problem, ...] = (),
    nothing: str = "",
    status: int = 200,
) -> Response:
    typed = {} if form is None else form.items
    view = step_view(update_of(questionnaire), UPDATE_STEP, {}, {}, typed, problems)
    translate = translate_into(request.state.language)
    named = [(problem.anchor, summed_up(problem, translate)) for problem in view.problems]
    if nothing:
        named = [(view.fields[0].code, translate(nothing))]
    return render(request, "family/update.html", status, step=view, problems=named)


def _consents(
    request: Request,
    session: Db,
    questionnaire: Questionnaire,
    form: Form | None = None,
    nothing: str = "",
    status: int = 200,
) -> Response:
    sent = form or Form({})
    recipients = [recipient for recipient in questionnaire.recipients if recipient.code != NEEDED_TO_SEND]
    rows = [
        (
            recipient,
            sent.get(f"consent_{recipient.code}") or LEAVE,
            sent.get(f"scope_{recipient.code}") or recipient.narrowest_scope,
        )
        for recipient in recipients
    ]
    return render(
        request,
        "family/consents.html",
        status,
        rows=rows,
        scopes=questionnaire.scopes,
        organisation=about(session).receiving,
        nothing=nothing,
    )


def _chosen(questionnaire: Questionnaire, form: Form) -> dict[str, str]:
    """What the form says to change; an unknown scope becomes the narrowest one."""
    changes = {}
    for recipient in questionnaire.recipients:
        way = form.get(f"consent_{recipient.code}")
        if recipient.code == NEEDED_TO_SEND or way not in (ALLOW, WITHDRAW):
            continue
        scope = form.get(f"scope_{recipient.code}")
        allowed = scope if scope in recipient.scopes else recipient.narrowest_scope
        changes[recipient.code] = allowed if way == ALLOW else WITHDRAWN
    return changes


def _renewed(request: Request, renewal: Renewal, typed: str = "", slip: str = "") -> Response:
    return render(
        request,
        "family/new_code.html",
        422 if slip else 200,
        code=in_fours(renewal.code),
        draft=renewal.carried,
        typed=typed,
        slip=slip,
    )


def _visit_over(request: Request, session: Db, response: Response) -> Response:
    end_return(session, read_cookie(request, Cookie.VISIT))
    drop_cookie(request, response, Cookie.VISIT)
    return response


def _to(request: Request, page: str) -> RedirectResponse:
    return RedirectResponse(f"/{request.state.language}/{page}", 303)
