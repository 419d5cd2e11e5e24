"""Queues of one's own organisation: an administrator founds them and names who leads; keys are made by leads."""

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.accounts import administration
from app.accounts.errors import RefusedPerson
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.record import put_on_record
from app.storage.sessions import Session
from app.web.admin.words import PROBLEMS
from app.web.desk.access import Administrator
from app.web.desk.pages import desk_page
from app.web.forms import Form, Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/admin/queues")


@router.get("")
def all_queues(request: Request, session: Db, now: Now, member: Administrator) -> Response:
    """The queues of the organisation, and the form of a new one."""
    put_on_record(session, member, "queues_opened", now)
    return _page(request, session, member, Form({}))


@router.post("")
def found_queue(request: Request, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Found a queue without a key."""
    try:
        wanted = form.get("queue").strip().lower(), form.get("kind"), form.get("lead")
        administration.found_queue(session, member, *wanted, now)
    except RefusedPerson as error:
        return _page(request, session, member, form, error.problems)
    return RedirectResponse("/admin/queues", 303)


def _page(
    request: Request, session: Session, member: Member, form: Form, problems: dict[str, str] | None = None
) -> HTMLResponse:
    people = administration.staff(session, member)
    return desk_page(
        request,
        member,
        "admin/queues.html",
        422 if problems else 200,
        queues=administration.staff_queues(session, member, people),
        leads=[person for person in people if person.admitted and Role.CASEWORKER in person.roles],
        form=form,
        problems={field: PROBLEMS[why] for field, why in (problems or {}).items()},
    )
