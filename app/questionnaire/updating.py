"""What a family is asked when something changed: four questions of the same version, none of them needed."""

from collections.abc import Mapping
from dataclasses import replace

from app.questionnaire.answers import Answer, Answers
from app.questionnaire.definition import Questionnaire, Step
from app.questionnaire.problems import Problem, Refused
from app.questionnaire.values import accept

UPDATE_STEP = "changed"
_CODES = ("situation", "deadline", "next_hearing", "need")
_TITLE = "Something changed"
_LEAD = "Answer only what is new. Whatever you leave empty stays as you told us before."


def update_of(questionnaire: Questionnaire) -> Questionnaire:
    """The questionnaire of an update: one step, whose questions keep their codes and labels."""
    questions = tuple(
        replace(
            questionnaire.questions[code],
            step=UPDATE_STEP,
            mandatory=False,
            missing=(),
            has_basis=False,
            past=False,
            default="",
            applies_when=None,
            condition=None,
            condition_text="",
        )
        for code in _CODES
    )
    return replace(questionnaire, steps=(Step(UPDATE_STEP, _TITLE, _LEAD, questions),), advice=())


def check_update(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> tuple[Answers, tuple[Problem, ...]]:
    """Check the answers of an update; those that cannot be accepted come back as problems."""
    questions = update_of(questionnaire).questions
    accepted: Answers = {}
    problems: list[Problem] = []
    for code, value in answers.items():
        if code not in questions:
            problems.append(Problem("answers", "unknown_field"))
            continue
        try:
            kept = accept(questions[code], value)
        except Refused as refused:
            problems.append(refused.problem(code))
        else:
            if kept is not None:
                accepted[code] = kept
    return accepted, tuple(problems)
