"""The application as it is served, on a founded installation."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.main import build
from app.settings import Settings
from tests.cast import Cast
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


@pytest.fixture
def clock(cast: Cast) -> Clock:
    """The clock of the application, at the moment of the cast."""
    return Clock(cast.now)


@pytest.fixture
def application(cast: Cast, clock: Clock, tmp_path: Path) -> FastAPI:
    """Both sides, as they are served, on the cast's own engine, which is closed after the test."""
    made = build(Settings(database_url=cast.url, data_dir=tmp_path))
    made.state.site = replace(made.state.site, clock=clock, scope=cast.session)
    return made


@pytest.fixture
def new_browser(application: FastAPI) -> Callable[[], Browser]:
    """Open one more window."""
    return lambda: Browser(application)


@pytest.fixture
def amina(new_browser: Callable[[], Browser]) -> Browser:
    """Amina's window."""
    return new_browser()
