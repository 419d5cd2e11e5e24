"""Coming back with the code: where the case stands, messages both ways, taking everything back."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.errors import TooManyAttempts
from app.casefile.errors import TextRefused
from app.intake.errors import CodeWasReadOut, MistypedCode, UnknownCode
from app.intake.returning import (
    Opened,
    end_return,
    note_unknown_code,
    open_return,
    read_thread,
    resume_return,
    withdraw,
    write_message,
)
from app.web.cookies import Cookie, drop_cookie, read_cookie, set_cookie
from app.web.family.language import router_in_language
from app.web.family.words import (
    CODE_SLIPS,
    ENDS_EVERYTHING,
    MESSAGE_REFUSALS,
    STANDINGS,
    TOO_MANY,
    UNKNOWN_CODE,
    VISIT_ENDED,
)
from app.web.forms import Form, Posted
from app.web.pages import render
from app.web.site import Now
from app.web.transactions import Db

router = router_in_language()


def visit_of(request: Request, session: Db, now: Now) -> Opened:
    """The visit that this request belongs to.

    Raises: :class:`CodeWasReadOut` on every page but those of the new code, where somebody else heard the code.
    """
    visit = resume_return(session, read_cookie(request, Cookie.VISIT), now)
    if visit.read_out and "/case/code" not in request.url.path:
        raise CodeWasReadOut
    return visit


Visit = Annotated[Opened, Depends(visit_of)]


@router.get("/return")
def return_page(request: Request) -> Response:
    """Ask for the code."""
    return _ask(request)


@router.post("/return")
def open_visit(request: Request, form: Posted, session: Db, now: Now) -> Response:
    """Open a visit with the code; a message that waited for it goes along."""
    typed, message = form.get("code"), form.get("message")
    try:
        token, opened = open_return(session, typed, now)
    except MistypedCode as slip:
        return _ask(request, form, CODE_SLIPS[slip.reason], 422)
    except UnknownCode:
        note_unknown_code(session, now)
        return _ask(request, form, UNKNOWN_CODE, 401)
    except TooManyAttempts as wait:
        return _later(_ask(request, form, TOO_MANY, 429), wait)
    written = message.strip() and not opened.read_out
    response = _written(request, session, opened, message, now) if written else _to(request, "case")
    set_cookie(request, response, Cookie.VISIT, token)
    return response


@router.get("/case")
def case(request: Request, session: Db, visit: Visit) -> Response:
    """Where the case stands, what staff wrote, how much was sent; a message to write."""
    return _case(request, session, visit)


@router.post("/case")
def write(request: Request, form: Posted, session: Db, visit: Visit, now: Now) -> Response:
    """Put a message to the case; a refused one stays in its field."""
    return _written(request, session, visit, form.get("message"), now)


@router.get("/case/written", dependencies=[Depends(visit_of)])
def written(request: Request) -> Response:
    """Say that the message arrived."""
    return render(request, "family/written.html")


@router.get("/case/withdraw", dependencies=[Depends(visit_of)])
def withdraw_page(request: Request) -> Response:
    """What withdrawing does, before anything happens."""
    return render(request, "family/withdraw.html", problem="", instead="")


@router.post("/case/withdraw")
def withdraw_everything(request: Request, form: Posted, session: Db, visit: Visit, now: Now) -> Response:
    """Delete everything, once the code was typed again."""
    try:
        withdraw(session, visit, form.get("code"), now)
    except MistypedCode as slip:
        return render(request, "family/withdraw.html", 422, problem=CODE_SLIPS[slip.reason], instead="")
    except UnknownCode:
        return render(request, "family/withdraw.html", 422, problem=UNKNOWN_CODE, instead="")
    except TooManyAttempts as wait:
        return _later(render(request, "family/withdraw.html", 429, problem=TOO_MANY, instead=""), wait)
    end_return(session, read_cookie(request, Cookie.VISIT))
    response = render(request, "family/withdrawn.html")
    drop_cookie(request, response, Cookie.VISIT)
    return response


@router.post("/case/end")
def end(request: Request, session: Db) -> Response:
    """End the visit and go to the first page."""
    end_return(session, read_cookie(request, Cookie.VISIT))
    response = _to(request, "")
    drop_cookie(request, response, Cookie.VISIT)
    return response


def visit_ended(request: Request, _error: Exception) -> Response:
    """Ask for the code again; a message that was being sent waits in the page."""
    form = getattr(request.state, "form", None)
    problem = VISIT_ENDED if read_cookie(request, Cookie.VISIT) else ""
    return _ask(request, form if isinstance(form, Form) else None, problem, 401)


def take_a_new_code(request: Request, _error: Exception) -> Response:
    """The way to a code that only the family knows."""
    return _to(request, "case/code")


def ends_everything(request: Request, _error: Exception) -> Response:
    """The page that withdraws everything, in place of a change that would have come to the same."""
    return render(request, "family/withdraw.html", 409, problem="", instead=ENDS_EVERYTHING)


def _ask(request: Request, form: Form | None = None, problem: str = "", status: int = 200) -> Response:
    sent = form or Form({})
    return render(
        request, "family/return.html", status, problem=problem, typed=sent.get("code"), message=sent.get("message")
    )


def _written(request: Request, session: Db, visit: Opened, message: str, now: Now) -> Response:
    try:
        write_message(session, visit, message, now)
    except TextRefused as refusal:
        return _case(request, session, visit, message, MESSAGE_REFUSALS[refusal.reason], 422)
    return _to(request, "case/written")


def _case(
    request: Request, session: Db, visit: Opened, message: str = "", problem: str = "", status: int = 200
) -> Response:
    thread = read_thread(session, visit)
    standing = STANDINGS[thread.status]
    return render(
        request, "family/case.html", status, thread=thread, standing=standing, message=message, problem=problem
    )


def _to(request: Request, page: str) -> RedirectResponse:
    return RedirectResponse(f"/{request.state.language}/{page}", 303)


def _later(response: Response, wait: TooManyAttempts) -> Response:
    response.headers["Retry-After"] = str(wait.retry_after_seconds)
    return response
