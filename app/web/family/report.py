"""The report, step by step. The draft travels sealed in the page; nothing is stored until it is sent."""

from datetime import date, datetime

from fastapi import HTTPException, Request
from fastapi.responses import Response

from app.in_force.reading import questions, questions_of
from app.intake.draft import begin, open_draft, seal_draft
from app.intake.errors import AnswersRefused, DraftGone
from app.intake.sending import send, was_sent
from app.questionnaire import Questionnaire
from app.storage.sessions import Session
from app.web.dates import KYIV
from app.web.family.code import sent_page
from app.web.family.language import router_in_language
from app.web.family.step_pages import check_page, step_page
from app.web.family.turns import CHECK, Turn, take_turn, unfinished
from app.web.forms import Form, Posted
from app.web.site import Now
from app.web.transactions import Db

router = router_in_language()
UNSEEN_FIELD = "website"


@router.get("/report/{step}")
def begin_report(request: Request, step: str, session: Db, now: Now) -> Response:
    """Begin a draft; whoever asks for a later step without one begins here too, and is told why."""
    asked = _known(questions(session, request.state.language), step)
    first, draft = asked.step_codes[0], begin(request.state.language, now, asked.version)
    lost = "" if step == first else "opened"
    return step_page(request, Turn(draft, first), seal_draft(session, draft, now), session, lost=lost)


@router.post("/report/{step}")
def turn_page(request: Request, step: str, form: Posted, session: Db, now: Now) -> Response:
    """Take what was typed, and go where the pressed button says."""
    try:
        draft = open_draft(session, form.get("draft"), now)
    except DraftGone:
        return _begin_again(request, step, form, session, now)
    questionnaire = _known(questions_of(session, draft.version, draft.language), step)
    turn = take_turn(questionnaire, draft, step, form.items, form.get("go", "next"), _today(now))
    if was_sent(session, draft):
        # Whoever finds an old page of a sent report learns that it was received, and not one word of it.
        request.state.language = turn.draft.language
        return sent_page(request, turn.draft, send(session, turn.draft, now), session, now)
    request.state.language = turn.draft.language
    # No person sees this field. A program that fills it in is marked, and nothing else happens to it.
    marked = bool(form.get(UNSEEN_FIELD))
    return _answer(request, questionnaire, turn, session, now, marked=marked)


def _answer(
    request: Request, questionnaire: Questionnaire, turn: Turn, session: Session, now: datetime, *, marked: bool
) -> Response:
    if turn.send and not unfinished(questionnaire, turn.draft):
        try:
            sent = send(session, turn.draft, now, marked=marked)
        except AnswersRefused:
            pass
        else:
            return sent_page(request, turn.draft, sent, session, now)
    sealed = seal_draft(session, turn.draft, now)
    if turn.step == CHECK:
        return check_page(request, turn, sealed, session, _today(now), 422 if turn.send else 200)
    return step_page(request, turn, sealed, session, status=422 if turn.problems else 200)


def _begin_again(request: Request, step: str, form: Form, session: Session, now: datetime) -> Response:
    """A page that was open for too long: earlier answers are gone, what was typed last is kept."""
    questionnaire = _known(questions(session, request.state.language), step)
    draft = begin(request.state.language, now, questionnaire.version)
    turn = take_turn(questionnaire, draft, step, form.items, "next", _today(now))
    first = Turn(turn.draft, questionnaire.step_codes[0])
    return step_page(request, first, seal_draft(session, turn.draft, now), session, lost="too_old", status=410)


def _known(questionnaire: Questionnaire, step: str) -> Questionnaire:
    if step not in questionnaire.step_codes:
        raise HTTPException(404)
    return questionnaire


def _today(now: datetime) -> date:
    return now.astimezone(KYIV).date()
