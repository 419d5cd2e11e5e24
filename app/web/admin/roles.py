"""What somebody is: their roles in words, what taking one away takes with it, and the change after it was asked for."""

from datetime import datetime

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.accounts.changing_roles import HeldKey, Roles, change_roles, check_roles, roles_of
from app.accounts.errors import RefusedPerson, StatedMeanwhile
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.record import put_on_record
from app.accounts.removal import administers_still
from app.accounts.rings import QUEUE
from app.storage.sessions import Session
from app.web.admin.people import one_of_staff
from app.web.admin.words import PROBLEMS, RING_NAMES, ROLE_MEANS
from app.web.desk.access import Administrator
from app.web.desk.pages import desk_page
from app.web.desk.words import ROLE_NAMES
from app.web.forms import Form, Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/admin/people/{account_id}/roles")


@router.get("")
def roles(request: Request, account_id: str, session: Db, now: Now, member: Administrator) -> Response:
    """The roles of somebody of one's own organisation, and what each may do."""
    put_on_record(session, member, "person_opened", now, account=account_id)
    return _page(request, session, member, account_id)


@router.post("")
def change(request: Request, account_id: str, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Give roles at once; ask back before one is taken away."""
    # Another organisation's people are not there, whatever is typed.
    one_of_staff(session, member, account_id)
    try:
        return _changed(request, session, member, account_id, form, now)
    except RefusedPerson as refused:
        return _page(request, session, member, account_id, form, PROBLEMS[refused.problems["roles"]])
    except StatedMeanwhile:
        # Whatever was written until it was seen that a colleague was faster is undone.
        session.rollback()
        return _page(request, session, member, account_id, form, overtaken=True)


def _changed(
    request: Request, session: Session, member: Member, account_id: str, form: Form, now: datetime
) -> Response:
    wanted = _wanted(form)
    stands = roles_of(session, member, account_id)
    if form.get("seen") != stands.seen:
        raise StatedMeanwhile
    check_roles(session, member, account_id, wanted)
    if stands.roles - wanted and form.get("meant") != "yes":
        return _ask(request, session, member, stands, wanted, unsure=bool(form.get("asked")))
    name = one_of_staff(session, member, account_id).name
    lost = change_roles(session, member, account_id, wanted, stands.seen, now)
    still = administers_still(session, account_id)
    if not lost and not still:
        return RedirectResponse(f"/admin/people/{account_id}", 303)
    return desk_page(request, member, "admin/roles_changed.html", name=name, lost=_named(lost), administers_still=still)


def _ask(
    request: Request, session: Session, member: Member, stands: Roles, wanted: frozenset[Role], *, unsure: bool
) -> HTMLResponse:
    return desk_page(
        request,
        member,
        "admin/roles_ask.html",
        422 if unsure else 200,
        person=one_of_staff(session, member, stands.account_id),
        stands=stands,
        wanted=sorted(wanted),
        taken=sorted(stands.roles - wanted),
        given=sorted(wanted - stands.roles),
        lost=_named(stands.lost_with(wanted)),
        role_names=ROLE_NAMES,
        unsure=unsure,
        myself=stands.account_id == member.account_id,
    )


def _page(
    request: Request,
    session: Session,
    member: Member,
    account_id: str,
    form: Form | None = None,
    problem: str = "",
    *,
    overtaken: bool = False,
) -> HTMLResponse:
    person = one_of_staff(session, member, account_id)
    stands = roles_of(session, member, account_id) if person.admitted else None
    return desk_page(
        request,
        member,
        "admin/roles.html",
        409 if overtaken else 422 if problem else 200,
        person=person,
        seen=stands.seen if stands else "",
        # What was ticked stays ticked; beside it stands what they are now.
        ticked=_wanted(form) if form else frozenset(person.roles),
        role_names=ROLE_NAMES,
        role_means=ROLE_MEANS,
        problem=problem,
        overtaken=overtaken,
    )


def _wanted(form: Form) -> frozenset[Role]:
    return frozenset(role for role in Role if role.value in form.getlist("roles"))


def _named(keys: tuple[HeldKey, ...]) -> list[tuple[HeldKey, str, str]]:
    """Each key with its name, a msgid or "", and its queue."""
    return [
        (key, RING_NAMES.get(key.ring, ""), key.ring.removeprefix(QUEUE) if key.ring.startswith(QUEUE) else "")
        for key in keys
    ]
