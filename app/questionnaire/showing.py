"""Making the view of a step.

A field is shown as it was last typed when there is a refused or interrupted form, else as
it was answered, else with its default.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.questionnaire.answers import MISSING, Answer, Kind, missing_code
from app.questionnaire.dates import read_date
from app.questionnaire.definition import Question, Questionnaire, Recipient, Step
from app.questionnaire.forms import DATE_PARTS, Fields, step_fields, switched_on
from app.questionnaire.problems import Problem
from app.questionnaire.steps import (
    CONSENT_STEP,
    asked_questions,
    next_step,
    previous_step,
    step_is_complete,
    steps_with_content,
)
from app.questionnaire.views import ChoiceView, ConsentView, FieldView, GroupView, ProblemView, StepView


def step_view(
    questionnaire: Questionnaire,
    step_code: str,
    answers: Mapping[str, Answer],
    consents: Mapping[str, str],
    pending: Fields,
    problems: Iterable[Problem] = (),
) -> StepView:
    """Return what the page of a step shows.

    `pending` are the raw fields of a whole form as it was typed; when one of them belongs to
    this step, the whole step is shown from them, ticks that were taken away included.

    Raises: KeyError when there is no such step.
    """
    step = questionnaire.step(step_code)
    typed = step_fields(questionnaire, step_code, pending) or None
    found = tuple(view for view in problem_views(questionnaire, problems) if view.step == step_code)
    asked = asked_questions(questionnaire, step, answers)
    shown = steps_with_content(questionnaire, answers)
    recipients = questionnaire.recipients if step_code == CONSENT_STEP else ()
    return StepView(
        code=step.code,
        title=step.title,
        lead=step.lead,
        number=_number(questionnaire, step_code, shown),
        total=len(shown),
        previous=previous_step(questionnaire, step_code, answers),
        next=next_step(questionnaire, step_code, answers),
        complete=step_is_complete(questionnaire, step_code, answers, consents),
        may_be_skipped=not any(entry.mandatory for entry in asked) and not any(entry.required for entry in recipients),
        fields=tuple(_field(questionnaire, step, question, answers, typed, found) for question in asked),
        consents=tuple(_consent(questionnaire, recipient, consents, typed, found) for recipient in recipients),
        problems=found,
    )


def problem_views(questionnaire: Questionnaire, problems: Iterable[Problem]) -> tuple[ProblemView, ...]:
    """Return problems with the labels and the steps of what they are about."""
    return tuple(_problem(questionnaire, problem) for problem in problems)


def _number(questionnaire: Questionnaire, step_code: str, shown: Sequence[str]) -> int:
    before = questionnaire.step_codes[: questionnaire.step_codes.index(step_code)]
    return sum(code in before for code in shown) + 1


def _problem(questionnaire: Questionnaire, problem: Problem) -> ProblemView:
    anchor, step, label = problem.field, "", ""
    question = questionnaire.questions.get(problem.field) or questionnaire.by_basis_code.get(problem.field)
    prefix, _, code = problem.field.partition("_")
    recipient = questionnaire.recipient(code) if prefix in ("consent", "scope") else None
    if question is not None:
        anchor, step, label = question.code, question.step, question.label
    elif recipient is not None:
        anchor, step, label = f"consent_{recipient.code}", CONSENT_STEP, recipient.label
    return ProblemView(problem.field, anchor, step, label, problem.message, problem.params)


@dataclass(frozen=True)
class _Shown:
    """What stands in the inputs of one question."""

    values: tuple[str, ...] = ()
    parts: tuple[str, str, str] = ("", "", "")
    missing: tuple[str, ...] = ()
    basis: str = ""


def _field(
    questionnaire: Questionnaire,
    step: Step,
    question: Question,
    answers: Mapping[str, Answer],
    typed: Fields | None,
    problems: Iterable[ProblemView],
) -> FieldView:
    shown = _as_answered(question, answers) if typed is None else _as_typed(question, typed)
    by_field = {problem.field: problem for problem in problems}
    # A condition on another page has been judged already; only one on this page needs saying.
    hangs = question.applies_when is not None and question.applies_when.codes() & step.codes
    day, month, year = shown.parts
    basis_labels = questionnaire.basis if question.has_basis else {}
    missing_labels = {code: questionnaire.missing[code] for code in question.missing}
    return FieldView(
        code=question.code,
        kind=question.kind.value,
        layout=_layout(question),
        label=question.label,
        why=question.why,
        hint=question.hint,
        condition_text=question.condition_text if hangs else "",
        required=question.mandatory,
        max_length=question.max_length,
        value=shown.values[0] if shown.values else "",
        values=shown.values,
        day=day,
        month=month,
        year=year,
        groups=_groups(questionnaire, question, shown.values),
        missing=shown.missing[0] if shown.missing else "",
        missing_choices=_choices(missing_labels, shown.missing),
        basis=shown.basis,
        basis_choices=_choices(basis_labels, (shown.basis,)),
        problem=by_field.get(question.code),
        basis_problem=by_field.get(question.basis_code),
    )


def _choices(labels: Mapping[str, str], chosen: Sequence[str]) -> tuple[ChoiceView, ...]:
    return tuple(ChoiceView(code, label, code in chosen) for code, label in labels.items())


def _layout(question: Question) -> str:
    if question.kind is Kind.SEVERAL:
        return "checkboxes"
    return question.layout or question.kind.value


def _as_answered(question: Question, answers: Mapping[str, Answer]) -> _Shown:
    answer = answers.get(question.code)
    basis = answers.get(question.basis_code)
    basis = basis if isinstance(basis, str) else ""
    if answer is None:
        return _Shown(values=(question.default,) if question.default else (), basis=basis)
    if missing := missing_code(answer):
        return _Shown(missing=(missing,), basis=basis)
    if question.kind is Kind.DATE:
        date = read_date(answer)
        parts = (date.day, date.month, date.year) if date else (None, None, None)
        day, month, year = ("" if part is None else str(part) for part in parts)
        return _Shown(parts=(day, month, year), basis=basis)
    return _Shown(values=(answer,) if isinstance(answer, str) else tuple(answer), basis=basis)


def _as_typed(question: Question, typed: Fields) -> _Shown:
    def first(name: str) -> str:
        return next(iter(typed.get(name, ())), "")

    day, month, year = (first(f"{question.code}_{part}") for part in DATE_PARTS)
    return _Shown(
        values=tuple(value for value in typed.get(question.code, ()) if value),
        parts=(day, month, year),
        missing=tuple(value for value in typed.get(f"{question.code}_{MISSING}", ()) if value),
        basis=first(question.basis_code),
    )


def _groups(questionnaire: Questionnaire, question: Question, chosen: Sequence[str]) -> tuple[GroupView, ...]:
    labels = dict(question.groups)
    if question.within:
        outer = questionnaire.questions[question.within]
        labels = {choice.code: choice.label for choice in outer.choices}
    grouped: dict[str, list[ChoiceView]] = {}
    for choice in question.choices:
        label = labels.get(choice.group, "")
        view = ChoiceView(choice.code, choice.label, choice.code in chosen, label)
        grouped.setdefault(label, []).append(view)
    return tuple(GroupView(label, tuple(choices)) for label, choices in grouped.items())


def _consent(
    questionnaire: Questionnaire,
    recipient: Recipient,
    consents: Mapping[str, str],
    typed: Fields | None,
    problems: Iterable[ProblemView],
) -> ConsentView:
    anchor = f"consent_{recipient.code}"
    on, scope = recipient.code in consents, consents.get(recipient.code, "")
    if typed is not None:
        on = switched_on(typed.get(anchor, ()))
        scope = next(iter(typed.get(f"scope_{recipient.code}", ())), "")
    scope = scope or recipient.narrowest_scope
    scopes = recipient.scopes if len(recipient.scopes) > 1 else ()
    return ConsentView(
        recipient=recipient.code,
        label=recipient.label,
        text=recipient.text,
        text_version=recipient.text_version,
        required=recipient.required,
        on=on,
        scope=scope,
        scopes=_choices({code: questionnaire.scopes[code] for code in scopes}, (scope,)),
        problem=next((problem for problem in problems if problem.anchor == anchor), None),
    )
