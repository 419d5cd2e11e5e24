"""Every text of a version that a catalogue has to translate."""

from collections.abc import Iterator

from app.questionnaire.definition import Question, Questionnaire
from app.questionnaire.describing import OTHER_ANSWERS
from app.questionnaire.problems import MESSAGES


def msgids(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return the msgids of a version and of this room's own messages, each once, in the order of the pages."""
    return tuple(dict.fromkeys(text for text in _texts(questionnaire) if text))


def _texts(questionnaire: Questionnaire) -> Iterator[str]:
    for step in questionnaire.steps:
        yield from (step.title, step.lead)
        for question in step.questions:
            yield from _question_texts(question)
        yield from (advice.text for advice in questionnaire.advice if advice.step == step.code)
    for recipient in questionnaire.recipients:
        yield from (recipient.label, recipient.text)
    for labels in (questionnaire.missing, questionnaire.basis, questionnaire.scopes):
        yield from labels.values()
    yield from MESSAGES.values()
    yield OTHER_ANSWERS


def _question_texts(question: Question) -> Iterator[str]:
    yield from (question.label, question.condition_text, question.hint, question.why)
    yield from (label for _, label in question.groups)
    yield from (choice.label for choice in question.choices)
