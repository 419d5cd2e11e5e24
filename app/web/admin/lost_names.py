"""The names of staff given back by trustees: the one page that opens for an administrator who reads no names any more.

Whoever's key to the names is gone comes in nowhere else, so their log-in leads here.
"""

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.accounts.covering import recovery_key
from app.accounts.errors import RefusedShares, StillHeld
from app.accounts.members import Member
from app.accounts.recovery import note_refused_shares, recover_names
from app.storage.sessions import Session
from app.web.admin.shares import share_fields
from app.web.desk.access import WithoutNames
from app.web.desk.pages import desk_page
from app.web.forms import Form, Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/admin/recovery/lost-names")


@router.get("")
def ask_for_shares(request: Request, session: Db, member: WithoutNames) -> Response:
    """The form into which trustees type their words, for whoever reads no names."""
    return _page(request, session, member, Form({}))


@router.post("")
def give_back(request: Request, session: Db, now: Now, form: Posted, member: WithoutNames) -> Response:
    """Put the names under a new key, for everybody of the organisation."""
    try:
        recover_names(session, member, form.getlist("share"), now)
    except RefusedShares as error:
        # Caught here and not by the map, so that what is put on the record commits.
        note_refused_shares(session, member, now)
        return _page(request, session, member, form, error.problems, 422)
    except StillHeld:
        return _page(request, session, member, form, status=422)
    return RedirectResponse("/admin/recovery?names=yes", 303)


def _page(
    request: Request,
    session: Session,
    member: Member,
    form: Form,
    problems: dict[int, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    key = recovery_key(session, member.organisation_id, member.directory_key)
    return desk_page(
        request,
        member,
        "admin/lost_names.html",
        status,
        key=key,
        lost=not member.directory_key,
        **share_fields(key.trustees.needed, form.getlist("share"), problems or {}),
    )
