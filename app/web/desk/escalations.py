"""What a coordinator sees of late cases: number, priority and age; and what they can do about it."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.casework import escalations
from app.web.desk.access import Overseer
from app.web.desk.clocks import time_left
from app.web.desk.pages import desk_page
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/escalations")


@router.get("")
def late_cases(request: Request, session: Db, now: Now, member: Overseer) -> Response:
    """Cases that nobody acknowledged in twice the time."""
    found = escalations.escalations(session, member, now)
    rows = [(case, time_left(case.late_since, now)) for case in found]
    return desk_page(request, member, "desk/escalations.html", rows=rows, most=escalations.MOST_SHOWN)


@router.post("/{escalated}/seen")
def seen(escalated: str, session: Db, now: Now, member: Overseer) -> Response:
    """Note that the coordinator knows of it."""
    escalations.mark_seen(session, member, escalated, now)
    return RedirectResponse("/desk/escalations", 303)


@router.post("/{escalated}/remind")
def remind(escalated: str, session: Db, now: Now, member: Overseer) -> Response:
    """Remind the lead of the case's queue."""
    escalations.remind_lead(session, member, escalated, now)
    return RedirectResponse("/desk/escalations", 303)
