"""Made-up answers of every shape that the questionnaire accepts, and the smallest report that can be sent."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from app.questionnaire import Answers, Consents, DateParts, Kind, Question, Questionnaire, check, current

SMALLEST: Answers = {"situation": "dk", "oblast": {"missing": "na"}, "reply_safe": "only_here"}
NGO: Consents = {"ngo": "full"}

WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


def full_dates() -> st.SearchStrategy[date]:
    """Days that the questionnaire accepts."""
    return st.dates(date(1900, 1, 1), date(2100, 12, 31))


def written_dates() -> st.SearchStrategy[str]:
    """Dates known to the day, the month or the year."""
    return st.builds(
        lambda day, length: "-".join(str(day).split("-")[:length]), full_dates(), st.integers(min_value=1, max_value=3)
    )


def values_of(question: Question) -> st.SearchStrategy[Any]:
    """Values that one question accepts, answers that say nothing on purpose included."""
    codes = [choice.code for choice in question.choices]
    by_kind: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.ONE: st.sampled_from(codes or [""]),
        Kind.SEVERAL: st.lists(st.sampled_from(codes or [""]), min_size=1, unique=True),
        Kind.DATE: written_dates(),
        Kind.LINE: WORDS,
        Kind.TEXT: WORDS,
    }
    values = by_kind[question.kind]
    if question.missing:
        values |= st.sampled_from([{"missing": code} for code in question.missing])
    return values


def reports(questionnaire: Questionnaire | None = None) -> st.SearchStrategy[Answers]:
    """Answers to any of the questions, the mandatory ones always among them."""
    asked = questionnaire or current()
    bases = st.sampled_from(sorted(asked.basis))
    needed = {code: values_of(question) for code, question in asked.questions.items() if question.mandatory}
    others: dict[str, st.SearchStrategy[Any]] = {
        code: values_of(question) for code, question in asked.questions.items() if code not in needed
    }
    others |= dict.fromkeys(asked.by_basis_code, bases)
    return st.fixed_dictionaries(needed, optional=others)


def checked_reports(questionnaire: Questionnaire | None = None) -> st.SearchStrategy[Answers]:
    """Answers in the one form in which they are kept and sent."""
    asked = questionnaire or current()
    checked = reports(asked).map(lambda answers: check(asked, answers, NGO))
    return checked.filter(lambda result: not result.problems).map(lambda result: result.answers)


def given_consents(questionnaire: Questionnaire | None = None) -> st.SearchStrategy[Consents]:
    """Consents to any of the recipients, the needed one always among them."""
    recipients = {entry.code: st.sampled_from(entry.scopes) for entry in (questionnaire or current()).recipients}
    return st.fixed_dictionaries({"ngo": recipients.pop("ngo")}, optional=recipients)


def as_form(code: str, parts: DateParts) -> dict[str, list[str]]:
    """A date as the three fields of a form."""
    day, month, year = ("" if part is None else str(part) for part in (parts.day, parts.month, parts.year))
    return {f"{code}_day": [day], f"{code}_month": [month], f"{code}_year": [year]}
