"""The first page, the languages, and the way out."""

import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from app.main import Side, build
from app.settings import Settings
from tests.cast import plans
from tests.web.walking import Browser, send_report

FIRST_WINDOW_BYTES = 14 * 1024


@pytest.mark.parametrize(("wish", "address"), [("en-US,en;q=0.5", "/en/"), ("de", "/uk/"), ("de,en;q=0.2", "/en/")])
def test_the_front_sends_to_the_language_that_the_browser_asks_for(amina: Browser, wish: str, address: str) -> None:
    amina.open("/", **{"accept-language": wish})

    assert (amina.address, amina.status) == (address, 200)


def test_the_first_page_says_who_reads_and_leads_to_both_ways_in(amina: Browser) -> None:
    page = amina.open("/uk/")

    assert plans()[0].name in amina.text
    assert {"/uk/report/safety", "/uk/return", "/en/"} <= set(page.links())
    assert amina.headers.get("set-cookie") is None


def test_the_first_page_fits_into_the_first_window_with_everything_that_it_fetches(application: FastAPI) -> None:
    browser = Browser(application)
    browser.client.headers["accept-encoding"] = "gzip"
    total = 0
    for address in ("/uk/", "/static/icon.svg"):
        answer = browser.client.get(address)
        assert answer.status_code == 200
        body = gzip.compress(answer.content, 6) if "content-encoding" in answer.headers else answer.content
        total += len(body) + sum(len(name) + len(value) + 4 for name, value in answer.headers.items())

    fetched = [element.attributes["href"] for element in browser.open("/uk/").all("link")]
    assert fetched == ["/static/icon.svg"]
    assert total < FIRST_WINDOW_BYTES


def test_an_address_without_its_slash_leads_to_the_page(amina: Browser) -> None:
    amina.open("/uk")

    assert (amina.address, amina.status) == ("/uk/", 200)


def test_a_language_that_is_not_complete_leads_to_one_that_is(amina: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("app.web.languages", "app.web.family.language"):
        monkeypatch.setattr(f"{module}.offered", lambda: ("uk", "en"))

    amina.open("/ru/return", **{"accept-language": "ru, en;q=0.5"})

    assert (amina.address, amina.status) == ("/en/return", 200)


@pytest.mark.parametrize("address", ["/xx/", "/xx/return", "/uk/nothing", "/uk/report/nothing", "/uk/help/nothing"])
def test_what_is_not_there_is_said_in_plain_words(amina: Browser, address: str) -> None:
    page = amina.open(address)

    assert amina.status == 404
    assert page.all("h1")[0].text == "Такої сторінки немає"


@pytest.mark.parametrize("address", ["/uk/", "/uk/report/safety", "/uk/return", "/uk/nothing"])
def test_every_page_has_the_way_out_and_a_title_that_tells_a_bystander_nothing(amina: Browser, address: str) -> None:
    page = amina.open(address)

    assert [form.method for form in page.forms if form.action == "/uk/leave"] == ["post"]
    title = page.all("title")[0].text
    assert title.endswith("Rodyna") or title == "Rodyna"
    for telling in ("війн", "арм", "мобіліз", "вій", "полон", "звернен"):
        assert telling not in title.lower()


@pytest.mark.parametrize("method", ["get", "post"])
def test_leaving_ends_the_visit_and_goes_to_a_neutral_page(amina: Browser, method: str) -> None:
    code = send_report(amina)
    amina.press(amina.open("/uk/return").form_with("code"), code=code)
    assert amina.address == "/uk/case"
    cookie = amina.client.cookies["visit"]

    answer = amina.client.request(method, "/uk/leave", follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["location"] == "https://www.wikipedia.org/"
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert "form-action 'self' https://www.wikipedia.org" in answer.headers["content-security-policy"].split("; ")
    assert amina.client.cookies.get("visit") is None
    amina.client.cookies.set("visit", cookie, domain="127.0.0.1")
    amina.open("/uk/case")
    assert amina.status == 401


def test_the_way_out_is_open_when_nothing_can_be_stored(application: FastAPI, amina: Browser) -> None:
    site = application.state.site

    def gone() -> None:
        raise OperationalError("away", None, Exception())

    application.state.site = replace(site, scope=gone)
    amina.client.cookies.set("visit", "anything", domain="127.0.0.1")

    answer = amina.client.post("/uk/leave", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "https://www.wikipedia.org/")


def test_whoever_leaves_waits_for_no_database(application: FastAPI) -> None:
    happened: list[str] = []
    site = application.state.site

    def scope() -> Any:
        happened.append("storage")
        return site.scope()

    async def watched(asked: Any, receive: Any, send: Any) -> None:
        async def send_and_note(message: Any) -> None:
            happened.append(message["type"])
            await send(message)

        await application(asked, receive, send_and_note)

    application.state.site = replace(site, scope=scope)
    client = Browser(watched).client
    client.cookies.set("visit", "anything", domain="127.0.0.1")
    happened.clear()
    client.post("/uk/leave", follow_redirects=False)
    assert happened == ["http.response.start", "http.response.body", "storage"]


def test_health_is_ok_when_a_report_can_be_taken(amina: Browser) -> None:
    answer = amina.client.get("/healthz", headers={"host": "10.0.0.7"})

    assert (answer.status_code, answer.text) == (200, "ok")


def test_health_says_no_where_nothing_is_founded(database_url: str, tmp_path: Path) -> None:
    nobody = Browser(build(Settings(database_url=database_url, data_dir=tmp_path), "family"))

    with nobody.client:
        answer = nobody.client.get("/healthz")
        page = nobody.open("/uk/")

    assert (answer.status_code, answer.text) == (503, "unable")
    assert (nobody.status, nobody.headers["retry-after"]) == (503, "30")
    assert page.all("h1")[0].text == "Зараз нічого не вдається зберегти"


@pytest.mark.parametrize(("side", "family", "desk"), [("family", 200, 404), ("desk", 404, 200)])
def test_each_side_can_be_served_alone(side: Side, family: int, desk: int, database_url: str, tmp_path: Path) -> None:
    browser = Browser(build(Settings(database_url=database_url, data_dir=tmp_path), side))

    with browser.client:
        assert browser.client.get("/uk/return").status_code == family
        assert browser.client.get("/desk/login").status_code == desk
