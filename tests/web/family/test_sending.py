"""Sending: nothing is sent twice, nothing is lost, the code is shown until it was typed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from app.accounts.tables import RingShare
from tests.cast import Cast
from tests.web.conftest import Clock
from tests.web.family.reports import NewBrowser, cases, opened, step
from tests.web.reading import Element
from tests.web.walking import Browser, send_report, write_report


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
    earlier_page = amina.press(last_page, "situation").form_with("draft")
    first = amina.press(last_page, "send")
    code = first.by_id("code").text

    again = amina.press(earlier_page, "check", situation="convicted_ua")
    assert again.by_id("code").text == code
    assert "пізніші зміни не додано" in again.all("main")[0].text

    amina.press(first.form_with("code"), code=code)
    received = amina.press(earlier_page, "check", situation="returned")
    assert "пізніші зміни не додано" in received.all("main")[0].text
    assert "/uk/return" in received.links()
    assert cases(cast) == 1
    assert opened(cast, code).answers["situation"] == "on_trial_ua"


@pytest.mark.parametrize("go", ["needs", "check", "next", "back", "lang-en", "send"])
def test_an_old_page_of_a_sent_report_shows_nothing_of_it(amina: Browser, go: str) -> None:
    write_report(amina, story="Слово-яке-не-повертається", surname="Прихований")
    last_page = amina.page.form_with("draft")
    earlier_page = amina.press(last_page, "needs").form_with("draft")
    code_page = amina.press(last_page, "send")
    amina.press(code_page.form_with("code"), code=code_page.by_id("code").text)

    for page in (last_page, earlier_page):
        page.buttons.append(Element("button", {"name": "go", "value": go}))
        amina.press(page, go)
        assert not amina.page.has_id("code")
        assert "Слово-яке-не-повертається" not in amina.text
        assert "Прихований" not in amina.text


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
