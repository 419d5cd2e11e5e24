"""Which compartment each answer is sealed in."""

from collections.abc import Mapping

from app.questionnaire.answers import Answer, Answers, Compartment
from app.questionnaire.definition import Questionnaire


def split(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> dict[str, Answers]:
    """Return the answers by compartment; each of the three is there, if only empty.

    The basis of an answer goes where the answer goes. An answer that this version does not
    know goes to `words`, the compartment that is shared least.
    """
    parts: dict[str, Answers] = {compartment.value: {} for compartment in Compartment}
    for code, value in answers.items():
        question = questionnaire.questions.get(code) or questionnaire.by_basis_code.get(code)
        compartment = question.compartment if question else Compartment.WORDS
        parts[compartment.value][code] = value
    return parts
