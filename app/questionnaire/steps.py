"""The way through the steps, and the advice that the answers call for."""

from collections.abc import Mapping

from app.questionnaire.answers import Answer
from app.questionnaire.checking import applying
from app.questionnaire.conditions import Facts
from app.questionnaire.definition import Question, Questionnaire, Step

CONSENT_STEP = "consent"


def asked_questions(questionnaire: Questionnaire, step: Step, answers: Mapping[str, Answer]) -> tuple[Question, ...]:
    """Return the questions that stand on the step's page.

    Without JavaScript the page cannot change while it is filled in, so a question that hangs
    on another one of the same page stands there too, with the text of its condition.
    """
    return _asked(step, applying(questionnaire, answers))


def steps_with_content(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return the codes of the steps that ask something, given these answers."""
    kept = applying(questionnaire, answers)
    return tuple(step.code for step in questionnaire.steps if not step.questions or _asked(step, kept))


def next_step(questionnaire: Questionnaire, step_code: str, answers: Mapping[str, Answer]) -> str | None:
    """Return the step that comes next; steps that ask nothing are passed over."""
    return _beside(questionnaire, step_code, answers, after=True)


def previous_step(questionnaire: Questionnaire, step_code: str, answers: Mapping[str, Answer]) -> str | None:
    """Return the step that came before; steps that ask nothing are passed over."""
    return _beside(questionnaire, step_code, answers, after=False)


def step_is_complete(
    questionnaire: Questionnaire,
    step_code: str,
    answers: Mapping[str, Answer],
    consents: Mapping[str, str],
) -> bool:
    """Tell whether everything that the step cannot do without is there."""
    step = questionnaire.step(step_code)
    if any(question.mandatory and question.code not in answers for question in step.questions):
        return False
    if step_code != CONSENT_STEP:
        return True
    return all(entry.code in consents for entry in questionnaire.recipients if entry.required)


def guidance(questionnaire: Questionnaire, step_code: str, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return the msgids of the advice that the answers of a step call for."""
    facts = Facts(applying(questionnaire, answers))
    return tuple(
        advice.text for advice in questionnaire.advice if advice.step == step_code and advice.when.verdict(facts)
    )


def _asked(step: Step, kept: Mapping[str, Answer]) -> tuple[Question, ...]:
    return tuple(question for question in step.questions if question.may_apply(kept, step.codes))


def _beside(questionnaire: Questionnaire, step_code: str, answers: Mapping[str, Answer], *, after: bool) -> str | None:
    place = questionnaire.step_codes.index(questionnaire.step(step_code).code)
    shown = set(steps_with_content(questionnaire, answers))
    codes = questionnaire.step_codes
    candidates = codes[place + 1 :] if after else tuple(reversed(codes[:place]))
    return next((code for code in candidates if code in shown), None)
