"""The form of a step is read field by field; nothing that was typed is lost."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.questionnaire import Answers, Consents, StepInput, current, read_form, step_view
from app.questionnaire.forms import field_names, step_fields
from app.questionnaire.views import StepView
from tests.questionnaire.reports import checked_reports, given_consents, reports

TODAY = date(2026, 11, 23)


def read(step: str, known: Answers | None = None, **fields: str | list[str]) -> StepInput:
    """Read a step's form; a single text stands for a field that was sent once."""
    sent = {name: [value] if isinstance(value, str) else value for name, value in fields.items()}
    return read_form(current(), step, sent, known or {}, TODAY)


def reasons(read_input: StepInput) -> list[tuple[str, str]]:
    """Field and reason of each problem."""
    return [(problem.field, problem.reason) for problem in read_input.problems]


def test_a_step_gives_its_answers() -> None:
    result = read("safety", device="shared", in_occupied="no", reply_safe="yes")
    assert result.answers == {"device": "shared", "in_occupied": "no", "reply_safe": "yes"}
    assert (result.problems, result.consents) == ((), None)


def test_what_is_not_answered_is_no_answer_and_what_is_needed_is_named() -> None:
    result = read("safety", device="")
    assert result.answers == {}
    assert reasons(result) == [("reply_safe", "required")]


def test_fields_of_other_steps_and_of_the_page_are_ignored() -> None:
    result = read("safety", reply_safe="yes", surname="Коваль", draft="abc", go="next", unknown="x")
    assert result.answers == {"reply_safe": "yes"}
    assert result.fields == {"reply_safe": ["yes"]}


def test_several_answers_come_as_the_field_repeated() -> None:
    assert read("taking", threat=["torture", "fine"]).answers == {"threat": ["torture", "fine"]}


def test_a_basis_comes_beside_its_answer() -> None:
    result = read("situation", situation="missing", situation_basis="told_by_other", oblast_missing="na")
    assert result.answers == {
        "situation": "missing",
        "situation_basis": "told_by_other",
        "oblast": {"missing": "na"},
    }
    assert reasons(read("situation", situation="missing", oblast="UA14", situation_basis="x")) == [
        ("situation_basis", "unknown_choice")
    ]


@pytest.mark.parametrize(
    ("day", "month", "year", "answer"),
    [
        ("24", "2", "2022", "2022-02-24"),
        (" 24 ", "02", "2022", "2022-02-24"),
        ("", "2", "2022", "2022-02"),
        ("", "", "2022", "2022"),
        ("٢٤", "٢", "٢٠٢٢", "2022-02-24"),
    ],
)
def test_a_date_is_read_as_exactly_as_it_was_given(day: str, month: str, year: str, answer: str) -> None:
    result = read("person", birth_date_day=day, birth_date_month=month, birth_date_year=year)
    assert (result.answers, result.problems) == ({"birth_date": answer}, ())


@pytest.mark.parametrize(
    ("day", "month", "year", "reason"),
    [
        ("24", "2", "", "date_year_needed"),
        ("", "2", "", "date_year_needed"),
        ("24", "", "2022", "date_month_needed"),
        ("30", "2", "2022", "date_impossible"),
        ("0", "2", "2022", "date_impossible"),
        ("1", "13", "2022", "date_impossible"),
        ("1", "100", "2022", "date_impossible"),
        ("1", "2", "22", "date_out_of_range"),
        ("1", "2", "1812", "date_out_of_range"),
        ("1", "2", "20222", "date_format"),
        ("1", "лютий", "2022", "date_format"),
        ("²", "2", "2022", "date_format"),
        ("-1", "2", "2022", "date_format"),
        ("1", "2", "9" * 5000, "date_format"),
        ("1", "1", "2031", "date_in_future"),
    ],
)
def test_a_date_that_cannot_be_is_refused_and_kept_as_typed(day: str, month: str, year: str, reason: str) -> None:
    result = read("person", birth_date_day=day, birth_date_month=month, birth_date_year=year, surname="Коваль")
    assert reasons(result) == [("birth_date", reason)]
    assert result.answers == {"surname": "Коваль"}
    assert result.fields["birth_date_day"] == [day]
    assert result.fields["birth_date_year"] == [year]


@pytest.mark.parametrize("code", ["dk", "na"])
def test_not_answering_on_purpose_is_an_answer(code: str) -> None:
    fields = {f"{name}_missing": [code] for name in ("surname", "birth_date", "sex", "health")}
    result = read_form(current(), "person", fields, {})
    assert set(result.answers) == {"surname", "birth_date", "sex", "health"}
    assert all(answer == {"missing": code} for answer in result.answers.values())
    assert read("taking", threat_missing=code, threat="").answers == {"threat": {"missing": code}}


def test_a_way_of_not_answering_that_is_not_offered_is_refused() -> None:
    assert reasons(read("situation", situation="dk", oblast_missing="dk")) == [("oblast", "missing_not_offered")]
    assert reasons(read("situation", situation_missing="na", oblast="UA14")) == [("situation", "missing_not_offered")]
    assert reasons(read("person", surname_missing="whatever")) == [("surname", "missing_not_offered")]


def test_two_ticks_of_not_answering_are_one_too_many() -> None:
    assert reasons(read("person", surname_missing=["dk", "na"])) == [("surname", "one_only")]
    assert reasons(read("person", sex=["male", "female"])) == [("sex", "one_only")]
    assert read("person", sex=["male", "male", ""]).answers == {"sex": "male"}


class TestAnswerAndTickTogether:
    """Without JavaScript, ticking one does not clear the other."""

    def test_both_new_are_asked_about(self) -> None:
        result = read("person", surname="Коваль", surname_missing="na")
        assert reasons(result) == [("surname", "answer_and_missing")]
        assert result.fields == {"surname": ["Коваль"], "surname_missing": ["na"]}

    def test_a_new_tick_beside_the_old_answer_takes_it_back(self) -> None:
        result = read("person", {"surname": "Коваль"}, surname="Коваль", surname_missing="na")
        assert result.answers == {"surname": {"missing": "na"}}

    def test_a_new_answer_beside_the_old_tick_counts(self) -> None:
        result = read("person", {"surname": {"missing": "na"}}, surname="Коваль", surname_missing="na")
        assert result.answers == {"surname": "Коваль"}

    def test_a_tick_beside_a_radio_button_counts_because_the_button_cannot_be_taken_back(self) -> None:
        assert read("person", sex="male", sex_missing="na").answers == {"sex": {"missing": "na"}}
        known: Answers = {"sex": {"missing": "na"}}
        assert read("person", known, sex="male", sex_missing="na").answers == {"sex": "male"}

    def test_both_saying_the_same_are_one_answer(self) -> None:
        assert read("person", sex="na", sex_missing="na").answers == {"sex": {"missing": "na"}}


def test_a_question_that_did_not_stand_on_the_page_keeps_its_answer() -> None:
    # Given a report about a missing man that was answered, and then became one about a dead man
    known: Answers = {"situation": "killed", "last_seen": "Біля Ізюма", "dna_given": "yes", "body": "held"}
    # When the page for the dead is sent
    result = read("contact", known, body="buried")
    # Then nothing that it did not ask is lost, in case the news was wrong
    assert result.answers == {"last_seen": "Біля Ізюма", "dna_given": "yes", "body": "buried"}


def test_a_hidden_question_that_is_sent_all_the_same_is_read() -> None:
    assert read("contact", {"situation": "killed"}, court="Личаківський суд").answers == {"court": "Личаківський суд"}


def test_a_question_that_stood_there_and_was_emptied_loses_its_answer() -> None:
    assert read("person", {"surname": "Коваль", "sex": "male"}, surname="", given_name="Іван").answers == {
        "given_name": "Іван"
    }


def test_a_district_of_another_region_is_asked_about() -> None:
    result = read("situation", situation="dk", oblast="UA65", raion="UA1408")
    assert reasons(result) == [("raion", "not_in_group")]
    assert result.answers == {"situation": "dk", "oblast": "UA65"}
    assert reasons(read("person", {"oblast": "UA65", "raion": "UA1408"}, surname="x")) == []


def test_merging_replaces_this_step_and_nothing_else() -> None:
    known: Answers = {"surname": "Коваль", "situation": "missing", "situation_basis": "guess", "story": "x"}
    result = read("situation", known, situation="killed", oblast="UA14")
    answers, consents = result.merged(known, {"ngo": "full"})
    assert answers == {"surname": "Коваль", "story": "x", "situation": "killed", "oblast": "UA14"}
    assert consents == {"ngo": "full"}


class TestConsents:
    """Each switch is off until it is turned on."""

    def test_switches_that_are_on_have_their_scope(self) -> None:
        result = read(
            "consent", consent_ngo="yes", consent_legal_ngo="on", scope_legal_ngo="full", scope_icc_otp="full"
        )
        assert result.consents == {"ngo": "full", "legal_ngo": "full"}
        assert result.problems == ()

    def test_without_a_chosen_scope_the_least_is_shared(self) -> None:
        result = read("consent", consent_ngo="yes", consent_stats="yes", consent_prosecutor_438="yes")
        assert result.consents == {"ngo": "full", "stats": "full", "prosecutor_438": "facts_only"}

    @pytest.mark.parametrize("value", ["", "no", "off", "NO", "0", "false", " no "])
    def test_a_switch_that_says_no_is_off(self, value: str) -> None:
        result = read("consent", consent_ngo=value)
        assert result.consents == {}
        assert reasons(result) == [("consent_ngo", "consent_required")]

    def test_a_scope_that_is_not_offered_is_refused(self) -> None:
        result = read("consent", consent_ngo="yes", consent_stats="yes", scope_stats="facts_only")
        assert reasons(result) == [("scope_stats", "unknown_choice")]
        assert result.consents == {"ngo": "full"}
        two = read("consent", consent_ngo="yes", consent_icc_otp="yes", scope_icc_otp=["full", "facts_only"])
        assert reasons(two) == [("scope_icc_otp", "one_only")]

    def test_merging_takes_back_what_was_switched_off(self) -> None:
        result = read("consent", consent_ngo="yes")
        assert result.merged({"surname": "x"}, {"ngo": "full", "stats": "full"}) == ({"surname": "x"}, {"ngo": "full"})

    def test_the_fields_are_kept_as_they_were(self) -> None:
        result = read("consent", consent_ngo="yes", scope_icc_otp="full", surname="x")
        assert result.fields == {"consent_ngo": ["yes"], "scope_icc_otp": ["full"]}


def test_there_is_no_form_of_a_step_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        read("epilogue")


NAMES = sorted({name for question in current().questions.values() for name in field_names(question)})


@given(
    st.sampled_from(current().step_codes),
    st.dictionaries(st.sampled_from(NAMES), st.lists(st.text(st.characters(), max_size=12), max_size=3)),
    reports(),
)
def test_any_fields_are_read_without_an_exception(step: str, fields: Mapping[str, list[str]], known: Answers) -> None:
    result = read_form(current(), step, fields, known, TODAY)
    assert set(result.answers) <= result.codes
    assert result.fields == step_fields(current(), step, fields)
    for problem in result.problems:
        assert problem.field not in result.answers
        assert problem.message % problem.params


def as_sent(view: StepView) -> dict[str, list[str]]:
    """What a browser sends when the page is left as it is shown."""
    fields: dict[str, list[str]] = {}
    for field in view.fields:
        if field.layout == "date":
            fields |= {f"{field.code}_{part}": [getattr(field, part)] for part in ("day", "month", "year")}
        elif field.layout in ("line", "text"):
            fields[field.code] = [field.value]
        else:
            fields[field.code] = [choice.value for choice in field.choices if choice.checked]
        fields[f"{field.code}_missing"] = [choice.value for choice in field.missing_choices if choice.checked]
        fields[f"{field.code}_basis"] = [choice.value for choice in field.basis_choices if choice.checked]
    for consent in view.consents:
        fields |= {f"consent_{consent.recipient}": ["yes"]} if consent.on else {}
        fields[f"scope_{consent.recipient}"] = [choice.value for choice in consent.scopes if choice.checked]
    return fields


@given(checked_reports(), given_consents())
def test_sending_a_page_as_it_was_shown_changes_nothing(known: Answers, consents: Consents) -> None:
    questionnaire = current()
    for step in questionnaire.step_codes:
        view = step_view(questionnaire, step, known, consents, {})
        result = read_form(questionnaire, step, as_sent(view), known)
        # A default that stood on the page is an answer once it was sent.
        defaults = {
            field.code: field.value
            for field in view.fields
            if questionnaire.questions[field.code].default and field.code not in known
        }
        assert result.merged(known, consents) == (known | defaults, consents)


@given(st.sampled_from(current().step_codes), reports())
def test_a_page_shows_what_was_typed_whatever_it_was(step: str, answers: Answers) -> None:
    fields = as_sent(step_view(current(), step, answers, {}, {}))
    again = as_sent(step_view(current(), step, answers, {}, fields))
    assert {name: values for name, values in again.items() if values != [""]} == {
        name: values for name, values in fields.items() if values != [""]
    }
