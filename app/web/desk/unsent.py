"""A text that was not taken is given back to the person who typed it, and to nobody else."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from fastapi.responses import HTMLResponse

from app.accounts.errors import UnsentGone
from app.accounts.members import Member
from app.accounts.unsent import open_unsent, seal_unsent
from app.storage.sessions import Session
from app.web.desk.beside import Beside
from app.web.desk.pages import desk_page
from app.web.desk.writing import Again, Written, has_text, read_written, written
from app.web.forms import Form
from app.web.languages import mark as _
from app.web.site import site_of


@dataclass(frozen=True)
class Kept:
    """Why a text comes back: `heading` and `words` for the page, `problem` beside the field; all msgids."""

    heading: str
    words: str
    problem: str = ""


AFTER_LOG_IN = Kept(
    _("What you wrote is still here"),
    _("Your session had ended before it was sent. Nothing was sent yet: please look at it and send it now."),
)


def keep(request: Request, form: Form, now: datetime) -> str:
    """Seal what was being sent when the session turned out to be over; nothing where nothing was typed."""
    typed = written(request.url.path, form)
    if typed is None or not has_text(typed):
        return ""
    unsent = {"writer": form.get("writer"), "path": typed.path, "fields": typed.fields}
    # A transaction of its own: the request's is about to be rolled back, and the day's key may be drawn just now.
    with site_of(request).scope() as session:
        return seal_unsent(session, unsent, now)


def give_back_unsent(
    request: Request, session: Session, member: Member, sealed: str, now: datetime
) -> HTMLResponse | None:
    """The page with what was kept over a log-in, if there is something and it is this member's own."""
    if not sealed:
        return None
    try:
        unsent = open_unsent(session, sealed, now)
    except UnsentGone:
        return None
    typed = read_written(unsent)
    # The same browser may be another person's by now. The seal proves who was writing: nobody else made that form.
    if typed is None or unsent["writer"] != member.account_id:
        return None
    return _page(request, member, AFTER_LOG_IN, 200, typed)


def give_back(request: Request, kept: Kept, status: int) -> HTMLResponse | None:
    """The page with the text of the form that was just refused; None where the form carried none."""
    form, member = getattr(request.state, "form", None), getattr(request.state, "member", None)
    if not isinstance(form, Form) or not isinstance(member, Member):
        return None
    typed = written(request.url.path, form)
    return None if typed is None else _page(request, member, kept, status, typed)


def kept_page(
    request: Request,
    member: Member,
    kept: Kept,
    status: int,
    again: Again | None,
    back: str,
    beside: Beside | None = None,
) -> HTMLResponse:
    """The page with a form that was not taken; without `again` there is only the way `back`."""
    context = {"kept": kept, "again": again, "beside": beside, "back": back, "writer": member.account_id}
    return desk_page(request, member, "desk/kept.html", status, **context)


def _page(request: Request, member: Member, kept: Kept, status: int, typed: Written) -> HTMLResponse:
    return kept_page(request, member, kept, status, typed.again, typed.writing.way_back(typed.path))
