"""The desk in a real browser: a whole way without scripts, on a phone and on a desk, with nothing axe objects to."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from app.intake import returning
from app.vault.totp import totp_at
from tests.cast import Cast, answers
from tests.web.conftest import Clock

pytestmark = pytest.mark.browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TOO_SMALL = """() => [...document.querySelectorAll("a, button, select, input:not([type=hidden])")]
    .map((element) => [element, element.offsetWidth && element.matches(".unfold") ? element.labels[0] : null])
    .map(([element, label]) => [element, (label || element.closest("label") || element).getBoundingClientRect()])
    .filter(([element, box]) => box.width && box.height < 43.5 && !element.matches(".skip, .unseen"))
    .map(([element]) => element.outerHTML)"""
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def database_kind() -> str:
    """What a browser shows does not hang on the kind of database."""
    return "sqlite"


@pytest.fixture
def address(application: FastAPI, clock: Clock) -> Iterator[str]:
    """Where the application is served, in a thread of this process."""
    clock.now = datetime.now(UTC)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_config=None))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's own chromium."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)


@pytest.fixture
def code(cast: Cast) -> str:
    """The code of a report with a message of the family."""
    code = cast.report(answers(surname="Коваль", story="Його забрали.\nСказали: «розстріляємо»."))
    with cast.session() as session:
        _, opened = returning.open_return(session, code, cast.now)
    with cast.session() as session:
        returning.write_message(session, opened, "Він зателефонував.", cast.now)
    return code


def _examine(page: Page) -> None:
    """Look at the page that is shown through a second window, which has the scripts that axe needs."""
    size = page.viewport_size
    assert size is not None
    context = page.context.browser.new_context(viewport=size, bypass_csp=True)  # type: ignore[union-attr]
    context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    window = context.new_page()
    window.goto(page.url)
    assert window.url == page.url
    problems = Axe().run(window).response["violations"]
    assert [(problem["id"], [node["target"] for node in problem["nodes"]]) for problem in problems] == []
    assert window.evaluate(TOO_SMALL) == []
    assert not window.evaluate(TOO_WIDE)
    # Twice the size of text, which is what a person with weak eyes sets.
    window.add_style_tag(content="html { font-size: 212.5% !important }")
    assert not window.evaluate(TOO_WIDE)
    context.close()


def _log_in(page: Page, address: str, cast: Cast, clock: Clock, name: str, language: str) -> None:
    passphrase, secret = cast.secrets(name)
    page.goto(f"{address}/desk/login?language={language}")
    _examine(page)
    page.fill("[name=name]", name)
    page.fill("[name=password]", passphrase)
    page.click("main button")
    page.fill("[name=totp]", totp_at(secret, clock.now))
    page.click("main button")


@pytest.mark.parametrize(("width", "scheme", "language"), [(320, "dark", "uk"), (1280, "light", "en")])
def test_a_case_is_found_read_and_answered_without_scripts(
    chromium: Browser, cast: Cast, clock: Clock, address: str, code: str, width: int, scheme: str, language: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=False,
    )
    page = context.new_page()
    _log_in(page, address, cast, clock, "daria", language)
    assert page.url == f"{address}/desk/"
    _examine(page)
    page.click("main h2 a")
    _examine(page)
    page.click("tbody th a")
    _examine(page)
    assert page.locator(".own", has_text="розстріляємо").count() == 1
    page.fill("[name=message]", "Ми з вами.")
    page.click("form[action$=message] button")
    assert page.url.endswith("#conversation")
    page.fill("[name=note]", "Подзвонити слідчому.")
    page.click("form[action$=note] button")
    page.click("form[action$=take] button")
    _examine(page)
    assert page.locator(".talk .ours", has_text="Ми з вами.").count() == 1
    page.goto(f"{address}/desk/cases/nosuch12")
    _examine(page)
    page.click("header button")
    assert page.url == f"{address}/desk/login"
    context.close()


@pytest.mark.parametrize("name", ["lena", "roman"])
def test_whoever_has_no_queue_finds_a_page_of_their_own(
    chromium: Browser, cast: Cast, clock: Clock, address: str, name: str
) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    _log_in(page, address, cast, clock, name, "uk")
    _examine(page)
    page.goto(f"{address}/desk/queues/legal")
    _examine(page)
    context.close()
