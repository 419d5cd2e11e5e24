"""What a case tells, in the caseworker's language: labels of codes, and the family's own words untouched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.casework.view import CaseView, Line
from app.questionnaire import (
    Answers,
    DateParts,
    Row,
    Section,
    current,
    describe,
    describe_consents,
    load,
)
from app.questionnaire.knowing import KNOWABLE
from app.web.dates import answer_in_words
from app.web.languages import NAMES
from app.web.pages import translate_into

# Who reports and whether an answer is safe, what is happening, and where the person is held; what no step knows.
URGENT = frozenset({"safety", "situation", "contact", ""})
NAME_PARTS = ("surname", "given_name", "patronymic")


@dataclass(frozen=True)
class Told:
    """What tells one case of a list from the other, in the reader's language; empty where nothing was told."""

    situation: str
    oblast: str
    relation: str


@dataclass(frozen=True)
class ConsentGiven:
    """A consent that was given, how far it goes, and when."""

    recipient: str
    scope: str
    day: date


@dataclass(frozen=True)
class Said:
    """A line of the conversation; an update's answers and a change of consents as words (recipient, scope or none)."""

    line: Line
    sections: tuple[Section, ...] = field(repr=False)
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CaseLabels:
    """Everything of a case that is codes, as words; `tongue` is the language of the report, by its own name.

    `at_hand` are the codes of those sections that are folded on no screen.
    """

    sections: tuple[Section, ...] = field(repr=False)
    at_hand: frozenset[str]
    tongue: str
    consents: tuple[ConsentGiven, ...]
    not_given: tuple[str, ...]
    reasons: tuple[str, ...]
    others: tuple[str, ...]
    asks: tuple[str, ...]
    conversation: tuple[Said, ...] = field(repr=False)


def person_name(answers: Answers) -> str:
    """The name of the person it is about, as far as it was given; the surname first, as lists have it."""
    parts = (answers.get(code) for code in NAME_PARTS)
    return " ".join(part for part in parts if isinstance(part, str))


def list_labels(answers: Answers, language: str) -> Told:
    """The labels of a line of a list. Codes keep their meaning, so the newest version knows them all."""
    questionnaire, translate = current(), translate_into(language)

    def label(code: str) -> str:
        answer = answers.get(code)
        choice = questionnaire.questions[code].choice(answer) if isinstance(answer, str) else None
        return translate(choice.label) if choice else ""

    return Told(label("situation"), label("oblast"), label("relation"))


def told_of(names: Mapping[str, Answers], language: str) -> dict[str, tuple[str, Told]]:
    """What tells the cases of a list apart, by case: the name, as far as it was given, and the labels."""
    return {case_id: (person_name(answers), list_labels(answers, language)) for case_id, answers in names.items()}


def case_labels(case: CaseView, language: str) -> CaseLabels:
    """The whole case in words, by the version of the questionnaire that was answered."""
    questionnaire, translate = load(case.questionnaire_version), translate_into(language)
    given = {consent.recipient: consent.scope for consent in case.consents}
    labels = {row.recipient: row.label for row in describe_consents(questionnaire, given, translate)}

    def scope(code: str) -> str:
        return translate(questionnaire.scopes.get(code, code))

    def said(line: Line) -> Said:
        changes = tuple((labels.get(recipient, recipient), scope(code)) for recipient, code in line.consents.items())
        return Said(line, _sections(line.version, line.answers, language) if line.answers else (), changes)

    sections = _sections(case.questionnaire_version, case.answers, language)
    return CaseLabels(
        sections=sections,
        at_hand=frozenset(section.code for section in sections if _is_at_hand(section)),
        tongue=NAMES.get(case.language, case.language),
        consents=tuple(
            ConsentGiven(labels[consent.recipient], scope(consent.scope), consent.day) for consent in case.consents
        ),
        not_given=tuple(label for recipient, label in labels.items() if recipient not in given),
        reasons=tuple(translate(reason) for reason in case.routing.reasons),
        others=tuple(translate(reason) for reason in case.routing.others),
        asks=tuple(labels.get(recipient, recipient) for recipient in case.routing.asks),
        conversation=tuple(said(line) for line in case.conversation),
    )


def known_rows(answers: Answers, language: str) -> dict[str, Row]:
    """Answers that the desk may come to know, as rows by their codes."""
    wanted = {code: value for code, value in answers.items() if code in KNOWABLE}
    sections = describe(current(), wanted, translate_into(language), lambda day: answer_in_words(str(day), language))
    return {row.code: row for section in sections for row in section.rows}


def _is_at_hand(section: Section) -> bool:
    return section.code in URGENT or any(row.own_words and row.kind == "text" for row in section.rows)


def _sections(version: str, answers: Answers, language: str) -> tuple[Section, ...]:
    def in_words(day: DateParts) -> str:
        return answer_in_words(str(day), language)

    return describe(load(version), answers, translate_into(language), in_words)
