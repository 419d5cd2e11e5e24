"""A queue's key, for whoever leads it: who holds it, a new one, and all cases sealed anew with progress."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.record import put_on_record
from app.casework import resealing
from app.web.desk.access import KeyKeeper
from app.web.desk.pages import desk_page
from app.web.forms import Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/queues/{queue_id}/keys")
# What stands in the address while all cases are sealed anew: the case after which the next step begins.
GOING = "going"
FROM_THE_FIRST = "0"


@router.get("")
def keys(request: Request, queue_id: str, session: Db, now: Now, member: KeyKeeper) -> Response:
    """The queue's key; while cases are sealed anew, each look at this page is one step, and it asks for the next."""
    after = request.query_params.get(GOING)
    step = None if after is None else resealing.reseal_some(session, member, queue_id, after, now)
    found = resealing.queue_keys(session, member, queue_id)
    if after is None:
        put_on_record(session, member, "key_people_opened", now, queue=queue_id)
    onwards = f"/desk/queues/{queue_id}/keys?{GOING}={step.after}" if step and step.after else ""
    page = desk_page(request, member, "desk/keys.html", keys=found, step=step, onwards=onwards)
    if onwards:
        # Without a script, and gone by itself when there is nothing left to do.
        page.headers["Refresh"] = f"1;url={onwards}"
    return page


@router.post("/renew")
def renew(queue_id: str, session: Db, now: Now, form: Posted, member: KeyKeeper) -> Response:
    """Make a new key, without those who were ticked."""
    resealing.renew_queue_key(session, member, queue_id, now, form.getlist("without"))
    return RedirectResponse(f"/desk/queues/{queue_id}/keys", 303)


@router.post("/reseal")
def reseal(queue_id: str, session: Db, now: Now, member: KeyKeeper) -> Response:
    """Begin to seal all cases anew."""
    resealing.begin_resealing(session, member, queue_id, now)
    return RedirectResponse(f"/desk/queues/{queue_id}/keys?{GOING}={FROM_THE_FIRST}", 303)
