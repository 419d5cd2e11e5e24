"""Junk: set aside one case or many, see what lies there, give it back."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.casework import junk
from app.web.desk.access import Lister, Worker
from app.web.desk.case_forms import to_case, version
from app.web.desk.pages import desk_page
from app.web.forms import Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk")


@router.get("/junk")
def list_junk(request: Request, session: Db, now: Now, member: Lister) -> Response:
    """What lies in the junk of the member's queues."""
    return desk_page(request, member, "desk/junk.html", junk=junk.junk_of(session, member, now))


@router.post("/junk")
def give_many_back(session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Give back every case that was ticked."""
    for case_id in form.getlist("case"):
        junk.give_back(session, member, case_id, now)
    return RedirectResponse("/desk/junk", 303)


@router.post("/cases/{case_id}/set-aside")
def set_aside(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Set a case aside."""
    junk.set_aside(session, member, case_id, version(form), now)
    return to_case(case_id, "#two")


@router.post("/cases/{case_id}/give-back")
def give_back(case_id: str, session: Db, now: Now, member: Worker) -> Response:
    """Take a case out of the junk."""
    junk.give_back(session, member, case_id, now)
    return to_case(case_id, "#two")
