"""A text that was not taken is given back to the person who typed it, and to nobody else."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from app.accounts.errors import UnsentGone
from app.accounts.members import Member
from app.accounts.unsent import open_unsent, seal_unsent
from app.storage.sessions import Session
from app.web.desk.pages import desk_page
from app.web.forms import Form
from app.web.languages import mark as _
from app.web.site import site_of

_WRITING = re.compile(r"/desk/cases/(?P<case>[^/]+)/(?P<action>message|note)")


@dataclass(frozen=True)
class Kind:
    """How a text is called, and what sends it."""

    label: str
    button: str


KINDS = {
    "message": Kind(_("Write to the family"), _("Send to the family")),
    "note": Kind(_("A note for the desk"), _("Keep the note")),
}


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
    place = _WRITING.fullmatch(request.url.path)
    text = form.get(place["action"]).strip() if place else ""
    if place is None or not text:
        return ""
    unsent = {
        "writer": form.get("writer"),
        "case": place["case"],
        "action": place["action"],
        "text": text,
        "seen": form.get("seen"),
    }
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
        unsent: dict[str, Any] = open_unsent(session, sealed, now)
    except UnsentGone:
        return None
    # The same browser may be another person's by now. The seal proves who was writing: nobody else made that form.
    if unsent["writer"] != member.account_id:
        return None
    return _page(request, member, AFTER_LOG_IN, 200, unsent)


def give_back(request: Request, kept: Kept, status: int) -> HTMLResponse | None:
    """The page with the text of the form that was just refused; None where the form carried none."""
    place = _WRITING.fullmatch(request.url.path)
    form, member = getattr(request.state, "form", None), getattr(request.state, "member", None)
    if place is None or not isinstance(form, Form) or not isinstance(member, Member):
        return None
    text, seen = form.get(place["action"]), form.get("seen")
    unsent = {"case": place["case"], "action": place["action"], "text": text, "seen": seen}
    return _page(request, member, kept, status, unsent)


def _page(request: Request, member: Member, kept: Kept, status: int, unsent: dict[str, Any]) -> HTMLResponse:
    return desk_page(
        request,
        member,
        "desk/kept.html",
        status,
        kept=kept,
        kind=KINDS[unsent["action"]],
        action=unsent["action"],
        case_id=unsent["case"],
        text=unsent["text"],
        seen=unsent["seen"],
        writer=member.account_id,
    )
