"""A browser in front of the program."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.cast import Cast
from tests.journeys.house import House, open_house
from tests.journeys.serving import launch


@pytest.fixture
def database_kind() -> str:
    """What a browser shows does not hang on the kind of database; the journey that wants the other one says so."""
    return "sqlite"


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What drives the browser. Its loop runs in the tests' own thread, where no other test may find it running."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """One browser for all windows of a file, which share nothing; a file may want the ``WHOLE_BROWSER``."""
    browser = launch(playwright, whole=getattr(request.module, "WHOLE_BROWSER", False))
    yield browser
    browser.close()


@pytest.fixture
def house(chromium: Browser, cast: Cast, tmp_path: Path) -> Iterator[House]:
    """The program with people in front of it."""
    with open_house(chromium, cast, tmp_path) as opened:
        yield opened
