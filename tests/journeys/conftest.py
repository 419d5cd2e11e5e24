"""A browser in front of the program."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.cast import Cast
from tests.journeys.house import House, open_house
from tests.journeys.serving import launch


class Engines:
    """What drives browsers, and one browser of each kind: started when first asked for, ended together."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._running = ExitStack()
        self._driver: Playwright | None = None
        self._browsers: dict[bool, Browser] = {}

    def driver(self) -> Playwright:
        """What drives the browsers."""
        if self._driver is None:
            self._driver = self._running.enter_context(sync_playwright())
        return self._driver

    def browser(self, *, whole: bool) -> Browser:
        """One browser for all windows, which share nothing."""
        if whole not in self._browsers:
            self._browsers[whole] = launch(self.driver(), whole=whole)
            self._running.callback(self._browsers[whole].close)
        return self._browsers[whole]

    def end(self) -> None:
        """End whatever runs."""
        self._driver = None
        self._browsers.clear()
        self._running.close()


ENGINES = Engines()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """End the browsers where no other journey follows: their loop runs in a thread where no other test may find it."""
    here = Path(__file__).parent
    try:
        yield
    finally:
        if item.path.is_relative_to(here) and not (nextitem and nextitem.path.is_relative_to(here)):
            ENGINES.end()


def pytest_sessionfinish() -> None:
    """End them too where the run was broken off between two journeys."""
    ENGINES.end()


@pytest.fixture
def database_kind() -> str:
    """What a browser shows does not hang on the kind of database; the journey that wants the other one says so."""
    return "sqlite"


@pytest.fixture
def chromium(request: pytest.FixtureRequest) -> Browser:
    """A browser; a file may want the ``WHOLE_BROWSER``."""
    return ENGINES.browser(whole=getattr(request.module, "WHOLE_BROWSER", False))


@pytest.fixture
def house(chromium: Browser, cast: Cast, tmp_path: Path) -> Iterator[House]:
    """The program with people in front of it."""
    with open_house(chromium, cast, tmp_path) as opened:
        yield opened
