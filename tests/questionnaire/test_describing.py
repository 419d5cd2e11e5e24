"""Answers are shown with their labels, in any language, in the version they were answered in."""

import json
from collections.abc import Mapping

from hypothesis import given

from app.questionnaire import (
    Answers,
    Consents,
    Row,
    check,
    current,
    describe,
    describe_consents,
    questionnaire_document,
)
from tests.questionnaire.reports import NGO, given_consents, reports


def shout(text: str) -> str:
    """A language in which everything is loud, so that what was not translated is seen."""
    return text.upper()


def rows(answers: Mapping[str, object], *, unanswered: bool = False) -> dict[str, Row]:
    """All rows by their codes."""
    sections = describe(current(), answers, shout, unanswered=unanswered)  # type: ignore[arg-type]
    return {row.code: row for section in sections for row in section.rows}


def test_answers_stand_under_the_step_that_asked_them() -> None:
    sections = describe(current(), {"story": "x", "situation": "missing", "oblast": "UA14"}, shout)
    assert [(section.code, section.title, [row.code for row in section.rows]) for section in sections] == [
        ("situation", "WHAT IS HAPPENING", ["situation", "oblast"]),
        ("needs", "WHAT WOULD HELP", ["story"]),
    ]


def test_codes_become_labels_and_words_stay_as_they_are() -> None:
    shown = rows({"situation": "missing", "situation_basis": "guess", "threat": ["fine", "torture"], "story": "Тихо."})
    assert shown["situation"].values == ("IS MISSING, NOTHING IS HEARD FROM THEM",)
    assert shown["situation"].basis == "I AM GUESSING"
    assert shown["threat"].values == ("A FINE", "TORTURE")
    assert shown["story"].values == ("Тихо.",)
    assert [code for code, row in shown.items() if row.own_words] == ["story"]
    assert shown["story"].compartment == "words"


def test_not_answered_on_purpose_is_said() -> None:
    shown = rows({"story": {"missing": "na"}, "birth_date": {"missing": "dk"}})
    assert (shown["story"].values, shown["story"].missing) == (("I WOULD RATHER NOT SAY",), "na")
    assert not shown["story"].own_words
    assert (shown["birth_date"].values, shown["birth_date"].missing) == (("I DO NOT KNOW",), "dk")


def test_dates_are_written_as_the_page_wishes() -> None:
    answers: Answers = {"taken_on": "2022-02"}
    assert rows(answers)["taken_on"].values == ("2022-02",)
    sections = describe(current(), answers, shout, lambda date: f"{date.month}/{date.year}")
    (row,) = sections[0].rows
    assert row.values == ("2/2022",)
    assert row.date is not None
    assert row.date.precision == "month"


def test_what_another_version_knew_is_shown_by_its_codes() -> None:
    shown = rows(
        {
            "situation": "abducted",
            "situation_basis": "rumour",
            "taken_on": "long ago",
            "shoe_size": "44",
            "pets": ["cat", "dog"],
            "car": {"missing": "dk"},
            "boat": {"missing": "perhaps"},
        }
    )
    assert shown["situation"].values == ("abducted",)
    assert shown["situation"].basis == "rumour"
    assert shown["taken_on"].values == ("long ago",)
    assert (shown["shoe_size"].label, shown["shoe_size"].values) == ("shoe_size", ("44",))
    assert shown["pets"].values == ("cat", "dog")
    assert shown["car"].values == ("I DO NOT KNOW",)
    assert shown["boat"].values == ("perhaps",)
    assert describe(current(), {"shoe_size": "44"}, shout)[-1].title == "OTHER ANSWERS"


def test_what_was_asked_and_not_answered_can_be_shown_too() -> None:
    shown = rows({"situation": "killed"}, unanswered=True)
    assert shown["body"].values == ()
    assert shown["tax_number"].values == ()
    assert "last_seen" not in shown
    assert "body" not in rows({"situation": "killed"})


def test_consents_are_shown_with_their_extent() -> None:
    shown = {row.recipient: row for row in describe_consents(current(), NGO | {"icc_otp": "facts_only"}, shout)}
    assert [code for code, row in shown.items() if row.on] == ["ngo", "icc_otp"]
    assert shown["ngo"].scope == ""
    assert shown["icc_otp"].scope == "ONLY THE TICKED ANSWERS AND DATES, NOTHING IN YOUR OWN WORDS"
    assert shown["stats"].scope == ""
    assert shown["ngo"].label == "THE ORGANISATION THAT RECEIVES THIS REPORT"


def test_consents_of_another_version_are_not_hidden() -> None:
    shown = describe_consents(current(), {"neighbours": "half", "icc_otp": "half"}, shout)
    assert [(row.recipient, row.on, row.scope) for row in shown if row.on] == [
        ("icc_otp", True, "half"),
        ("neighbours", True, "half"),
    ]


@given(reports(), given_consents())
def test_every_answer_of_every_report_has_a_row(answers: Answers, consents: Consents) -> None:
    kept = check(current(), answers, consents).answers
    shown = rows(kept)
    assert set(shown) == {code for code in kept if code in current().questions}
    assert all(row.values for row in shown.values())
    assert {row.recipient for row in describe_consents(current(), consents, shout) if row.on} == set(consents)


def test_labels_of_answers_are_never_in_the_repr_of_a_row() -> None:
    assert "Коваль" not in repr(rows({"surname": "Коваль"}))


class TestDocument:
    """The questionnaire as partners' programs read it."""

    def test_it_says_everything_in_the_language_asked_for(self) -> None:
        document = questionnaire_document(current(), shout)
        questions = {question["code"]: question for step in document["steps"] for question in step["questions"]}
        assert document["version"] == "2026-11"
        assert [step["code"] for step in document["steps"]] == list(current().step_codes)
        assert list(questions) == list(current().questions)
        assert questions["situation"]["label"] == "WHAT IS THE PERSON'S SITUATION NOW?"
        assert questions["situation"]["mandatory"] is True
        assert questions["situation"]["basis"] == "situation_basis"
        assert questions["deadline"]["condition"] == {
            "answer": "situation",
            "among": ["at_risk", "summoned", "detained_at_point"],
        }
        assert questions["oblast"]["missing"] == ["na"]
        assert questions["raion"]["within"] == "oblast"
        assert {"code": "UA1408", "label": "DONETSK RAION", "group": "UA14"} in questions["raion"]["choices"]
        assert questions["story"]["max_length"] == 20_000

    def test_it_names_recipients_and_their_scopes(self) -> None:
        recipients = {entry["code"]: entry for entry in questionnaire_document(current(), str)["recipients"]}
        assert [code for code, entry in recipients.items() if entry["mandatory"]] == ["ngo"]
        assert recipients["icc_otp"]["scopes"] == ["full", "pseudonymised", "facts_only"]

    def test_it_fits_into_json(self) -> None:
        document = questionnaire_document(current(), str)
        assert json.loads(json.dumps(document)) == document
