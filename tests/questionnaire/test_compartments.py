"""Every answer goes into one compartment, with its basis."""

from hypothesis import given

from app.questionnaire import Answers, current, split
from tests.questionnaire.reports import reports


def test_names_facts_and_words_go_apart() -> None:
    parts = split(
        current(),
        {
            "surname": "Коваль",
            "situation": "missing",
            "situation_basis": "guess",
            "unit": "12345",
            "unit_basis": "document",
            "birth_date": {"missing": "dk"},
            "story": "Його забрали.",
        },
    )
    assert parts == {
        "identity": {"surname": "Коваль", "birth_date": {"missing": "dk"}},
        "facts": {"situation": "missing", "situation_basis": "guess"},
        "words": {"unit": "12345", "unit_basis": "document", "story": "Його забрали."},
    }


def test_all_three_are_there_when_nothing_was_answered() -> None:
    assert split(current(), {}) == {"identity": {}, "facts": {}, "words": {}}


def test_an_answer_that_nobody_knows_goes_where_it_is_shared_least() -> None:
    assert split(current(), {"shoe_size": "44"})["words"] == {"shoe_size": "44"}


@given(reports())
def test_nothing_is_lost_and_nothing_is_in_two_places(answers: Answers) -> None:
    parts = split(current(), answers)
    assert {code: value for part in parts.values() for code, value in part.items()} == answers
    assert sum(len(part) for part in parts.values()) == len(answers)


@given(reports())
def test_facts_are_codes_and_dates_only(answers: Answers) -> None:
    questionnaire = current()
    for code, value in split(questionnaire, answers)["facts"].items():
        if code in questionnaire.questions and not isinstance(value, dict):
            question = questionnaire.questions[code]
            chosen = value if isinstance(value, list) else [value]
            assert question.kind.value == "date" or {question.choice(entry) for entry in chosen}.isdisjoint({None})
