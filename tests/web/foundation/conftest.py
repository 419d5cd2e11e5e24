"""A small application around the foundation, with routes that do what tests need."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from unittest.mock import sentinel

import pytest
from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, StreamingResponse
from fastapi.testclient import TestClient

from app.storage.sessions import Session
from app.web.application import assemble
from app.web.cookies import Cookie, drop_cookie, read_cookie, set_cookie
from app.web.forms import Posted
from app.web.origin import read_origins
from app.web.site import Now, Site
from app.web.transactions import Db

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OWN = {"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8000"}


class StorageGone(Exception):
    """What a database raises when it is away."""


class Tape:
    """A transaction that only notes what happened to it, in order."""

    def __init__(self) -> None:
        """Begin with nothing noted; `fails` makes the commit raise, `stumbles` for a reason that nobody foresaw."""
        self.notes: list[str] = []
        self.fails = False
        self.stumbles = False

    @contextmanager
    def scope(self) -> Iterator[Session]:
        """One transaction."""
        self.notes.append("begin")
        try:
            yield sentinel.session
            self._commit()
        except BaseException:
            self.notes.append("rollback")
            raise

    def _commit(self) -> None:
        if self.fails:
            raise StorageGone("the disk of Amina is full")
        if self.stumbles:
            raise RuntimeError("Amina wrote this")
        self.notes.append("commit")


router = APIRouter(include_in_schema=False)


@router.get("/uk/page")
def page() -> Response:
    """A page long enough to be compressed."""
    return HTMLResponse("<p>слово</p>" * 200)


@router.post("/uk/echo")
def echo(form: Posted, now: Now) -> Response:
    """The form as it was read."""
    return JSONResponse({"items": dict(form.items), "now": now.isoformat()})


@router.post("/uk/keep")
def keep(form: Posted, session: Db) -> Response:
    """Answer inside a transaction."""
    return PlainTextResponse("kept")


@router.get("/uk/raise/{kind}")
def fall(kind: str, session: Db) -> Response:
    """Raise what `kind` names."""
    if kind == "unknown":
        raise RuntimeError("Amina wrote this")
    raise HTTPException(int(kind))


@router.get("/uk/broken")
@router.get("/desk/broken")
def broken() -> Response:
    """Begin to answer, and fail in the middle."""

    def half() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError("Amina wrote this")

    return StreamingResponse(half())


@router.get("/healthz")
@router.get("/api/v1/unable")
def unable() -> Response:
    """Answer without an error that nothing can be done."""
    return PlainTextResponse("unable", 503)


@router.get("/uk/number/{number}")
def number(number: int) -> Response:
    """Take only a number."""
    return PlainTextResponse(str(number))


@router.get("/api/v1/number/{number}")
def api_number(number: int) -> Response:
    """Take only a number, on the side of programs."""
    return PlainTextResponse(str(number))


@router.get("/uk/cookie/{act}")
def cookie(request: Request, act: str) -> Response:
    """Set, show or drop the cookie of a visit."""
    response = PlainTextResponse(read_cookie(request, Cookie.VISIT))
    if act == "set":
        set_cookie(request, response, Cookie.VISIT, "token")
    if act == "drop":
        drop_cookie(request, response, Cookie.VISIT)
    return response


MakeApplication = Callable[..., FastAPI]


@pytest.fixture
def tape() -> Tape:
    """What happens to transactions."""
    return Tape()


@pytest.fixture
def failed() -> list[str]:
    """The sides on which something failed."""
    return []


@pytest.fixture
def make_application(tape: Tape, failed: list[str]) -> MakeApplication:
    """Make an application reachable at the given origins."""

    def make(origins: str = "http://127.0.0.1:8000") -> FastAPI:
        scope: Callable[[], AbstractContextManager[Session]] = tape.scope
        site = Site(
            origins=read_origins(origins),
            leave_url="https://example.org/",
            cannot_store=(StorageGone,),
            scope=scope,
            clock=lambda: NOW,
            failed=failed.append,
        )
        return assemble(site, [router], family={}, desk={}, api={})

    return make


@pytest.fixture
def browser(make_application: MakeApplication) -> TestClient:
    """A browser on the application's own pages."""
    return TestClient(make_application(), base_url="http://127.0.0.1:8000", headers=OWN)


@pytest.fixture(scope="module")
def browser_for_all() -> TestClient:
    """A browser for a test that runs many examples."""
    site = Site(
        origins=read_origins("http://127.0.0.1:8000"),
        leave_url="https://example.org/",
        cannot_store=(),
        scope=Tape().scope,
        clock=lambda: NOW,
    )
    application = assemble(site, [router], family={}, desk={}, api={})
    return TestClient(application, base_url="http://127.0.0.1:8000", headers=OWN)
