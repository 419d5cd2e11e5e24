"""The pages of the report: a step with its questions, and the last page with all answers."""

from collections.abc import Callable
from datetime import date

from fastapi import Request
from fastapi.responses import Response

from app.accounts.installation import about
from app.in_force.reading import questions_of
from app.questionnaire import (
    ProblemView,
    check,
    describe,
    describe_consents,
    guidance,
    problem_views,
    step_view,
)
from app.questionnaire.steps import CONSENT_STEP
from app.storage.sessions import Session
from app.web.dates import answer_in_words
from app.web.family.turns import Turn, unfinished
from app.web.family.words import DRAFT_LOST
from app.web.pages import language_names, render, translate_into


def step_page(
    request: Request, turn: Turn, sealed: str, session: Session, *, lost: str = "", status: int = 200
) -> Response:
    """One step: its questions, as typed or as answered; `lost` says why a report begins anew."""
    draft = turn.draft
    # Asked again here: the button that was pressed may have changed the language, and so the texts.
    questionnaire = questions_of(session, draft.version, draft.language)
    translate = translate_into(draft.language)
    view = step_view(questionnaire, turn.step, draft.answers, draft.consents, draft.pending, turn.problems)
    # The organisation is named in the consents alone, so only their page reads it.
    organisation = about(session).receiving if turn.step == CONSENT_STEP else ""
    advice = guidance(questionnaire, turn.advice_of, draft.answers) if turn.advice_of else ()
    return render(
        request,
        "family/step.html",
        status,
        step=view,
        draft=sealed,
        languages=language_names(),
        advice=[translate(text) for text in advice],
        lost=DRAFT_LOST.get(lost, ""),
        organisation=organisation,
        problems=[(problem.anchor, summed_up(problem, translate)) for problem in view.problems],
        whole=not check(questionnaire, draft.answers, draft.consents).problems,
    )


def check_page(request: Request, turn: Turn, sealed: str, session: Session, today: date, status: int = 200) -> Response:
    """All answers with a way to change each; what is still needed is named, with the way there."""
    draft = turn.draft
    questionnaire = questions_of(session, draft.version, draft.language)
    translate = translate_into(draft.language)
    # Answers that do not apply any more stay in the draft and are not sent: what is checked is shown.
    checked = check(questionnaire, draft.answers, draft.consents, today)
    lacking = [*checked.problems]
    lacking += [problem for _, problem in unfinished(questionnaire, draft)]
    view = step_view(questionnaire, turn.step, draft.answers, draft.consents, {})
    return render(
        request,
        "family/check.html",
        status,
        step=view,
        draft=sealed,
        languages=language_names(),
        sections=describe(
            # Answers that do not apply any more stay in the draft and are not sent, so they are not shown.
            questionnaire,
            checked.answers,
            translate,
            lambda parts: answer_in_words(str(parts), draft.language),
        ),
        consents=describe_consents(questionnaire, draft.consents, translate),
        problems=[
            (problem.step, problem.anchor, summed_up(problem, translate))
            for problem in problem_views(questionnaire, lacking)
        ],
        refused=status != 200,
    )


def summed_up(problem: ProblemView, translate: Callable[[str], str]) -> str:
    """A problem in a line of the summary: the question, and what is wrong with its answer."""
    return f"{translate(problem.label)} — {translate(problem.message) % problem.params}"
