"""A page's view holds everything that the template needs."""

import pytest

from app.questionnaire import (
    Answers,
    Problem,
    StepView,
    current,
    guidance,
    next_step,
    previous_step,
    problem_views,
    read_form,
    step_is_complete,
    step_view,
)
from app.questionnaire.problems import MESSAGES
from app.questionnaire.views import FieldView


def view(step: str, answers: Answers | None = None, **others: dict[str, list[str]]) -> StepView:
    """A step as it is shown first, or with what was typed."""
    return step_view(current(), step, answers or {}, {}, others.get("pending", {}))


def field(step: StepView, code: str) -> FieldView:
    """One question of the page."""
    return next(entry for entry in step.fields if entry.code == code)


def test_a_fresh_page_shows_its_questions_in_order_with_defaults() -> None:
    page = view("safety")
    assert [entry.code for entry in page.fields] == ["device", "in_occupied", "reply_safe"]
    assert [entry.required for entry in page.fields] == [False, False, True]
    assert field(page, "reply_safe").value == "only_here"
    assert [choice.value for choice in field(page, "reply_safe").choices if choice.checked] == ["only_here"]
    assert field(page, "device").values == ()
    assert (page.number, page.previous, page.next) == (1, None, "situation")


def test_every_kind_has_its_layout() -> None:
    assert field(view("safety"), "device").layout == "radio"
    assert field(view("situation"), "oblast").layout == "select"
    assert field(view("situation"), "deadline").layout == "date"
    assert field(view("taking"), "threat").layout == "checkboxes"
    assert field(view("person"), "surname").layout == "line"
    assert field(view("needs"), "story").layout == "text"
    assert field(view("needs"), "story").max_length == 20_000


def test_an_answered_page_shows_the_answers() -> None:
    answers: Answers = {
        "situation": "missing",
        "situation_basis": "guess",
        "deadline": "2026-12",
        "oblast": {"missing": "na"},
        "settlement": "Оленівка",
    }
    page = view("situation", answers)
    situation = field(page, "situation")
    assert (situation.value, situation.basis) == ("missing", "guess")
    assert [choice.value for choice in situation.basis_choices if choice.checked] == ["guess"]
    oblast = field(page, "oblast")
    assert (oblast.value, oblast.missing) == ("", "na")
    assert [(choice.value, choice.checked) for choice in oblast.missing_choices] == [("na", True)]
    assert field(page, "settlement").value == "Оленівка"
    deadline = field(page, "deadline")
    assert (deadline.day, deadline.month, deadline.year) == ("", "12", "2026")
    assert field(view("taking", {"threat": ["fine", "torture"]}), "threat").values == ("fine", "torture")


def test_what_was_typed_stands_there_again_with_the_ticks_that_were_taken_away() -> None:
    # Given threats that were ticked before and are not ticked now, and a date that cannot be
    answers: Answers = {"threat": ["fine"], "taken_on": "2022", "actor": "fsb"}
    typed = {"taken_on_day": ["31"], "taken_on_month": ["2"], "taken_on_year": ["2022"], "taken_on_missing": ["dk"]}
    page = view("taking", answers, pending=typed)
    assert field(page, "threat").values == ()
    assert field(page, "actor").value == ""
    taken_on = field(page, "taken_on")
    assert (taken_on.day, taken_on.month, taken_on.year, taken_on.missing) == ("31", "2", "2022", "dk")


def test_two_ticks_of_which_only_one_is_possible_both_stand_there_again() -> None:
    page = view("taking", {}, pending={"taken_on_missing": ["na", "dk"]})

    assert [choice.checked for choice in field(page, "taken_on").missing_choices] == [True, True]


def test_what_was_typed_on_another_page_changes_nothing_here() -> None:
    page = view("person", {"surname": "Коваль"}, pending={"story": ["x"]})
    assert field(page, "surname").value == "Коваль"


def test_problems_stand_at_their_question() -> None:
    questionnaire = current()
    typed = {"situation": ["dk"], "situation_basis": ["x"], "oblast": ["UA65"], "raion": ["UA1408"]}
    problems = (
        *read_form(questionnaire, "situation", typed, {}).problems,
        Problem("surname", "too_long", {"limit": 9}),
    )
    page = step_view(questionnaire, "situation", {}, {}, typed, problems)
    assert [problem.field for problem in page.problems] == ["situation_basis", "raion"]
    assert field(page, "situation").problem is None
    basis_problem = field(page, "situation").basis_problem
    assert basis_problem is not None
    assert (basis_problem.anchor, basis_problem.label) == ("situation", questionnaire.questions["situation"].label)
    assert field(page, "raion").problem == page.problems[1]


def test_problems_of_a_whole_report_say_where_they_can_be_mended() -> None:
    problems = [
        Problem("surname", "too_long", {"limit": 200}),
        Problem("taken_on_basis", "unknown_choice"),
        Problem("scope_icc_otp", "unknown_choice"),
        Problem("consent_ngo", "consent_required"),
        Problem("consent_neighbours", "unknown_field"),
        Problem("answers", "wrong_type"),
    ]
    views = problem_views(current(), problems)
    assert [(entry.anchor, entry.step) for entry in views] == [
        ("surname", "person"),
        ("taken_on", "taking"),
        ("consent_icc_otp", "consent"),
        ("consent_ngo", "consent"),
        ("consent_neighbours", ""),
        ("answers", ""),
    ]
    assert [entry.label for entry in views if not entry.step] == ["", ""]


def test_questions_that_hang_on_another_page_are_judged_already() -> None:
    assert "tax_number" not in [entry.code for entry in view("person", {"situation": "serving"}).fields]
    killed = field(view("person", {"situation": "killed"}), "tax_number")
    assert killed.condition_text == ""


def test_questions_that_hang_on_their_own_page_stand_there_and_say_when_they_are_meant() -> None:
    assert field(view("situation", {"situation": "killed"}), "deadline").condition_text
    assert field(view("person"), "passport_period").condition_text
    assert field(view("reply", {"reply_safe": "yes"}), "address").condition_text


def test_who_must_not_be_written_to_is_not_asked_how() -> None:
    assert view("reply", {"reply_safe": "no", "channel": "email"}).fields == ()


def test_regions_and_districts_stand_in_their_groups() -> None:
    page = view("situation", {"raion": "UA1408"})
    oblast = field(page, "oblast")
    assert [group.label for group in oblast.groups] == ["Occupied or partly occupied regions", "Other regions"]
    assert [choice.value for choice in oblast.groups[0].choices] == [
        *("UA01", "UA85", "UA14", "UA44", "UA23", "UA65", "UA63", "UA48")
    ]
    raion = field(page, "raion")
    assert [group.label for group in raion.groups][1] == "Donetsk oblast"
    assert {choice.group for choice in raion.groups[1].choices} == {"Donetsk oblast"}
    assert [choice.value for choice in raion.choices if choice.checked] == ["UA1408"]


class TestConsentPage:
    """Who may read the report."""

    def test_everything_is_off_at_first_and_the_least_is_offered(self) -> None:
        page = view("consent")
        assert not [consent.recipient for consent in page.consents if consent.on]
        assert [consent.recipient for consent in page.consents if consent.required] == ["ngo"]
        scopes = {consent.recipient: [choice.value for choice in consent.scopes] for consent in page.consents}
        assert scopes["icc_otp"] == ["full", "pseudonymised", "facts_only"]
        assert scopes["ngo"] == scopes["stats"] == scopes["recontact"] == []
        assert {consent.scope for consent in page.consents if consent.scopes} == {"facts_only"}

    def test_what_was_agreed_is_on(self) -> None:
        page = step_view(current(), "consent", {}, {"ngo": "full", "icc_otp": "pseudonymised"}, {})
        on = {consent.recipient: consent.scope for consent in page.consents if consent.on}
        assert on == {"ngo": "full", "icc_otp": "pseudonymised"}
        (icc,) = (consent for consent in page.consents if consent.recipient == "icc_otp")
        assert [choice.value for choice in icc.scopes if choice.checked] == ["pseudonymised"]

    def test_what_was_switched_is_shown_as_switched(self) -> None:
        typed = {"consent_stats": ["yes"], "scope_icc_otp": ["full"]}
        problems = read_form(current(), "consent", typed, {}).problems
        page = step_view(current(), "consent", {}, {"ngo": "full", "icc_otp": "full"}, typed, problems)
        assert [consent.recipient for consent in page.consents if consent.on] == ["stats"]
        (ngo, *_, icc) = [consent for consent in page.consents if consent.recipient in ("ngo", "icc_otp")]
        assert ngo.problem is not None
        assert (ngo.problem.field, ngo.problem.message) == ("consent_ngo", MESSAGES["consent_required"])
        assert icc.scope == "full"
        assert icc.problem is None

    def test_switches_stand_on_their_own_page_only(self) -> None:
        assert view("check").consents == ()


def test_steps_follow_one_another() -> None:
    questionnaire = current()
    assert next_step(questionnaire, "safety", {}) == "situation"
    assert previous_step(questionnaire, "safety", {}) is None
    assert next_step(questionnaire, "check", {}) is None
    assert previous_step(questionnaire, "check", {}) == "consent"


def test_a_step_that_asks_nothing_is_passed_over() -> None:
    # Given a man who was summoned and has not been taken anywhere
    questionnaire = current()
    answers: Answers = {"situation": "at_risk", "relation": "self"}
    assert next_step(questionnaire, "taking", answers) == "needs"
    assert previous_step(questionnaire, "needs", answers) == "taking"
    page = view("needs", answers)
    assert (page.number, page.total) == (5, 8)
    assert next_step(questionnaire, "taking", {"situation": "serving"}) == "posting"


def test_a_step_that_is_not_there_has_no_view() -> None:
    with pytest.raises(KeyError):
        view("epilogue")
    with pytest.raises(KeyError):
        next_step(current(), "epilogue", {})


def test_a_step_is_complete_when_what_it_needs_is_there() -> None:
    questionnaire = current()
    assert not step_is_complete(questionnaire, "safety", {}, {})
    assert step_is_complete(questionnaire, "safety", {"reply_safe": "no"}, {})
    assert step_is_complete(questionnaire, "person", {}, {})
    assert not step_is_complete(questionnaire, "consent", {}, {"stats": "full"})
    assert step_is_complete(questionnaire, "consent", {}, {"ngo": "full"})
    assert view("person").complete
    assert [code for code in questionnaire.step_codes if not view(code).may_be_skipped] == [
        *("safety", "situation", "consent")
    ]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, []),
        ({"device": "own", "in_occupied": "no", "reply_safe": "yes"}, []),
        ({"device": "shared"}, ["leave out every name"]),
        ({"device": "may_be_checked"}, ["leave out every name", "Do not save the return code"]),
        ({"device": "public"}, ["leave out every name", "no camera"]),
        ({"in_occupied": "yes"}, ["Tor Browser"]),
        ({"reply_safe": "no"}, ["We will not write to you"]),
        ({"reply_safe": "only_here"}, ["waits on this site"]),
    ],
)
def test_the_first_answers_lead_to_short_advice(answers: Answers, words: list[str]) -> None:
    texts = guidance(current(), "safety", answers)
    assert len(texts) == len(words)
    assert all(part in text for part, text in zip(words, texts, strict=True))


def test_other_steps_have_no_advice_of_the_first() -> None:
    assert guidance(current(), "person", {"device": "shared"}) == ()
