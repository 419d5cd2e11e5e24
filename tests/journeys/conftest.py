"""The program, a browser in front of it, and people who use both."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from app.main import build
from app.settings import Settings
from tests.cast import Cast
from tests.journeys.family import Family
from tests.journeys.serving import launch, neutral_site, served
from tests.journeys.staff import Staff
from tests.web.conftest import Clock

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


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
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One browser for all windows of a file; windows share nothing."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def clock(cast: Cast) -> Clock:
    """The clock of the program."""
    return Clock(cast.now)


@pytest.fixture
def neutral() -> Iterator[str]:
    """Where "Leave this page" goes."""
    with neutral_site() as address:
        yield address


@pytest.fixture
def address(cast: Cast, clock: Clock, neutral: str, tmp_path: Path) -> Iterator[str]:
    """Where both sides are served, on the cast's own database."""
    application = build(Settings(database_url=cast.url, data_dir=tmp_path, leave_url=neutral))
    application.state.site.close()
    application.state.site = replace(application.state.site, clock=clock, scope=cast.session, close=lambda: None)
    with served(application) as where:
        yield where


@dataclass
class House:
    """Everybody's way to a window of their own."""

    chromium: Browser
    address: str
    cast: Cast
    clock: Clock
    neutral: str
    _open: list[BrowserContext] = field(default_factory=list)

    def page(self, *, phone: bool = True, script: bool = False) -> Page:
        """A new window that shares nothing with the others."""
        context = self.chromium.new_context(viewport=PHONE if phone else DESKTOP, java_script_enabled=script)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        self._open.append(context)
        return context.new_page()

    def family(self, language: str = "uk", *, phone: bool = True, script: bool = False) -> Family:
        """A window for Amina."""
        return Family(self.page(phone=phone, script=script), self.address, language)

    def staff(self, name: str, language: str = "uk", *, phone: bool = False, script: bool = False) -> Staff:
        """A window for somebody of the staff."""
        return Staff(self.page(phone=phone, script=script), self.address, self.cast, self.clock, name, language)

    def close(self) -> None:
        """Close all windows."""
        for context in self._open:
            context.close()


@pytest.fixture
def house(chromium: Browser, address: str, cast: Cast, clock: Clock, neutral: str) -> Iterator[House]:
    """The program with people in front of it."""
    opened = House(chromium, address, cast, clock, neutral)
    yield opened
    opened.close()
