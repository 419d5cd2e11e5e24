"""Checking a whole report: what is accepted, what is wrong, what is left behind.

Answers to questions that do not apply are kept while a report is being written, since a
changed mind may bring them back, and are left behind here, silently: the family was not
asked them for this situation. A code that this version does not know is a problem.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.questionnaire.answers import Answer, Answers, Consents, missing_code
from app.questionnaire.definition import Questionnaire, Recipient
from app.questionnaire.problems import Problem, Refused
from app.questionnaire.values import accept, accept_basis

# A name that does not look like a code may be content that slipped into the wrong place.
_CODE_LIKE = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


@dataclass(frozen=True)
class Checked:
    """Canonical answers and consents, ready to be sealed if there are no problems."""

    answers: Answers = field(repr=False)
    consents: Consents = field(repr=False)
    problems: tuple[Problem, ...]


def check(questionnaire: Questionnaire, answers: object, consents: object, today: date | None = None) -> Checked:
    """Check a whole report, from a draft or from JSON; any values at all may be given.

    With `today`, dates of past events that lie in the future are problems too.
    """
    accepted, problems = _accept_all(questionnaire, answers, today)
    problems += region_problems(questionnaire, accepted)
    refused = {problem.field for problem in problems}
    kept = applying(questionnaire, accepted)
    problems += [
        Problem(question.code, "required")
        for question in questionnaire.questions.values()
        if question.mandatory and question.code not in kept and question.code not in refused
    ]
    agreed, consent_problems = check_consents(questionnaire, consents)
    return Checked(kept, agreed, (*problems, *consent_problems))


def applying(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> Answers:
    """Return only the answers to questions that apply, in the questionnaire's order.

    A basis without an answer that it could support is left behind as well.
    """
    kept: Answers = {}
    for code, question in questionnaire.questions.items():
        if code not in answers or not question.applies(kept):
            continue
        kept[code] = answers[code]
        supported = question.has_basis and missing_code(answers[code]) is None
        if supported and question.basis_code in answers:
            kept[question.basis_code] = answers[question.basis_code]
    return kept


def region_problems(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> list[Problem]:
    """Return a problem for each choice that lies in another group than the one chosen before."""
    problems = []
    for question in questionnaire.questions.values():
        value, outer = answers.get(question.code), answers.get(question.within)
        if not (isinstance(value, str) and isinstance(outer, str)) or not question.applies(answers):
            continue
        choice = question.choice(value)
        if choice is not None and choice.group != outer:
            problems.append(Problem(question.code, "not_in_group"))
    return problems


def check_consents(questionnaire: Questionnaire, consents: object) -> tuple[Consents, list[Problem]]:
    """Check the scopes that were given; the consent that a report cannot do without is required."""
    if not isinstance(consents, Mapping):
        return {}, [Problem("consents", "wrong_type")]
    known = {recipient.code: recipient for recipient in questionnaire.recipients}
    problems = [
        Problem(_field_name(code, "consents", "consent_"), "unknown_field") for code in consents if code not in known
    ]
    agreed: Consents = {}
    for code, recipient in known.items():
        if code in consents:
            problem = _scope_problem(recipient, consents[code])
            problems += [problem] if problem else []
            if problem is None:
                agreed[code] = consents[code]
        elif recipient.required:
            problems.append(Problem(f"consent_{code}", "consent_required"))
    return agreed, problems


def _accept_all(questionnaire: Questionnaire, answers: object, today: date | None) -> tuple[Answers, list[Problem]]:
    if not isinstance(answers, Mapping):
        return {}, [Problem("answers", "wrong_type")]
    accepted: Answers = {}
    problems: list[Problem] = []
    for code, value in answers.items():
        try:
            answer = _accept_one(questionnaire, code, value, today)
        except Refused as refused:
            problems.append(refused.problem(_field_name(code, "answers")))
            continue
        if answer is not None:
            accepted[code] = answer
    return accepted, problems


def _accept_one(questionnaire: Questionnaire, code: object, value: object, today: date | None) -> Answer | None:
    if isinstance(code, str) and code in questionnaire.questions:
        return accept(questionnaire.questions[code], value, today)
    if isinstance(code, str) and code in questionnaire.by_basis_code:
        return accept_basis(questionnaire, value)
    raise Refused("unknown_field")


def _scope_problem(recipient: Recipient, scope: object) -> Problem | None:
    field_name = f"scope_{recipient.code}"
    if not isinstance(scope, str):
        return Problem(field_name, "wrong_type")
    return None if scope in recipient.scopes else Problem(field_name, "unknown_choice")


def _field_name(code: object, whole: str, prefix: str = "") -> str:
    if isinstance(code, str) and _CODE_LIKE.fullmatch(code):
        return prefix + code
    return whole
