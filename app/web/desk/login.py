"""Logging in, in two steps, and out. A refusal never tells which part was wrong."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.accounts import login
from app.accounts.errors import DeskClosed, LogInRefused, SessionEnded
from app.accounts.lockdown import lockdown_state, may_lock_down
from app.accounts.members import Member, resume_without_names, set_language
from app.accounts.permissions import Permission, allowed
from app.accounts.record import put_on_record
from app.storage.sessions import Session
from app.web.cookies import Cookie, drop_cookie, read_cookie, set_cookie
from app.web.desk.access import AnyMember, Leaver
from app.web.desk.pages import LANGUAGES, own_page
from app.web.desk.unsent import give_back_unsent
from app.web.forms import Form, Posted
from app.web.languages import choose
from app.web.languages import mark as _
from app.web.pages import render
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk")
CODES = tuple(code for code, _name in LANGUAGES)


@dataclass(frozen=True)
class Refusal:
    """Why a log-in goes no further, as msgids."""

    heading: str
    words: str


WRONG = Refusal(_("The log-in was not accepted"), _("The name or the passphrase is not right. Please type both again."))
WRONG_DIGITS = Refusal(
    _("The log-in was not accepted"),
    _("These six digits are not right, or were used already. Please wait for the next ones and type them."),
)
TOO_MANY = Refusal(
    _("Too many attempts"), _("To keep others from guessing, no log-in is tried for a while. Please try again later.")
)

CLOSED = Refusal(
    _("The desk is closed"),
    _("It is in lockdown: nobody works here now. An administrator or the lead of a queue can log in to open it again."),
)
NAMES_LOST = Refusal(
    _("Nobody can come in now"),
    _(
        "The key to the names of your organisation is gone. An administrator who logs in gives the names back with"
        " trustees. Tell them by telephone, and write down when it happened."
    ),
)
# The one page that opens for an administrator then.
LOST_NAMES = "/admin/recovery/lost-names"


def login_page(
    request: Request, *, unsent: str = "", to: str = "", refusal: Refusal | None = None, status: int = 200
) -> Response:
    """The page that asks for name and passphrase; `unsent` is a sealed text that travels with it."""
    back = f"&to={own_page(to)}" if to else ""
    # A link would leave the sealed text behind.
    links = [(code, name, f"/desk/login?language={code}{back}") for code, name in LANGUAGES if not unsent]
    return _page(request, "desk/login.html", status, unsent=unsent, to=to, refusal=refusal, login_languages=links)


@router.get("/login")
def ask(
    request: Request, session: Db, to: Annotated[str, Query()] = "", language: Annotated[str, Query()] = ""
) -> Response:
    """Ask for name and passphrase; in a lockdown say who alone may go on."""
    request.state.language = language
    return login_page(request, to=to, refusal=CLOSED if lockdown_state(session).closed else None)


@router.post("/login")
def first_step(request: Request, session: Db, now: Now, form: Posted) -> Response:
    """Check name and passphrase; ask for the second factor."""
    if form.get("totp"):
        return second_step(request, session, now, form)
    request.state.language = form.get("language")
    name = form.get("name")
    try:
        token = login.log_in(session, name, form.get("password"), now)
    except LogInRefused:
        # Caught here and not by the map, so that the transaction with the count commits.
        login.note_refusal(session, name, now)
        return login_page(request, unsent=form.get("unsent"), to=form.get("to"), refusal=WRONG, status=401)
    response = _second_page(request, form)
    set_cookie(request, response, Cookie.DESK, token)
    return response


@router.post("/login/second")
def second_step(request: Request, session: Db, now: Now, form: Posted) -> Response:
    """Check the second factor; open the desk, or give back what was being written."""
    request.state.language = form.get("language")
    half_open = read_cookie(request, Cookie.DESK)
    try:
        token = login.second_factor(session, half_open, form.get("totp"), now)
    except LogInRefused:
        login.note_second_refusal(session, half_open, now)
        return _second_page(request, form, refusal=WRONG_DIGITS, status=401)
    except SessionEnded:
        return login_page(request, unsent=form.get("unsent"), to=form.get("to"), status=401)
    response = _arrived(request, session, now, form, token)
    set_cookie(request, response, Cookie.DESK, token)
    return response


@router.post("/logout")
def log_out(request: Request, session: Db, now: Now, member: Leaver) -> Response:
    """End the session."""
    put_on_record(session, member, "logged_out", now)
    login.log_out(session, read_cookie(request, Cookie.DESK))
    response = RedirectResponse("/desk/login", 303)
    drop_cookie(request, response, Cookie.DESK)
    return response


@router.post("/language")
def change_language(request: Request, session: Db, now: Now, form: Posted, _member: AnyMember) -> Response:
    """Read the desk in another language from here on."""
    if form.get("language") in CODES:
        set_language(session, read_cookie(request, Cookie.DESK), form.get("language"), now)
    return RedirectResponse(own_page(form.get("to")), 303)


def _arrived(request: Request, session: Session, now: Now, form: Form, token: str) -> Response:
    session.flush()
    if form.get("language") in CODES:
        set_language(session, token, form.get("language"), now)
    member = resume_without_names(session, token, now)
    closed, nameless = lockdown_state(session).closed, member.admitted and not member.directory_key
    if closed and (nameless or not may_lock_down(session, member)):
        request.state.language = member.language
        raise DeskClosed
    put_on_record(session, member, "logged_in", now)
    if closed:
        return RedirectResponse("/desk/lockdown", 303)
    if nameless:
        return _without_names(request, session, member, form, token)
    given_back = give_back_unsent(request, session, member, form.get("unsent"), now)
    return given_back or RedirectResponse(own_page(form.get("to")), 303)


def _without_names(request: Request, session: Session, member: Member, form: Form, token: str) -> Response:
    """The way to the trustees' form for who administers; anybody else is told that nothing opens for them now."""
    if allowed(member.roles, Permission.MANAGE_PEOPLE):
        return RedirectResponse(LOST_NAMES, 303)
    login.log_out(session, token)
    request.state.language = member.language
    return login_page(request, unsent=form.get("unsent"), to=form.get("to"), refusal=NAMES_LOST, status=403)


def _second_page(request: Request, form: Form, *, refusal: Refusal | None = None, status: int = 200) -> HTMLResponse:
    kept = {"unsent": form.get("unsent"), "to": form.get("to")}
    return _page(request, "desk/second.html", status, refusal=refusal, **kept)


def spoken(request: Request, wish: str) -> None:
    """Let the page of somebody who is not logged in be in `wish`, else in what the browser asks for."""
    # A browser may ask for a language that only the families' side speaks.
    chosen = wish if wish in CODES else choose(request.headers.get("accept-language", ""))
    request.state.language = chosen if chosen in CODES else CODES[0]


def _page(request: Request, template: str, status: int, **context: object) -> HTMLResponse:
    spoken(request, getattr(request.state, "language", ""))
    return render(request, template, status, **context)
