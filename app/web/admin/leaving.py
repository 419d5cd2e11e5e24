"""An organisation that leaves: closed to what is new, then ended; the root from paper signs each."""

from collections.abc import Callable
from datetime import datetime

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.errors import RefusedPerson
from app.accounts.leaving import begin_to_leave, may_end, organisation_that_may_leave
from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.casework.errors import CasesStandThere
from app.casework.leaving import end_with_its_cases, stands_there
from app.storage.sessions import Session
from app.web.admin.words import PROBLEMS
from app.web.desk.access import Administrator
from app.web.desk.pages import desk_page
from app.web.forms import Form, Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/admin/organisations/{organisation_id}")
Sign = Callable[[Session, Member, str, str, datetime], object]


@router.get("/end")
def how_it_stands(request: Request, organisation_id: str, session: Db, now: Now, member: Administrator) -> Response:
    """What stands with the organisation, and the next step of its leaving."""
    put_on_record(session, member, "organisations_opened", now)
    return _page(request, session, member, organisation_id, now)


@router.post("/leave")
def leave(
    request: Request, organisation_id: str, session: Db, now: Now, form: Posted, member: Administrator
) -> Response:
    """Close it to what is new."""
    return _signed(request, session, member, organisation_id, now, form, begin_to_leave)


@router.post("/end")
def end(request: Request, organisation_id: str, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """End it, unless an open case would be lost with it."""
    return _signed(request, session, member, organisation_id, now, form, end_with_its_cases)


def _signed(
    request: Request, session: Session, member: Member, organisation_id: str, now: Now, form: Form, sign: Sign
) -> Response:
    if form.get("meant") != "yes":
        return _page(request, session, member, organisation_id, now, "unsure")
    try:
        sign(session, member, organisation_id, form.get("root_key"), now)
    except RefusedPerson:
        return _page(request, session, member, organisation_id, now, "root_key")
    except CasesStandThere:
        # Whatever was written until it was seen that one arrived meanwhile is undone.
        session.rollback()
        return _page(request, session, member, organisation_id, now, "cases")
    return RedirectResponse("/admin/organisations", 303)


def _page(
    request: Request, session: Session, member: Member, organisation_id: str, now: Now, problem: str = ""
) -> Response:
    state = organisation_that_may_leave(session, member, organisation_id)
    return desk_page(
        request,
        member,
        "admin/end_organisation.html",
        409 if problem == "cases" else 422 if problem else 200,
        id=organisation_id,
        name=state.name,
        leaving=datetime.fromisoformat(state.leaving).date() if state.leaving else None,
        stands=stands_there(session, member, organisation_id),
        may_end=may_end(state, now),
        problem=problem,
        root_problem=PROBLEMS[problem] if problem == "root_key" else "",
    )
