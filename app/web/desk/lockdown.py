"""Lockdown: closing the desk for everybody, and opening it again, by two people each time."""

from fastapi import HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.errors import NotPermitted
from app.accounts.lockdown import LockdownWish, lockdown_state, may_confirm, may_lock_down, wish
from app.accounts.members import colleagues
from app.web.desk.access import Closer
from app.web.desk.pages import desk_page
from app.web.forms import Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/lockdown")


@router.get("")
def how_it_stands(request: Request, session: Db, now: Now, member: Closer) -> Response:
    """Whether the desk is open, and who wishes to change that."""
    if not may_lock_down(session, member):
        raise NotPermitted
    state = lockdown_state(session)
    asked_by = state.asked_by if state.waits(now) else None
    return desk_page(
        request,
        member,
        "desk/lockdown.html",
        state=state,
        waits=asked_by is not None,
        mine=asked_by == member.account_id,
        asked_by=colleagues(session, member, (asked_by,)).get(asked_by, "") if asked_by else "",
        may_confirm=may_confirm(session, member, state, now),
        late=request.query_params.get("late") == "yes",
    )


@router.post("")
def one_wish(session: Db, now: Now, form: Posted, member: Closer) -> Response:
    """Ask, confirm, or take back."""
    wanted = form.get("wish")
    what = next((each for each in LockdownWish if each == wanted), None)
    if not may_lock_down(session, member):
        raise NotPermitted
    if what is None:
        raise HTTPException(400)
    done = wish(session, member, what, now)
    return RedirectResponse("/desk/lockdown" if done else "/desk/lockdown?late=yes", 303)
