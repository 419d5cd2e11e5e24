"""Answers with their labels, as a page shows them to the family before sending or to a caseworker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.questionnaire.answers import BASIS_SUFFIX, Answer, missing_code
from app.questionnaire.checking import applying
from app.questionnaire.dates import DateParts, read_date
from app.questionnaire.definition import Question, Questionnaire

Translate = Callable[[str], str]

# The heading over answers whose codes this version of the questionnaire does not know.
OTHER_ANSWERS = "Other answers"


@dataclass(frozen=True)
class Row:
    """One answer: `values` are translated labels, or the family's own words where `own_words` is true.

    `missing` is `dk`, `na` or empty; a row without values was not answered at all. `date` is
    there for dates, so that a page may write them otherwise than `values` does.
    """

    code: str
    label: str
    values: tuple[str, ...] = field(repr=False)
    basis: str
    compartment: str
    kind: str
    own_words: bool
    missing: str
    date: DateParts | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Section:
    """The answers of one step; `code` is empty for answers that no step knows."""

    code: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class ConsentRow:
    """One recipient: `on` or not, and the label of the scope, empty where it is always everything."""

    recipient: str
    label: str
    on: bool
    scope: str


def describe(
    questionnaire: Questionnaire,
    answers: Mapping[str, Answer],
    translate: Translate,
    format_date: Callable[[DateParts], str] = str,
    *,
    unanswered: bool = False,
) -> tuple[Section, ...]:
    """Return the answers by step, with labels in the language of `translate`.

    With `unanswered`, the questions that apply and have no answer have rows without values, and every step with
    questions is there. Codes that this version does not know are shown as they are.
    """
    writer = _Writer(questionnaire, translate, format_date)
    applying_codes = applying(questionnaire, answers)
    sections = []
    for step in questionnaire.steps:
        rows = tuple(
            writer.row(question, answers)
            for question in step.questions
            if question.code in answers or (unanswered and question.applies(applying_codes))
        )
        if rows:
            sections.append(Section(step.code, translate(step.title), rows))
    others = tuple(writer.unknown_row(code, value) for code, value in answers.items() if writer.is_unknown(code))
    if others:
        sections.append(Section("", translate(OTHER_ANSWERS), others))
    return tuple(sections)


def describe_consents(
    questionnaire: Questionnaire, consents: Mapping[str, str], translate: Translate
) -> tuple[ConsentRow, ...]:
    """Return every recipient of the questionnaire, and those only the consents know, with their scope."""
    rows = []
    for recipient in questionnaire.recipients:
        scope = consents.get(recipient.code)
        shown = scope if scope and len(recipient.scopes) > 1 else ""
        label = translate(questionnaire.scopes[shown]) if shown in questionnaire.scopes else shown
        rows.append(ConsentRow(recipient.code, translate(recipient.label), scope is not None, label))
    known = {recipient.code for recipient in questionnaire.recipients}
    rows += [ConsentRow(code, code, True, scope) for code, scope in consents.items() if code not in known]
    return tuple(rows)


@dataclass(frozen=True)
class _Writer:
    questionnaire: Questionnaire
    translate: Translate
    format_date: Callable[[DateParts], str]

    def is_unknown(self, code: str) -> bool:
        """Tell whether the key is neither a question nor the basis of one that has a row."""
        return code not in self.questionnaire.questions and code not in self.questionnaire.by_basis_code

    def row(self, question: Question, answers: Mapping[str, Answer]) -> Row:
        answer = answers.get(question.code)
        basis = answers.get(question.code + BASIS_SUFFIX)
        date = read_date(answer) if question.kind.value == "date" else None
        return Row(
            code=question.code,
            label=self.translate(question.label),
            values=() if answer is None else self._values(question, answer, date),
            basis=self._label(self.questionnaire.basis, basis) if isinstance(basis, str) else "",
            compartment=question.compartment.value,
            kind=question.kind.value,
            own_words=question.free and isinstance(answer, str),
            missing=missing_code(answer) or "",
            date=date,
        )

    def unknown_row(self, code: str, value: Answer) -> Row:
        """Show an answer of another version by its codes, so that nothing that was said is hidden."""
        return Row(
            code=code,
            label=code,
            values=self._unlabelled(value),
            basis="",
            compartment="words",
            kind="",
            own_words=False,
            missing=missing_code(value) or "",
        )

    def _values(self, question: Question, answer: Answer, date: DateParts | None) -> tuple[str, ...]:
        if date is not None:
            return (self.format_date(date),)
        if question.free or missing_code(answer) is not None:
            return self._unlabelled(answer)
        labels = {choice.code: choice.label for choice in question.choices}
        codes = answer if isinstance(answer, list) else [str(answer)]
        return tuple(self._label(labels, code) for code in codes)

    def _unlabelled(self, answer: Answer) -> tuple[str, ...]:
        missing = missing_code(answer)
        if missing is not None:
            return (self._label(self.questionnaire.missing, missing),)
        return tuple(answer) if isinstance(answer, list) else (str(answer),)

    def _label(self, labels: Mapping[str, str], code: str) -> str:
        return self.translate(labels[code]) if code in labels else code
