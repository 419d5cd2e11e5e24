"""A report entered for a caller: the families' own questionnaire, read aloud, and a code that is read out.

The draft travels sealed in the page as a family's does. Whoever enters it learns no case number and sees the report
again only if it comes to a queue of theirs; the family takes a code of its own when it first comes back.
"""

from dataclasses import replace
from datetime import date, datetime

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.installation import about
from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.in_force.reading import questions, questions_of
from app.intake.draft import Draft, begin, open_draft, seal_draft
from app.intake.errors import AnswersRefused, DraftGone, MistypedCode
from app.intake.sending import confirm_code, send, was_sent
from app.questionnaire import check, describe, describe_consents, problem_views, step_view
from app.questionnaire.steps import CONSENT_STEP
from app.storage.sessions import Session
from app.web.dates import KYIV, answer_in_words
from app.web.desk.access import Worker
from app.web.desk.pages import desk_page
from app.web.family.code import in_fours
from app.web.family.step_pages import summed_up
from app.web.family.turns import CHECK, Turn, take_turn, unfinished
from app.web.family.words import CODE_SLIPS, OTHER_CODE
from app.web.forms import Posted
from app.web.languages import NAMES
from app.web.languages import mark as _
from app.web.pages import language_names, render, translate_into
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/intake")
BEGIN = "/desk/intake"
FOR_A_CALLER = _("A report for a caller")


@router.get("")
def start(request: Request, member: Worker) -> Response:
    """What this is, and in which language the caller speaks."""
    return desk_page(request, member, "desk/intake.html", tongues=NAMES)


@router.post("")
def first_step(request: Request, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Begin a draft in the caller's language."""
    language = form.get("tongue") if form.get("tongue") in NAMES else member.language
    asked = questions(session, language)
    draft = replace(begin(language, now, asked.version), read_out=True)
    return _step(request, session, member, Turn(draft, asked.step_codes[0]), now)


@router.post("/step/{step}")
def turn_page(request: Request, step: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Take what the caller said, and go where the pressed button says."""
    try:
        draft = open_draft(session, form.get("draft"), now)
    except DraftGone:
        return RedirectResponse(BEGIN, 303)
    questionnaire = questions_of(session, draft.version, draft.language)
    if not draft.read_out or step not in questionnaire.step_codes:
        return RedirectResponse(BEGIN, 303)
    turn = take_turn(questionnaire, draft, step, form.items, form.get("go", "next"), _today(now))
    if was_sent(session, draft) or (turn.send and not unfinished(questionnaire, turn.draft)):
        try:
            sent = send(session, turn.draft, now)
        except AnswersRefused:
            return _step(request, session, member, turn, now, 422)
        if not sent.received_before:
            # No number of a case: whoever entered it is not told which one it became.
            put_on_record(session, member, "intake_sent", now)
        return _code(request, session, member, turn.draft, now, sent.code)
    return _step(request, session, member, turn, now, 422 if turn.problems or turn.send else 200)


@router.post("/code")
def read_back(request: Request, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Compare the code as the caller reads it back; from then on no page shows it."""
    try:
        draft = open_draft(session, form.get("draft"), now)
    except DraftGone:
        return RedirectResponse(BEGIN, 303)
    if not was_sent(session, draft):
        return RedirectResponse(BEGIN, 303)
    try:
        slip = "" if confirm_code(session, draft, form.get("code")) else OTHER_CODE
    except MistypedCode as mistyped:
        slip = CODE_SLIPS[mistyped.reason]
    if not slip:
        return _code(request, session, member, draft, now, None)
    return _code(request, session, member, draft, now, send(session, draft, now).code, slip)


def _step(request: Request, session: Session, member: Member, turn: Turn, now: datetime, status: int = 200) -> Response:
    draft = turn.draft
    questionnaire = questions_of(session, draft.version, draft.language)
    # Read aloud, in the caller's own language; in the frame around it stands in the desk's that it is for a caller.
    request.state.language = draft.language
    translate = translate_into(draft.language)
    checked = check(questionnaire, draft.answers, draft.consents, _today(now))
    last = turn.step == CHECK
    problems = turn.problems
    if last:
        problems = (*checked.problems, *(problem for _step_code, problem in unfinished(questionnaire, draft)))
    return render(
        request,
        "desk/intake_step.html",
        status,
        step=step_view(questionnaire, turn.step, draft.answers, draft.consents, draft.pending, turn.problems),
        draft=seal_draft(session, draft, now),
        languages=language_names(),
        reads=member.language,
        for_whom=translate_into(member.language)(FOR_A_CALLER),
        organisation=about(session).receiving if turn.step == CONSENT_STEP else "",
        problems=[
            (each.step, each.anchor, summed_up(each, translate)) for each in problem_views(questionnaire, problems)
        ],
        last=last,
        whole=not checked.problems,
        sections=describe(
            questionnaire, checked.answers, translate, lambda day: answer_in_words(str(day), draft.language)
        )
        if last
        else (),
        consents=describe_consents(questionnaire, draft.consents, translate) if last else (),
    )


def _code(
    request: Request, session: Session, member: Member, draft: Draft, now: datetime, code: str | None, slip: str = ""
) -> Response:
    return desk_page(
        request,
        member,
        "desk/intake_code.html",
        422 if slip else 200,
        code=in_fours(code) if code else "",
        draft=seal_draft(session, draft, now),
        slip=slip,
        tongue=NAMES.get(draft.language, draft.language),
    )


def _today(now: datetime) -> date:
    return now.astimezone(KYIV).date()
