"""The report: nothing typed is lost, nothing is forced."""

import pytest

from tests.cast import Cast
from tests.web.family.reports import cases, step, with_button
from tests.web.walking import Browser, send_report, write_report


@pytest.mark.parametrize("language", ["uk", "en"])
def test_a_report_goes_from_the_first_page_to_the_code_in_every_language(
    amina: Browser, cast: Cast, language: str
) -> None:
    code = send_report(amina, language, story="Прийшли озброєні люди.")

    assert len(code) == 24
    assert code.isdecimal()
    assert cases(cast) == 1
    page = amina.press(amina.page.form_with("code"), code=code)
    assert amina.status == 200
    assert not page.has_id("code")
    assert "set-cookie" not in amina.headers
    cast.case_of(code)


def test_a_later_step_without_a_draft_begins_at_the_first_and_says_why(amina: Browser) -> None:
    page = amina.open("/uk/report/needs")

    assert (amina.status, step(amina)) == (200, "safety")
    assert "Звернення починається з цієї сторінки" in page.all("main")[0].text


def test_a_refused_page_keeps_what_was_typed_and_leads_to_each_field(amina: Browser) -> None:
    amina.open("/uk/report/safety")
    amina.go("next")
    page = amina.go(
        "next",
        relation="spouse",
        settlement="Макіївка <b>",
        deadline_day="31",
        deadline_month="2",
        deadline_year="2022",
    )

    assert (amina.status, step(amina)) == (422, "situation")
    form = page.form_with("draft")
    assert form.get("relation") == "spouse"
    assert form.get("settlement") == "Макіївка <b>"
    assert (form.get("deadline_day"), form.get("deadline_year")) == ("31", "2022")
    pointed = [link.removeprefix("#") for link in page.links() if link.startswith("#") and link != "#main"]
    assert pointed == ["situation", "deadline", "oblast"]
    for field in pointed:
        element = page.by_id(field)
        assert page.by_id(f"{field}-problem").text.strip()
        assert element.attributes.get("name") in {field, f"{field}_day"}


def test_going_back_keeps_even_what_cannot_be_read(amina: Browser) -> None:
    amina.open("/uk/report/safety")
    amina.go("next")
    amina.go("back", situation="summoned", deadline_day="31", deadline_month="2", deadline_year="2022")
    assert (amina.status, step(amina)) == (200, "safety")

    amina.go("next")

    form = amina.page.form_with("draft")
    assert form.get("situation") == "summoned"
    assert (form.get("deadline_day"), form.get("deadline_month")) == ("31", "2")
    amina.go("next", oblast="UA14")
    assert amina.status == 422
    amina.go("next", oblast="UA14", deadline_day="28")
    assert (amina.status, step(amina)) == (200, "person")


def test_changing_the_language_keeps_what_is_being_typed_and_asks_nothing(amina: Browser) -> None:
    amina.open("/uk/report/safety")
    amina.go("next", device="shared")
    page = amina.go("lang-en", settlement="Макіївка", deadline_day="31")

    assert (amina.status, step(amina)) == (200, "situation")
    assert '<html lang="en">' in amina.text
    assert page.form_with("draft").action == "/en/report/situation"
    assert page.form_with("draft").get("settlement") == "Макіївка"
    assert page.form_with("draft").get("deadline_day") == "31"
    assert not page.has_id("problems")
    page = amina.go("back")
    assert page.form_with("draft").get("device") == "shared"


def test_a_language_that_is_not_offered_changes_nothing(amina: Browser) -> None:
    amina.open("/uk/report/safety")

    page = amina.press(with_button(amina.page.form_with("draft"), "lang-xx"), "lang-xx", device="own")

    assert (amina.status, step(amina)) == (200, "situation")
    assert page.form_with("draft").action == "/uk/report/situation"


def test_a_page_can_be_skipped_and_what_was_typed_on_it_stays(amina: Browser) -> None:
    amina.open("/uk/report/safety")
    amina.go("next")
    amina.go("next", situation="missing", oblast="UA65")
    amina.go("skip", surname="Коваленко", birth_date_day="40", birth_date_month="1", birth_date_year="1990")
    assert step(amina) == "taking"

    page = amina.go("back")

    form = page.form_with("draft")
    assert (form.get("surname"), form.get("birth_date_day")) == ("Коваленко", "40")


def test_a_page_that_needs_an_answer_offers_no_skipping(amina: Browser) -> None:
    page = amina.open("/uk/report/safety")

    assert "skip" not in {button.attributes.get("value") for button in page.form_with("draft").buttons}


def test_an_answer_leads_to_advice_on_the_next_page(amina: Browser) -> None:
    amina.open("/en/report/safety")

    page = amina.go("next", device="shared")

    assert "Other people may look into this device." in page.all("main")[0].text


def test_the_last_page_shows_every_answer_and_each_can_be_changed(amina: Browser) -> None:
    page = write_report(amina, "en", device="shared", surname="Коваленко", story="Забрали.\n\nНа роботі.")

    text = page.all("main")[0].text
    for shown in ("One that I share with others", "Donetsk oblast", "Коваленко", "Забрали.\n\nНа роботі."):
        assert shown in text
    changes = [b for b in page.form_with("draft").buttons if "#" in b.attributes.get("formaction", "")]
    targets = {(b.attributes["value"], b.attributes["formaction"].split("#")[1]) for b in changes}
    assert {("safety", "device"), ("person", "surname"), ("consent", "consent_stats")} <= targets

    page = amina.go("person")
    assert page.form_with("draft").get("surname") == "Коваленко"
    assert page.has_id("surname")
    amina.go("check", surname="Коваль")
    assert step(amina) == "check"
    assert "Коваль" in amina.text
    assert "Коваленко" not in amina.text


def test_what_is_still_needed_is_named_with_the_way_there(amina: Browser) -> None:
    amina.open("/uk/report/safety")
    form = with_button(amina.page.form_with("draft"), "send")
    form.action = "/uk/report/check"

    page = amina.press(form, "send")

    assert (amina.status, step(amina)) == (422, "check")
    ways = [e for e in page.elements if e.tag == "button" and "#" in e.attributes.get("formaction", "")]
    first = [(e.attributes["value"], e.attributes["formaction"].split("#")[1]) for e in ways[:4]]
    assert first == [
        ("safety", "reply_safe"),
        ("situation", "situation"),
        ("situation", "oblast"),
        ("consent", "consent_ngo"),
    ]


def test_what_could_not_be_read_is_never_dropped_in_silence(amina: Browser, cast: Cast) -> None:
    write_report(amina)
    amina.go("situation")
    amina.go("back", situation="summoned", deadline_day="31", deadline_month="2", deadline_year="2022")
    page = amina.go("check")
    assert "deadline" in {b.attributes.get("formaction", "").split("#")[-1] for b in page.form_with("draft").buttons}

    amina.go("send")

    assert amina.status == 422
    assert cases(cast) == 0
    amina.go("situation")
    assert amina.page.form_with("draft").get("deadline_day") == "31"
    amina.go("check", deadline_day="", deadline_month="", deadline_year="")
    amina.go("send")
    assert amina.status == 200
    assert cases(cast) == 1
