"""One map from errors to answers: a page in the person's language, or a problem document (RFC 9457) for programs.

Rooms raise what happened; here it becomes a status and plain words. Nothing that was typed is ever shown or logged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.forms import Form
from app.web.languages import DEFAULT, STAFF
from app.web.languages import mark as _
from app.web.logs import log_unexpected
from app.web.origin import ForeignOrigin, Misdirected
from app.web.pages import language_of, render

RETRY_AFTER_SECONDS = 30
# What a page never gives back, not even hidden: secrets are typed again.
SECRET_FIELDS = frozenset({"code", "password", "totp", "root_key", "backup_key"})
DRAFT = "draft"
HEALTH = "/healthz"
DESK_PATHS = ("/desk", "/admin", "/statistics", "/setup")


@dataclass(frozen=True)
class Answer:
    """What one kind of error is answered with; `heading` and `words` are msgids."""

    status: int
    heading: str
    words: str
    again: bool = False


Handled = Answer | Callable[[Request, Exception], Response]
ErrorMap = Mapping[type[Exception], Handled]

NOT_FOUND = Answer(404, _("There is no such page"), _("The address may have been mistyped, or the page is gone."))
UNREADABLE = Answer(400, _("That could not be read"), _("Please go back and try once more."))
TOO_LARGE = Answer(413, _("That is too long"), _("Please go back and send less at once."))
WRONG_TYPE = Answer(415, _("That cannot be taken here"), _("Please go back and use the form on the page."))
FOREIGN = Answer(
    403,
    _("This came from another page"),
    _("To keep you safe, forms are taken only from our own pages. Please open the page again and press once more."),
)
UNAVAILABLE = Answer(
    503,
    _("Nothing can be kept at the moment"),
    _("Please wait a little and try again."),
    again=True,
)
UNEXPECTED = Answer(
    500,
    _("Something went wrong on our side"),
    _("It is not your fault. Please go back and try again, or come a little later."),
    again=True,
)
BY_STATUS: Mapping[int, Answer] = {
    400: UNREADABLE,
    404: NOT_FOUND,
    405: Answer(405, NOT_FOUND.heading, NOT_FOUND.words),
    413: TOO_LARGE,
    415: WRONG_TYPE,
    503: UNAVAILABLE,
}
COMMON: ErrorMap = {
    Misdirected: Answer(421, NOT_FOUND.heading, NOT_FOUND.words),
    ForeignOrigin: FOREIGN,
    RequestValidationError: Answer(422, UNREADABLE.heading, UNREADABLE.words),
    # The line broke while something was sent: nobody hears the answer, and it was no fault of ours.
    ClientDisconnect: UNREADABLE,
}


@dataclass(frozen=True)
class Errors:
    """The whole map: what holds everywhere, and what each side adds to it."""

    common: ErrorMap
    sides: Mapping[str, ErrorMap]

    def answer(self, request: Request, error: Exception) -> Response:
        """The answer to `error`, on the side that the request came to."""
        handled = self._handled(side_of(request), error)
        return _answer(request, handled, error) if isinstance(handled, Answer) else handled(request, error)

    def _handled(self, side: str, error: Exception) -> Handled:
        own = self.sides[side]
        for kind in type(error).__mro__:
            handled = own.get(kind) or self.common.get(kind)
            if handled is not None:
                return handled
        if isinstance(error, HTTPException):
            return BY_STATUS.get(error.status_code, UNREADABLE)
        log_unexpected(error)
        return UNEXPECTED


def side_of(request: Request) -> str:
    """Which side a request came to: "family", "desk" or "api"."""
    path = request.url.path
    if path.startswith("/api/"):
        return "api"
    return "desk" if path.startswith(DESK_PATHS) else "family"


def problem(status: int, title: str, **members: object) -> JSONResponse:
    """A problem document; `members` name fields and reasons, never content."""
    document = {"type": "about:blank", "title": title, "status": status, **members}
    return JSONResponse(document, status, media_type="application/problem+json")


def _answer(request: Request, answer: Answer, error: Exception) -> Response:
    side = side_of(request)
    wait = getattr(error, "retry_after_seconds", RETRY_AFTER_SECONDS if answer.status == 503 else None)
    if side == "desk" and language_of(request) not in STAFF:
        # A browser may ask for a language that only the families' side speaks.
        request.state.language = DEFAULT
    if side == "api":
        response: Response = problem(answer.status, answer.heading, **_fields(error))
    else:
        response = render(
            request, f"{side}/problem.html", answer.status, problem=answer, again=_again(request, answer), wait=wait
        )
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


def _fields(error: Exception) -> dict[str, object]:
    if not isinstance(error, RequestValidationError):
        return {}
    return {"errors": [{"field": _place(found), "reason": found["type"]} for found in error.errors()]}


def _place(found: Mapping[str, Any]) -> str:
    # FastAPI's own answer repeats the input. The place and the kind are enough, and even a place may be content: a
    # field that nobody knows has a name of the sender's.
    parts = [str(part) for part in found["loc"]]
    if found["type"] in {"extra_forbidden", "json_invalid"}:
        parts = parts[:-1]
    return ".".join(parts[1:]) or parts[0]


def _again(request: Request, answer: Answer) -> list[tuple[str, str]]:
    form = getattr(request.state, "form", None)
    if not answer.again or not isinstance(form, Form) or (SECRET_FIELDS & set(form.items) and DRAFT not in form.items):
        return []
    # A draft travels on alone: with it the page on which a secret is typed is shown once more.
    return [(name, value) for name, values in form.items.items() for value in values if name not in SECRET_FIELDS]


class ErrorMiddleware:
    """Answers everything that reaches it, so that no exception gets to the server's own log with its message."""

    def __init__(self, app: ASGIApp, errors: Errors, failed: Callable[[str], None]) -> None:
        """Answer for `app`, by the map in `errors`; `failed` is told the side of a request that failed through ours."""
        self.app = app
        self.errors = errors
        self.failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application; if it raises before its answer began, answer in its place."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_and_remember(message: Message) -> None:
            nonlocal begun
            begun = True
            if message.get("status", 0) >= 500:
                self._count(scope)
            await send(message)

        try:
            await self.app(scope, receive, send_and_remember)
        except Exception as error:  # noqa: BLE001 — whatever it is, the person gets a page and the log no content.
            if begun:
                self._count(scope)
                log_unexpected(error)
            else:
                response = self.errors.answer(Request(scope), error)
                await response(scope, receive, send_and_remember)

    def _count(self, scope: Scope) -> None:
        # Machines ask that every few seconds, and nobody is turned away by what they hear.
        if scope["path"] != HEALTH:
            self.failed(side_of(Request(scope)))
