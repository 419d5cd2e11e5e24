"""The report: nothing typed is lost, nothing is forced, nothing is sent twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import func
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from app.accounts.tables import RingShare
from app.casefile.tables import Case
from app.casework.opening import open_case
from app.casework.view import CaseView
from tests.cast import Cast
from tests.web.conftest import Clock
from tests.web.reading import Element, PageForm
from tests.web.walking import Browser, send_report, write_report

NewBrowser = Callable[[], Browser]


def cases(cast: Cast) -> int:
    """How many cases there are."""
    with cast.session() as session:
        return session.exec(select(func.count()).select_from(Case)).one()


def opened(cast: Cast, code: str) -> CaseView:
    """The case of a code, as Daria of the legal queue reads it."""
    daria, case_id = cast.member("daria"), cast.case_of(code)
    with cast.session() as session:
        return open_case(session, daria, case_id, cast.now)


def step(browser: Browser) -> str:
    """The step that is shown."""
    return browser.page.form_with("draft").action.rsplit("/", 1)[1]


def with_button(form: PageForm, go: str) -> PageForm:
    """The form with a button that the page does not have."""
    form.buttons.append(Element("button", {"name": "go", "value": go}))
    return form


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


def test_sending_twice_gives_the_same_code_and_one_case(amina: Browser, cast: Cast) -> None:
    write_report(amina)
    form = amina.page.form_with("draft")

    first = amina.press(form, "send").by_id("code").text
    second = amina.press(form, "send").by_id("code").text

    assert first == second
    assert cases(cast) == 1


def test_pressing_send_many_times_at_once_gives_one_code_and_one_case(
    amina: Browser, cast: Cast, new_browser: NewBrowser
) -> None:
    write_report(amina)
    form = amina.page.form_with("draft")
    windows = [new_browser() for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda window: window.press(form, "send"), windows))

    assert {window.status for window in windows} == {200}
    assert len({page.by_id("code").text for page in pages}) == 1
    assert cases(cast) == 1


def test_once_the_code_was_typed_no_page_shows_it_again(amina: Browser, cast: Cast) -> None:
    write_report(amina)
    last_page = amina.page.form_with("draft")
    code_page = amina.press(last_page, "send")
    code = code_page.by_id("code").text
    amina.press(code_page.form_with("code"), code=code)

    page = amina.press(last_page, "send")
    assert not page.has_id("code")
    assert code.replace(" ", "") not in amina.text.replace(" ", "")
    assert "вже отримано" in page.all("h1")[0].text

    slip = amina.press(code_page.form_with("code"), code="1234")
    assert not slip.has_id("code")
    assert cases(cast) == 1


def test_the_first_version_stands_and_changed_answers_are_pointed_to_a_message(amina: Browser, cast: Cast) -> None:
    write_report(amina)
    last_page = amina.page.form_with("draft")
    first = amina.press(last_page, "send")
    code = first.by_id("code").text

    amina.press(last_page, "situation")
    amina.go("check", situation="convicted_ua")
    again = amina.go("send")
    assert again.by_id("code").text == code
    assert "пізніші зміни не додано" in again.all("main")[0].text

    changed_page = amina.press(last_page, "situation").form_with("draft")
    amina.press(first.form_with("code"), code=code)
    amina.press(changed_page, "check", situation="returned")
    received = amina.go("send")
    assert "пізніші зміни не додано" in received.all("main")[0].text
    assert "/uk/return" in received.links()
    assert cases(cast) == 1
    assert opened(cast, code).answers["situation"] == "on_trial_ua"


def test_a_slip_in_the_code_is_named(amina: Browser) -> None:
    code = send_report(amina)
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)

    for typed, words in [("1234", "24 цифри"), (code[:-1] + "x", "лише цифри"), (wrong, "Одну цифру")]:
        page = amina.press(amina.page.form_with("code"), code=typed)
        assert amina.status == 422
        assert words in page.by_id("typed-problem").text
        assert page.form_with("code").get("code") == typed
        assert page.by_id("code").text.replace(" ", "") == code


def test_another_reports_code_is_not_this_one(amina: Browser, new_browser: NewBrowser) -> None:
    other = send_report(new_browser())
    send_report(amina)

    page = amina.press(amina.page.form_with("code"), code=other)

    assert amina.status == 422
    assert "інший код" in page.by_id("typed-problem").text


def test_the_language_of_the_code_page_can_be_changed(amina: Browser) -> None:
    code = send_report(amina)

    page = amina.press(amina.page.form_with("code"), "lang-en")

    assert '<html lang="en">' in amina.text
    assert page.by_id("code").text.replace(" ", "") == code


def test_a_draft_that_is_too_old_says_so_and_keeps_what_was_typed_last(
    amina: Browser, clock: Clock, cast: Cast
) -> None:
    amina.open("/uk/report/safety")
    amina.go("next", device="shared")
    form = amina.page.form_with("draft")
    clock.pass_by(timedelta(hours=72))

    page = amina.press(form, "next", situation="missing", oblast="UA65", settlement="Олешки")

    assert (amina.status, step(amina)) == (410, "safety")
    assert "Нічого не надіслано" in page.all("main")[0].text
    assert page.form_with("draft").get("device") is None
    amina.go("next")
    form = amina.page.form_with("draft")
    assert (form.get("situation"), form.get("settlement")) == ("missing", "Олешки")


@pytest.mark.parametrize("draft", ["", "2026-11-20.AAAA", "nonsense", "2026-11-20." + "A" * 5000])
def test_a_foreign_draft_begins_anew(amina: Browser, draft: str) -> None:
    amina.open("/uk/report/safety")
    form = amina.page.form_with("draft")

    amina.press(form, "next", draft=draft, device="own")

    assert (amina.status, step(amina)) == (410, "safety")
    assert amina.page.form_with("draft").get("device") == "own"


def test_the_code_page_of_an_old_draft_leads_to_the_return(amina: Browser, clock: Clock) -> None:
    send_report(amina)
    form = amina.page.form_with("code")
    clock.pass_by(timedelta(hours=72))

    amina.press(form, code="1234")

    assert (amina.address, amina.status) == ("/uk/return", 200)


def test_when_no_queue_can_receive_the_report_waits_in_the_page(amina: Browser, cast: Cast) -> None:
    write_report(amina)
    with cast.session() as session:
        shares = [(share, {**share.model_dump()}) for share in session.exec(select(RingShare)).all()]
        for share, _ in shares:
            session.delete(share)

    page = amina.go("send")

    assert (amina.status, amina.headers["retry-after"]) == (503, "30")
    assert cases(cast) == 0
    with cast.session() as session:
        session.add_all(RingShare(**content) for _, content in shares)
    page = amina.press(page.form_with("draft"))
    assert page.has_id("code")
    assert cases(cast) == 1


def test_when_the_database_is_away_every_step_waits_in_the_page(application: FastAPI, amina: Browser) -> None:
    amina.open("/uk/report/safety")
    amina.go("next")
    site = application.state.site

    def gone() -> None:
        raise OperationalError("away", None, Exception())

    application.state.site = replace(site, scope=gone)
    page = amina.go("next", situation="missing", oblast="UA65", settlement="Олешки <3")
    assert amina.status == 503
    application.state.site = site

    amina.press(page.form_with("draft"))

    assert (amina.status, step(amina)) == (200, "person")
    page = amina.go("back")
    assert page.form_with("draft").get("settlement") == "Олешки <3"


def test_a_consent_is_kept_with_the_language_of_the_text_that_was_shown(amina: Browser, cast: Cast) -> None:
    write_report(amina, "uk", consent_stats="yes", consent_icc_otp="yes", scope_icc_otp="pseudonymised")

    page = amina.go("lang-en")
    assert "allowed: Without names" in " ".join(page.all("main")[0].text.split())
    code = amina.go("send").by_id("code").text

    view = opened(cast, code)
    assert {consent.recipient: (consent.scope, consent.text) for consent in view.consents} == {
        "ngo": ("full", "1/uk"),
        "icc_otp": ("pseudonymised", "1/uk"),
        "stats": ("full", "1/uk"),
    }
    assert view.language == "en"


def test_whoever_must_not_be_written_to_is_told_so_at_the_end(amina: Browser) -> None:
    code = send_report(amina, reply_safe="no")

    page = amina.press(amina.page.form_with("code"), code=code)

    assert "вам ніхто не писатиме" in page.all("main")[0].text
