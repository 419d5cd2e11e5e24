"""A whole report is checked: whatever comes in, answers and problems come out."""

import json
import re
import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.questionnaire import Problem, check, current
from app.questionnaire.answers import Answers, Consents
from app.questionnaire.problems import MESSAGES
from tests.questionnaire.reports import NGO, SMALLEST, given_consents, reports

TODAY = date(2026, 11, 23)


def checked(**answers: object) -> tuple[Answers, list[tuple[str, str]]]:
    """The smallest report with these answers: what is kept, and field and reason of each problem."""
    result = check(current(), SMALLEST | answers, NGO, TODAY)
    return result.answers, [(problem.field, problem.reason) for problem in result.problems]


def reasons(answers: object, consents: object) -> set[tuple[str, str]]:
    """Field and reason of every problem of a report."""
    return {(problem.field, problem.reason) for problem in check(current(), answers, consents, TODAY).problems}


def test_the_smallest_report_can_be_sent() -> None:
    result = check(current(), SMALLEST, NGO)
    assert result.problems == ()
    assert result.answers == SMALLEST
    assert result.consents == NGO


def test_an_empty_report_lacks_the_four_mandatory_answers() -> None:
    assert reasons({}, {}) == {
        ("reply_safe", "required"),
        ("situation", "required"),
        ("oblast", "required"),
        ("consent_ngo", "consent_required"),
    }


def test_a_mandatory_answer_that_is_wrong_is_named_once() -> None:
    assert reasons(SMALLEST | {"situation": "on_the_moon"}, NGO) == {("situation", "unknown_choice")}


@pytest.mark.parametrize("missing", ["dk", "na"])
def test_not_answering_on_purpose_has_one_form(missing: str) -> None:
    assert checked(sex={"missing": missing})[0]["sex"] == {"missing": missing}
    assert checked(sex=missing)[0]["sex"] == {"missing": missing}
    assert checked(threat=[missing])[0]["threat"] == {"missing": missing}


def test_where_not_knowing_is_a_choice_it_stays_that_choice() -> None:
    assert checked(situation={"missing": "dk"})[0]["situation"] == "dk"
    assert checked(situation="dk")[0]["situation"] == "dk"


def test_the_region_may_be_withheld_but_not_unknown() -> None:
    assert checked(oblast="na") == (SMALLEST, [])
    assert checked(oblast={"missing": "dk"})[1] == [("oblast", "missing_not_offered")]


def test_several_answers_come_once_each_and_in_the_order_of_the_questions() -> None:
    answers, problems = checked(threat=["torture", "execution", "torture"])
    assert (answers["threat"], problems) == (["execution", "torture"], [])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("24.02.2022", "date_format"),
        ("2022-2-24", "date_format"),
        ("2022-02-24-01", "date_format"),
        ("٢٠٢٢", "date_format"),
        ("2022-02-30", "date_impossible"),
        ("2022-13", "date_impossible"),
        ("1812-06-24", "date_out_of_range"),
        ("2026-11-25", "date_in_future"),
        ("2027", "date_in_future"),
        (2022, "wrong_type"),
        ({"missing": "perhaps"}, "missing_not_offered"),
        ({"missing": "dk", "more": 1}, "wrong_type"),
        ({"missing": ["dk"]}, "wrong_type"),
        ({}, "wrong_type"),
    ],
)
def test_what_is_no_date_of_the_past_is_refused_with_its_reason(value: object, reason: str) -> None:
    answers, problems = checked(situation="serving", taken_on=value)
    assert problems == [("taken_on", reason)]
    assert "taken_on" not in answers


@pytest.mark.parametrize("value", ["2022-02-24", "2022-02", "2022", "2026-11-24", "2026-11", "2026"])
def test_days_months_and_years_are_accepted_with_a_day_of_grace(value: str) -> None:
    assert checked(situation="serving", taken_on=value)[0]["taken_on"] == value


def test_a_deadline_and_a_hearing_may_lie_ahead() -> None:
    assert checked(situation="summoned", deadline="2026-12-01")[1] == []
    assert checked(situation="on_trial_ua", next_hearing="2026-12-01")[1] == []


def test_without_a_today_the_future_is_not_judged() -> None:
    answers = SMALLEST | {"birth_date": "2099"}
    assert check(current(), answers, NGO).problems == ()


@pytest.mark.parametrize(
    ("code", "value", "reason"),
    [
        ("sex", "both", "unknown_choice"),
        ("sex", ["male"], "wrong_type"),
        ("sex", None, "wrong_type"),
        ("threat", "execution", "wrong_type"),
        ("threat", ["execution", 1], "wrong_type"),
        ("threat", ["execution", "dk"], "unknown_choice"),
        ("threat", ["dk", "na"], "unknown_choice"),
        ("surname", 5, "wrong_type"),
        ("surname", "x" * 201, "too_long"),
        ("surname", "x" * 100_000, "too_long"),
        ("story", "x" * 20_001, "too_long"),
        ("most_needed", "x" * 5_001, "too_long"),
        ("story", ["a"], "wrong_type"),
        ("situation_basis", "hearsay", "unknown_choice"),
        ("situation_basis", ["guess"], "wrong_type"),
        ("sex_basis", "guess", "unknown_field"),
        ("shoe_size", "44", "unknown_field"),
    ],
)
def test_a_value_of_the_wrong_shape_is_a_problem_of_its_field(code: str, value: object, reason: str) -> None:
    answers, problems = checked(**{code: value})
    assert problems == [(code, reason)]
    assert code not in answers


def test_what_says_how_long_a_text_may_be() -> None:
    problem = check(current(), SMALLEST | {"surname": "x" * 201}, NGO).problems[0]
    assert problem.message % problem.params == "This is too long; at most 200 characters fit."


@pytest.mark.parametrize(("code", "length"), [("surname", 200), ("health", 5_000), ("story", 20_000)])
def test_texts_fit_up_to_their_last_letter(code: str, length: int) -> None:
    assert checked(**{code: "ї" * length})[0][code] == "ї" * length
    # A letter that is written with its accent apart counts once.
    assert checked(**{code: unicodedata.normalize("NFD", "ї" * length)})[0][code] == "ї" * length


def test_texts_lose_control_characters_and_keep_their_lines() -> None:
    typed = "\ufeff Перший\tрядок\x00\x07\r\nдругий\x1b[31m\rтретій \ud800\x85кінець\n"
    assert checked(story=typed)[0]["story"] == "\ufeff Перший рядок\nдругий[31m\nтретій  кінець"
    assert checked(surname="  Ко\nваль\x00\t чук ")[0]["surname"] == "Ко валь чук"


@pytest.mark.parametrize("empty", ["", "  \n ", "\x00"])
def test_an_empty_text_is_no_answer(empty: str) -> None:
    assert checked(story=empty, surname=empty) == (SMALLEST, [])


def test_empty_choices_and_dates_are_no_answers() -> None:
    assert checked(sex="", threat=[], birth_date="", situation_basis="") == (SMALLEST, [])
    assert checked(threat=["", ""]) == (SMALLEST, [])


def test_a_district_lies_in_the_region_that_was_chosen() -> None:
    assert checked(oblast="UA14", raion="UA1408")[1] == []
    assert checked(oblast="UA65", raion="UA1408")[1] == [("raion", "not_in_group")]


@pytest.mark.parametrize("oblast", ["UA05", "abroad", {"missing": "na"}])
def test_a_district_is_left_behind_where_the_region_has_none(oblast: object) -> None:
    answers, problems = checked(oblast=oblast, raion="UA1408")
    assert problems == []
    assert "raion" not in answers


def test_what_was_not_asked_for_this_situation_is_left_behind_without_a_word() -> None:
    answers, problems = checked(situation="at_risk", court="Личаківський", taken_on="2022", surname="Коваль")
    assert problems == []
    assert set(answers) == {*SMALLEST, "surname"}


def test_what_hangs_on_something_left_behind_is_left_behind_too() -> None:
    answers, problems = checked(reply_safe="no", channel="email", address="a@example.org")
    assert problems == []
    assert set(answers) == set(SMALLEST)


def test_a_basis_stays_only_beside_an_answer_that_it_can_support() -> None:
    assert checked(method="street", method_basis="guess")[0]["method_basis"] == "guess"
    assert "method_basis" not in checked(method_basis="guess")[0]
    assert "method_basis" not in checked(method={"missing": "dk"}, method_basis="guess")[0]


def test_answers_come_in_the_order_of_the_questions() -> None:
    answers, _ = checked(story="x", surname="Коваль", device="own")
    assert list(answers) == ["device", "reply_safe", "situation", "oblast", "surname", "story"]


@pytest.mark.parametrize(
    ("consents", "problem"),
    [
        ([], ("consents", "wrong_type")),
        (None, ("consents", "wrong_type")),
        ({"ngo": "facts_only"}, ("scope_ngo", "unknown_choice")),
        ({"ngo": True}, ("scope_ngo", "wrong_type")),
        (NGO | {"stats": "pseudonymised"}, ("scope_stats", "unknown_choice")),
        (NGO | {"legal_ngo": "some"}, ("scope_legal_ngo", "unknown_choice")),
        (NGO | {"neighbours": "full"}, ("consent_neighbours", "unknown_field")),
        (NGO | {"Марія Коваль": "full"}, ("consents", "unknown_field")),
    ],
)
def test_consents_are_given_to_known_recipients_to_known_extents(consents: object, problem: tuple[str, str]) -> None:
    assert reasons(SMALLEST, consents) == {problem}


def test_a_refused_scope_is_no_consent() -> None:
    assert check(current(), SMALLEST, NGO | {"legal_ngo": "some"}).consents == NGO


@pytest.mark.parametrize("answers", [None, 5, "x", [], [["situation", "dk"]], True])
def test_answers_that_are_no_table_are_one_problem_and_the_mandatory_ones(answers: object) -> None:
    assert ("answers", "wrong_type") in reasons(answers, NGO)


def test_a_key_that_may_be_content_is_not_repeated() -> None:
    for key in ("Марія Коваль, Донецьк", "Kovalchuk", "x" * 41, "", "a b"):
        assert reasons(SMALLEST | {key: "x"}, NGO) == {("answers", "unknown_field")}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
CODES = st.sampled_from([*current().questions, *current().by_basis_code])


@given(st.dictionaries(CODES, JSON) | JSON, st.dictionaries(st.sampled_from(["ngo", "icc_otp"]), JSON) | JSON)
def test_any_json_gives_answers_and_problems_and_never_an_exception(answers: Any, consents: Any) -> None:
    result = check(current(), answers, consents, TODAY)
    # What was accepted can be stored, and is accepted again as it is.
    json.dumps([result.answers, result.consents]).encode()
    again = check(current(), result.answers, result.consents, TODAY)
    assert (again.answers, again.consents) == (result.answers, result.consents)


# What may be the code of a question is said again (above): such texts are not drawn here.
@given(st.text(st.characters(), min_size=20, max_size=60).filter(lambda text: not re.fullmatch(r"[a-z0-9_]+", text)))
def test_problems_never_repeat_what_was_given(content: str) -> None:
    given_answers = dict.fromkeys([*current().questions, *current().by_basis_code], content)
    result = check(current(), given_answers | {content: content}, {content: content, "ngo": content}, TODAY)
    assert not [problem for problem in result.problems if content in repr(problem)]
    assert content not in repr(result)


@given(reports(), given_consents())
def test_whatever_is_accepted_is_accepted_again_as_it_is(answers: Answers, consents: Consents) -> None:
    first = check(current(), answers, consents)
    assert {problem.reason for problem in first.problems} <= {"not_in_group"}
    second = check(current(), first.answers, first.consents)
    assert (second.answers, second.consents) == (first.answers, first.consents)


@given(reports())
def test_every_answer_that_is_kept_was_asked(answers: Answers) -> None:
    kept = check(current(), answers, NGO).answers
    for code in kept:
        question = current().questions.get(code) or current().by_basis_code[code]
        assert question.applies(kept)


def test_problems_can_be_compared_and_collected() -> None:
    assert len({Problem("surname", "too_long", {"limit": 200}), Problem("surname", "too_long", {"limit": 200})}) == 1


def test_every_reason_has_a_message() -> None:
    for reason in MESSAGES:
        assert Problem("surname", reason).message
