"""The page on which a caseworker records what is known now."""

import pytest

from app.web.pages import translate_into
from tests.cast import Cast, answers
from tests.web.desk.conftest import Sit, Staff

say = translate_into("uk")
BASIS_NEEDED = say("Please say how this is known.")


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own; the kind of the database makes no difference."""
    return "sqlite"


def test_what_is_found_out_stands_beside_the_report_with_basis_and_name(daria: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}/facts")
    form = daria.page.form_with("known_basis")
    assert (form.get("situation") or "", form.get("known_basis")) == ("", None)
    typed = {"known_since_month": "11", "known_since_year": "2026", "court": "Суд у Дніпрі"}
    daria.press(form, None, situation="convicted_ua", known_basis="document", **typed)
    assert daria.address == f"/desk/cases/{case}"
    for words in ("Дарія Лановенко", "Суд у Дніпрі", "листопад 2026", say("As reported"), "Це є в документі"):
        assert daria.says(words), words


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"situation": "pow_ua"}, "situation", BASIS_NEEDED),
        ({"known_basis": "document"}, "known_basis", say("Nothing new is filled in yet")),
        ({"situation": "nonsense", "known_basis": "document"}, "known_basis", ""),
        ({"known_basis": "hearsay", "situation": "pow_ua"}, "situation", ""),
        ({"next_hearing_day": "31", "next_hearing_month": "2", "next_hearing_year": "2027", "known_basis": "guess"},
         "next_hearing_day", ""),
        ({"next_hearing_day": "x", "known_basis": "guess"}, "next_hearing_day", ""),
        ({"raion": "UA6502", "oblast": "UA14", "known_basis": "guess"}, "oblast", ""),
        ({"unit": "в/ч " * 5000, "known_basis": "guess"}, "unit", ""),
    ],
)  # fmt: skip
def test_a_form_that_is_refused_keeps_everything_that_was_typed(
    daria: Staff, case: str, typed: dict[str, str], field: str, words: str
) -> None:
    daria.open(f"/desk/cases/{case}/facts")
    daria.press(daria.page.form_with("known_basis"), None, **typed)
    assert daria.status == 422
    assert daria.page.form_with("known_basis").get(field) == typed[field]
    assert daria.says(words)
    # Families are told why an answer is needed to send a report; a caseworker sends none.
    assert not daria.says(say("Please answer this question; we need it to know who should read your report."))
    daria.open(f"/desk/cases/{case}")
    assert not daria.says(say("What was found out"))


def test_a_fact_is_recorded_once_it_is_mended(daria: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}/facts")
    daria.press(daria.page.form_with("known_basis"), None, held_where="СІЗО в Дніпрі")
    assert daria.status == 422
    daria.press(daria.page.form_with("known_basis"), None, known_basis="told_by_him")
    assert daria.address == f"/desk/cases/{case}"
    assert daria.says("СІЗО в Дніпрі")


def test_names_are_no_working_facts_whatever_a_form_says(daria: Staff, case: str) -> None:
    typed = {"surname": "Підмінений", "situation": "pow_ua", "known_basis": "document"}
    daria._show(daria.client.post(f"/desk/cases/{case}/facts", data={**typed, "follows": ""}))
    daria.open(f"/desk/cases/{case}")
    assert not daria.says("Підмінений")


@pytest.mark.parametrize("name", ["omar", "oksana", "ayshe"])
def test_who_holds_no_key_finds_no_such_page(cast: Cast, sit: Sit, case: str, name: str) -> None:
    outsider = sit(name)
    outsider.log_in()
    outsider.open(f"/desk/cases/{case}/facts")
    assert outsider.status == 404
    typed = {"situation": "killed", "known_basis": "document", "follows": ""}
    outsider._show(outsider.client.post(f"/desk/cases/{case}/facts", data=typed))
    assert outsider.status == 404
    assert not outsider.says(case)


def test_a_closed_case_rests(cast: Cast, daria: Staff, sit: Sit, case: str) -> None:
    bohdan = sit("bohdan")
    bohdan.log_in()
    daria.open(f"/desk/cases/{case}/facts")
    form = daria.page.form_with("known_basis")
    bohdan.open(f"/desk/cases/{case}/end")
    bohdan.press_to("/close", outcome="acquitted", reason="Виправдали.")
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/agree")
    daria.press(form, None, situation="pow_ua", known_basis="document")
    assert daria.status == 409
    assert daria.says(say("The case is closed"))
    assert not daria.says(say("The case is closed, so nothing more is written to the family."))
    daria.open(f"/desk/cases/{case}")
    assert not daria.says(say("What was found out"))
    assert f"/desk/cases/{case}/facts" not in daria.page.links()


def test_what_rules_say_to_it_is_followed_with_one_button(cast: Cast, daria: Staff) -> None:
    case = cast.case_of(cast.report(answers(situation="convicted_ua")))
    daria.open(f"/desk/cases/{case}/facts")
    day = {"next_hearing_day": "21", "next_hearing_month": "11", "next_hearing_year": "2026"}
    daria.press(daria.page.form_with("known_basis"), None, known_basis="document", **day)
    assert daria.says(say("What is known now speaks for another place"))
    old = daria.page
    daria.press_to("/urgency")
    assert daria.says("P0, негайно")
    (again,) = [form for form in old.forms if form.action.endswith("/urgency")]
    daria.press(again)
    assert daria.says(say("There is nothing to do here any more"))
