"""The application as it is served, on a founded installation."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI

from app.main import build
from app.settings import Settings
from tests.cast import Cast
from tests.web.asked import close_loops
from tests.web.walking import Browser


class Clock:
    """The time as a test wants it."""

    def __init__(self, now: datetime) -> None:
        """Begin at `now`."""
        self.now = now

    def __call__(self) -> datetime:
        """What the clock shows."""
        return self.now

    def pass_by(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """End what the application worked in; a browser's loop, which stands in the way, has ended before."""
    close_loops()


@pytest.fixture
def clock(cast: Cast) -> Clock:
    """The clock of the application, at the moment of the cast."""
    return Clock(cast.now)


@pytest.fixture(scope="session")
def routed(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Both sides, as they are served: to work out two hundred routes anew for each test would take half of its time."""
    folder = tmp_path_factory.mktemp("routed")
    made = build(Settings(database_url=f"sqlite:///{folder / 'nothing.db'}", data_dir=folder))
    made.state.site.close()
    return made


@pytest.fixture
def application(cast: Cast, clock: Clock, routed: FastAPI) -> Iterator[FastAPI]:
    """Both sides on the cast's own engine, which is closed after the test."""
    site = routed.state.site
    routed.state.site = replace(site, clock=clock, scope=cast.session)
    yield routed
    routed.state.site = site


@pytest.fixture
def new_browser(application: FastAPI) -> Callable[[], Browser]:
    """Open one more window."""
    return lambda: Browser(application)


@pytest.fixture
def amina(new_browser: Callable[[], Browser]) -> Browser:
    """Amina's window."""
    return new_browser()
