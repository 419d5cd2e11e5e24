"""What the pages need to know about the installation, put together once by `app.main`."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from app.accounts.first_setup import FirstSetup
from app.accounts.setup import Founded
from app.storage.sessions import Session
from app.web.origin import Origin


@dataclass(frozen=True)
class Site:
    """One installation as the web sees it; frozen, the same for all requests."""

    origins: tuple[Origin, ...]
    leave_url: str
    cannot_store: tuple[type[Exception], ...]
    scope: Callable[[], AbstractContextManager[Session]]
    clock: Callable[[], datetime]
    publish_figures: bool = False
    close: Callable[[], None] = lambda: None
    # Told each time when a request of one of the three sides failed through no fault of whoever asked.
    failed: Callable[[str], None] = lambda _side: None
    # What goes on beside the requests, from the first to the last.
    beside: Callable[[], AbstractContextManager[None]] = nullcontext
    # The first set-up, in the one process that is there for it.
    first: FirstSetup | None = None
    keep_outside: Callable[[Founded], None] = lambda _founded: None


def site_of(request: Request) -> Site:
    """The installation that this request came to."""
    site = request.app.state.site
    assert isinstance(site, Site)
    return site


async def _now(request: Request) -> datetime:
    return site_of(request).clock()


Now = Annotated[datetime, Depends(_now)]
