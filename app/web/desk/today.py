"""Today, and the search."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.casefile.keys import is_case_number
from app.casework import searching
from app.casework.today import today
from app.casework.waiting import waiting
from app.web.desk import case_words
from app.web.desk.access import Lister
from app.web.desk.answers import told_of
from app.web.desk.clocks import Left
from app.web.desk.pages import desk_page
from app.web.forms import Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk")
# What was found further up stays on the page, by its numbers.
MOST_EARLIER = 200


@router.get("/today")
def what_waits(request: Request, session: Db, now: Now, member: Lister) -> Response:
    """What waits for the member."""
    found = today(session, member, now)
    return desk_page(
        request,
        member,
        "desk/today.html",
        today=found,
        waiting=waiting(found, now),
        names=told_of(found.names, member.language),
        left=Left(now),
        words=case_words,
    )


@router.get("/search")
def ask(request: Request, member: Lister) -> Response:
    """The form; what is searched for is sent in its body, so that no address holds a name."""
    return desk_page(request, member, "desk/search.html", q="", found=None, total=0, earlier=[])


@router.post("/search")
def find(request: Request, session: Db, now: Now, form: Posted, member: Lister) -> Response:
    """To the case by its number, or the cases that fit the words, as far as one step looks."""
    words = form.get("q").strip()
    number = searching.find_number(session, member, words)
    if number is not None:
        return RedirectResponse(f"/desk/cases/{number}", 303)
    found = searching.search(session, member, words, form.get("after"), now) if words else None
    before = form.get("looked")
    total = (int(before) if before.isascii() and before.isdecimal() and len(before) < 8 else 0) if found else 0
    total += found.looked if found else 0
    earlier = [case_id for case_id in form.getlist("earlier")[:MOST_EARLIER] if is_case_number(case_id)]
    return desk_page(
        request,
        member,
        "desk/search.html",
        q=words,
        found=found,
        total=total,
        left=Left(now),
        earlier=earlier if found else [],
    )
