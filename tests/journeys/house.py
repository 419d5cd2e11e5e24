"""The program with people in front of it, each at a window of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from sqlalchemy.exc import OperationalError

from app.main import build
from app.settings import Settings
from tests.cast import Cast
from tests.journeys.family import Family
from tests.journeys.serving import neutral_site, served
from tests.journeys.staff import Staff
from tests.web.conftest import Clock

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}


@dataclass
class House:
    """Everybody's way to a window of their own."""

    chromium: Browser
    application: FastAPI
    address: str
    cast: Cast
    clock: Clock
    neutral: str
    _open: list[BrowserContext] = field(default_factory=list)

    def page(self, *, phone: bool = True, script: bool = False) -> Page:
        """A new window that shares nothing with the others."""
        context = self.chromium.new_context(viewport=PHONE if phone else DESKTOP, java_script_enabled=script)
        context.set_default_timeout(60_000)
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

    @contextmanager
    def nothing_can_be_stored(self) -> Iterator[None]:
        """The database is away while the block lasts."""
        site = self.application.state.site
        self.application.state.site = replace(site, scope=_away)
        yield
        self.application.state.site = site


def _away() -> NoReturn:
    raise OperationalError("", {}, Exception())


@contextmanager
def open_house(chromium: Browser, cast: Cast, folder: Path) -> Iterator[House]:
    """Serve both sides on the cast's own database while the block lasts; all windows are closed after it."""
    clock = Clock(cast.now)
    with neutral_site() as neutral:
        application = build(
            Settings(
                database_url=cast.url,
                data_dir=folder,
                root_fingerprint=cast.founded.fingerprint.hex(),
                leave_url=neutral,
            )
        )
        application.state.site.close()
        application.state.site = replace(application.state.site, clock=clock, scope=cast.session, close=lambda: None)
        with served(application) as address:
            house = House(chromium, application, address, cast, clock, neutral)
            yield house
            house.close()
