"""Pages of somebody who is logged in."""

import re

from fastapi import Request
from fastapi.responses import HTMLResponse

from app.accounts.members import Member
from app.web.desk.words import PRIORITIES, QUEUE_KINDS, STATUSES
from app.web.languages import NAMES, STAFF
from app.web.pages import render

# The desk's own languages: what a family writes in may be any, what a caseworker reads labels in is one of these.
LANGUAGES = tuple((code, NAMES[code]) for code in STAFF)
HOME = "/desk/"
# Where staff's pages lie; no part is empty, so that no address of another host fits.
_OWN_PAGE = re.compile(r"/(?:desk|admin|statistics)/(?:[\w-]+/)*[\w-]*(\?[\w=&-]*)?", re.ASCII)


def desk_page(request: Request, member: Member, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """A page of the desk for `member`, in their language; `here` is where a change of language comes back to."""
    request.state.language = member.language
    address = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    practice = getattr(request.state, "practice", {})
    common = {
        "member": member,
        # Which cases were made for practice, and whether this page is about one.
        "practice": practice,
        "practice_here": request.path_params.get("case_id") in practice,
        # What a form was answered with has no address of its own.
        "here": own_page(address) if request.method == "GET" else HOME,
        "alarms": getattr(request.state, "alarms", ()),
        "desk_languages": LANGUAGES,
        "kinds": QUEUE_KINDS,
        "statuses": STATUSES,
        "priorities": PRIORITIES,
    }
    return render(request, template, status, **{**common, **context})


def own_page(wish: str) -> str:
    """`wish` if it is the address of a page of staff, else the first page: a form is never a way elsewhere."""
    return wish if _OWN_PAGE.fullmatch(wish) else HOME
