"""Organisations, as every administrator may know them, and adding one: the root from paper signs it in."""

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.accounts import administration, admission, partners
from app.accounts.errors import RefusedPerson, WrongFingerprint
from app.accounts.installation import about
from app.accounts.members import Member
from app.accounts.partners import NewOrganisation
from app.accounts.record import put_on_record
from app.storage.sessions import Session
from app.web.admin.people import link_page
from app.web.admin.words import PROBLEMS
from app.web.desk.access import Administrator
from app.web.desk.pages import desk_page
from app.web.forms import Form, Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/admin/organisations")


@router.get("")
def all_organisations(request: Request, session: Db, now: Now, member: Administrator) -> Response:
    """Every organisation, with how many people and queues it has, and those that are being begun."""
    put_on_record(session, member, "organisations_opened", now)
    return _page(request, session, member, now)


@router.get("/new")
def ask_which(request: Request, session: Db, member: Administrator) -> Response:
    """The form of a new organisation."""
    return _new_page(request, session, member, Form({}))


@router.post("/new")
def add(request: Request, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Sign it in with the root that is typed this once; the link of its first administrator is shown this once too."""
    new = NewOrganisation(form.get("name"), form.get("purpose"), form.get("administrator"))
    try:
        token = partners.add_organisation(session, member, new, form.get("root_key"), now)
    except RefusedPerson as refused:
        return _new_page(request, session, member, form, refused.problems)
    return link_page(request, member, token, new.administrator)


@router.post("/{organisation_id}/invite")
def invite(
    request: Request, organisation_id: str, session: Db, now: Now, form: Posted, member: Administrator
) -> Response:
    """Another link for its first administrator."""
    try:
        token = partners.invite_first(session, member, organisation_id, form.get("administrator"), now)
    except RefusedPerson as refused:
        return _page(request, session, member, now, organisation_id, refused.problems["administrator"])
    return link_page(request, member, token, form.get("administrator"))


@router.post("/{organisation_id}/admit/{account_id}")
def admit(
    request: Request, organisation_id: str, account_id: str, session: Db, now: Now, form: Posted, member: Administrator
) -> Response:
    """Let its first administrator in, whose words were heard; wrong ones are an alarm and change nothing."""
    try:
        partners.admit_first(session, member, organisation_id, account_id, form.get("fingerprint"), now)
    except WrongFingerprint:
        # Caught here and not by the map, so that the transaction with the alarm commits.
        admission.note_wrong_fingerprint(session, member, account_id, now)
        return _page(request, session, member, now, organisation_id, "fingerprint")
    return RedirectResponse("/admin/organisations", 303)


def _page(
    request: Request, session: Session, member: Member, now: Now, wrong: str = "", problem: str = ""
) -> HTMLResponse:
    return desk_page(
        request,
        member,
        "admin/organisations.html",
        409 if problem == "fingerprint" else 422 if problem else 200,
        organisations=administration.organisations(session),
        begun=partners.begun(session, member, now),
        may_add=member.organisation_id == about(session).receiving_id,
        wrong=wrong,
        problem=PROBLEMS[problem] if problem else "",
    )


def _new_page(
    request: Request, session: Session, member: Member, form: Form, problems: dict[str, str] | None = None
) -> HTMLResponse:
    return desk_page(
        request,
        member,
        "admin/new_organisation.html",
        422 if problems else 200,
        form=form,
        may_add=member.organisation_id == about(session).receiving_id,
        problems={field: PROBLEMS[why] for field, why in (problems or {}).items()},
    )
