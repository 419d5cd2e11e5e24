"""The questionnaire as a plain document, for partners who ask it themselves."""

from collections.abc import Mapping
from typing import Any

from app.questionnaire.definition import Question, Questionnaire, Recipient
from app.questionnaire.describing import Translate


def questionnaire_document(questionnaire: Questionnaire, translate: Translate) -> dict[str, Any]:
    """Return everything that is asked, in the language of `translate`, as values that fit into JSON."""
    return {
        "version": questionnaire.version,
        "steps": [
            {
                "code": step.code,
                "title": translate(step.title),
                "lead": translate(step.lead),
                "questions": [_question(question, translate) for question in step.questions],
            }
            for step in questionnaire.steps
        ],
        "recipients": [_recipient(entry, translate) for entry in questionnaire.recipients],
        "missing": _labelled(questionnaire.missing, translate),
        "basis": _labelled(questionnaire.basis, translate),
        "scopes": _labelled(questionnaire.scopes, translate),
    }


def _question(question: Question, translate: Translate) -> dict[str, Any]:
    return {
        "code": question.code,
        "kind": question.kind.value,
        "label": translate(question.label),
        "why": translate(question.why),
        "hint": translate(question.hint) if question.hint else None,
        "mandatory": question.mandatory,
        "choices": [
            {"code": choice.code, "label": translate(choice.label), "group": choice.group or None}
            for choice in question.choices
        ],
        "groups": [{"code": code, "label": translate(label)} for code, label in question.groups],
        "within": question.within or None,
        "missing": list(question.missing),
        "basis": question.basis_code if question.has_basis else None,
        "max_length": question.max_length or None,
        "default": question.default or None,
        "condition": question.condition,
        "condition_text": translate(question.condition_text) if question.condition_text else None,
    }


def _recipient(recipient: Recipient, translate: Translate) -> dict[str, Any]:
    return {
        "code": recipient.code,
        "label": translate(recipient.label),
        "text": translate(recipient.text),
        "text_version": recipient.text_version,
        "scopes": list(recipient.scopes),
        "mandatory": recipient.required,
    }


def _labelled(labels: Mapping[str, str], translate: Translate) -> list[dict[str, str]]:
    return [{"code": code, "label": translate(label)} for code, label in labels.items()]
