"""One validator per kind of question: any value goes in, a canonical answer or a refusal comes out."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from app.questionnaire.answers import MISSING, Answer, Kind
from app.questionnaire.dates import EARLIEST_YEAR, LATEST_YEAR, read_date
from app.questionnaire.definition import Question, Questionnaire
from app.questionnaire.problems import Refused

# Control characters can fake what a page or a terminal shows, and single surrogates are no
# text at all; both go. Space-like controls become a space, so that no two words grow together.
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def accept(question: Question, value: object, today: date | None = None) -> Answer | None:
    """Return the canonical form of an answer; None when it is empty, which is no answer.

    Raises: Refused
    """
    if isinstance(value, Mapping):
        return _missing(question, value)
    return _BY_KIND[question.kind](question, value, today)


def accept_basis(questionnaire: Questionnaire, value: object) -> str | None:
    """Return the code of a basis; None when it is empty.

    Raises: Refused
    """
    if not isinstance(value, str):
        raise Refused("wrong_type")
    if value and value not in questionnaire.basis:
        raise Refused("unknown_choice")
    return value or None


def clean_text(text: str) -> str:
    """Return the text in NFC, without control characters, with plain line ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = _CONTROLS.sub(lambda control: " " if control.group().isspace() else "", lines)
    return unicodedata.normalize("NFC", plain).strip()


def _missing(question: Question, value: Mapping[object, object]) -> Answer:
    code = value.get(MISSING)
    if len(value) != 1 or not isinstance(code, str):
        raise Refused("wrong_type")
    # Where "I do not know" is one of the choices, there is one form for it and not two.
    if question.kind is Kind.ONE and question.choice(code):
        return code
    if code not in question.missing:
        raise Refused("missing_not_offered")
    return {MISSING: code}


def _one(question: Question, value: object, _today: date | None) -> Answer | None:
    if not isinstance(value, str):
        raise Refused("wrong_type")
    if not value:
        return None
    if question.choice(value):
        return value
    # "Rather not say" is offered among the choices too, and is kept in its one form.
    if value in question.missing:
        return {MISSING: value}
    raise Refused("unknown_choice")


def _several(question: Question, value: object, _today: date | None) -> Answer | None:
    if not isinstance(value, (list, tuple)):
        raise Refused("wrong_type")
    if not all(isinstance(code, str) for code in value):
        raise Refused("wrong_type")
    chosen = {code for code in value if code}
    if len(chosen) == 1 and chosen <= set(question.missing):
        return {MISSING: chosen.pop()}
    if chosen - {choice.code for choice in question.choices}:
        raise Refused("unknown_choice")
    return [choice.code for choice in question.choices if choice.code in chosen] or None


def _date(question: Question, value: object, today: date | None) -> Answer | None:
    if not isinstance(value, str):
        raise Refused("wrong_type")
    if not value:
        return None
    parts = read_date(value)
    if parts is None:
        raise Refused(_why_no_date(value), earliest=EARLIEST_YEAR, latest=LATEST_YEAR)
    # A day's grace: it can be tomorrow already where the family is.
    if question.past and today and parts.first_day > today + timedelta(days=1):
        raise Refused("date_in_future")
    return str(parts)


def _why_no_date(value: str) -> str:
    year, *rest = value.split("-")
    if any(not (part.isascii() and part.isdigit()) for part in (year, *rest)):
        return "date_format"
    if len(year) != 4 or len(rest) > 2 or any(len(part) != 2 for part in rest):
        return "date_format"
    in_range = EARLIEST_YEAR <= int(year) <= LATEST_YEAR
    return "date_impossible" if in_range else "date_out_of_range"


def _line(question: Question, value: object, _today: date | None) -> Answer | None:
    return _text_within(question, value, lambda text: " ".join(clean_text(text).split()))


def _text(question: Question, value: object, _today: date | None) -> Answer | None:
    return _text_within(question, value, clean_text)


def _text_within(question: Question, value: object, clean: Callable[[str], str]) -> Answer | None:
    if not isinstance(value, str):
        raise Refused("wrong_type")
    # Composing letters shortens a text a little; what is far too long is not worth the work.
    if len(value) > 4 * question.max_length:
        raise Refused("too_long", limit=question.max_length)
    text = clean(value)
    if len(text) > question.max_length:
        raise Refused("too_long", limit=question.max_length)
    return text or None


_Validator = Callable[[Question, object, date | None], Answer | None]

_BY_KIND: Mapping[Kind, _Validator] = {
    Kind.ONE: _one,
    Kind.SEVERAL: _several,
    Kind.DATE: _date,
    Kind.LINE: _line,
    Kind.TEXT: _text,
}
