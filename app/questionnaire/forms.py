"""Reading the form of one step: raw fields in, answers of that step out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.questionnaire.answers import MISSING, Answer, Answers, Consents, Kind
from app.questionnaire.checking import region_problems
from app.questionnaire.dates import EARLIEST_YEAR, LATEST_YEAR
from app.questionnaire.definition import Question, Questionnaire, Recipient
from app.questionnaire.problems import Problem, Refused
from app.questionnaire.steps import CONSENT_STEP, asked_questions
from app.questionnaire.values import accept, accept_basis

Fields = Mapping[str, Sequence[str]]

DATE_PARTS = ("day", "month", "year")
RADIO = "radio"
# A switch is a checkbox; buttons that say yes or no are read as well.
_OFF = frozenset({"", "no", "off", "false", "0"})


@dataclass(frozen=True)
class StepInput:
    """What the form of one step said.

    `answers` and `consents` (None on every step without switches) hold what could be accepted,
    also when there are problems; `fields` are the raw fields of this step as they were typed,
    to be kept while there are problems. `codes` are the answers this step decides on.
    """

    answers: Answers = field(repr=False)
    consents: Consents | None = field(repr=False)
    problems: tuple[Problem, ...]
    fields: dict[str, list[str]] = field(repr=False)
    codes: frozenset[str]

    def merged(self, answers: Mapping[str, Answer], consents: Mapping[str, str]) -> tuple[Answers, Consents]:
        """Return a draft's answers and consents with those of this step replaced."""
        kept: Answers = {code: value for code, value in answers.items() if code not in self.codes}
        return kept | self.answers, dict(consents) if self.consents is None else dict(self.consents)


def read_form(
    questionnaire: Questionnaire,
    step_code: str,
    fields: Fields,
    known: Mapping[str, Answer],
    today: date | None = None,
) -> StepInput:
    """Read the fields of one step's form; fields that do not belong to the step are ignored.

    `known` are the answers of the draft so far. A question that did not stand on the page keeps
    its known answer; one that did and was left empty loses it.

    Raises: KeyError when there is no such step.
    """
    step = questionnaire.step(step_code)
    shown = {question.code for question in asked_questions(questionnaire, step, known)}
    answers: Answers = {}
    problems: list[Problem] = []
    for question in step.questions:
        if question.code in shown or any(name in fields for name in field_names(question)):
            read, found = _read_question(questionnaire, question, fields, known, today)
        else:
            codes = (question.code, question.basis_code)
            read, found = {code: known[code] for code in codes if code in known}, []
        answers |= read
        problems += found
    problems += [
        problem for problem in region_problems(questionnaire, {**known, **answers}) if problem.field in answers
    ]
    for problem in problems:
        answers.pop(problem.field, None)
    consents, consent_problems = _read_consents(questionnaire, fields) if step_code == CONSENT_STEP else (None, [])
    return StepInput(
        answers=answers,
        consents=consents,
        problems=(*problems, *consent_problems),
        fields=step_fields(questionnaire, step_code, fields),
        codes=step.codes | {question.basis_code for question in step.questions},
    )


def step_fields(questionnaire: Questionnaire, step_code: str, fields: Fields) -> dict[str, list[str]]:
    """Return only the raw fields that belong to the step, as they were typed."""
    names = [name for entry in questionnaire.step(step_code).questions for name in field_names(entry)]
    if step_code == CONSENT_STEP:
        names += [f"{prefix}_{entry.code}" for entry in questionnaire.recipients for prefix in ("consent", "scope")]
    return {name: list(fields[name]) for name in names if name in fields}


def field_names(question: Question) -> tuple[str, ...]:
    """Return the names of all form fields that a question may have."""
    names = [question.code]
    if question.kind is Kind.DATE:
        names = [f"{question.code}_{part}" for part in DATE_PARTS]
    if question.missing:
        names.append(f"{question.code}_{MISSING}")
    if question.has_basis:
        names.append(question.basis_code)
    return tuple(names)


def _read_question(
    questionnaire: Questionnaire,
    question: Question,
    fields: Fields,
    known: Mapping[str, Answer],
    today: date | None,
) -> tuple[Answers, list[Problem]]:
    answers: Answers = {}
    problems: list[Problem] = []
    try:
        value = _read_answer(question, fields, known.get(question.code), today)
        if value is not None:
            answers[question.code] = value
        elif question.mandatory:
            problems.append(Problem(question.code, "required"))
    except Refused as refused:
        problems.append(refused.problem(question.code))
    if question.has_basis:
        try:
            basis = accept_basis(questionnaire, _single(fields.get(question.basis_code, ())))
            if basis is not None:
                answers[question.basis_code] = basis
        except Refused as refused:
            problems.append(refused.problem(question.basis_code))
    return answers, problems


def _read_answer(question: Question, fields: Fields, known: Answer | None, today: date | None) -> Answer | None:
    value = accept(question, _raw_value(question, fields), today)
    ticked = _single(fields.get(f"{question.code}_{MISSING}", ()))
    if not ticked:
        return value
    missing = accept(question, {MISSING: ticked})
    if value is None or value == missing:
        return missing
    # Without JavaScript ticking one does not clear the other: what changed is what is meant.
    if missing == known:
        return value
    # A radio button cannot be taken back, a tick can: beside one, the tick is what is meant.
    if value == known or question.layout == RADIO:
        return missing
    raise Refused("answer_and_missing")


def _raw_value(question: Question, fields: Fields) -> object:
    if question.kind is Kind.DATE:
        return _written_date(*(_single(fields.get(f"{question.code}_{part}", ())).strip() for part in DATE_PARTS))
    values = fields.get(question.code, ())
    return list(values) if question.kind is Kind.SEVERAL else _single(values)


def _single(values: Iterable[str]) -> str:
    given = {value for value in values if value}
    if len(given) > 1:
        raise Refused("one_only")
    return given.pop() if given else ""


def _written_date(day: str, month: str, year: str) -> str:
    if not (day or month or year):
        return ""
    if not year:
        raise Refused("date_year_needed")
    if day and not month:
        raise Refused("date_month_needed")
    parts = [part for part in (year, month, day) if part]
    # Digits of any script are read; isdecimal keeps out what int() cannot.
    if any(not part.isdecimal() or len(part) > 4 for part in parts):
        raise Refused("date_format")
    numbers = [int(part) for part in parts]
    if not EARLIEST_YEAR <= numbers[0] <= LATEST_YEAR:
        raise Refused("date_out_of_range", earliest=EARLIEST_YEAR, latest=LATEST_YEAR)
    if any(not 1 <= number <= 31 for number in numbers[1:]):
        raise Refused("date_impossible")
    return "-".join([f"{numbers[0]:04d}", *(f"{number:02d}" for number in numbers[1:])])


def _read_consents(questionnaire: Questionnaire, fields: Fields) -> tuple[Consents, list[Problem]]:
    consents: Consents = {}
    problems: list[Problem] = []
    for recipient in questionnaire.recipients:
        if switched_on(fields.get(f"consent_{recipient.code}", ())):
            try:
                consents[recipient.code] = _read_scope(recipient, fields)
            except Refused as refused:
                problems.append(refused.problem(f"scope_{recipient.code}"))
        elif recipient.required:
            problems.append(Problem(f"consent_{recipient.code}", "consent_required"))
    return consents, problems


def switched_on(values: Iterable[str]) -> bool:
    """Tell whether a switch was turned on."""
    return any(value.strip().lower() not in _OFF for value in values)


def _read_scope(recipient: Recipient, fields: Fields) -> str:
    scope = _single(fields.get(f"scope_{recipient.code}", ()))
    if scope and scope not in recipient.scopes:
        raise Refused("unknown_choice")
    return scope or recipient.narrowest_scope
