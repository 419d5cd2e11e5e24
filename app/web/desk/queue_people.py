"""Who belongs to a queue, and those who wait for its key; a lead gives it after hearing their words."""

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.accounts import administration, admission
from app.accounts.errors import NoSuchPerson, WrongFingerprint
from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.storage.sessions import Session
from app.web.desk.access import KeyKeeper
from app.web.desk.pages import desk_page
from app.web.forms import Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/queues/{queue_id}")


@router.get("/people")
def people_of_queue(request: Request, queue_id: str, session: Db, now: Now, member: KeyKeeper) -> Response:
    """The people of a queue that the member leads."""
    page = _page(request, session, member, queue_id)
    put_on_record(session, member, "queue_people_opened", now, queue=queue_id)
    return page


@router.post("/people/{account_id}")
def admit(
    request: Request, queue_id: str, account_id: str, session: Db, now: Now, form: Posted, member: KeyKeeper
) -> Response:
    """Give the queue's key; wrong words are an alarm and change nothing."""
    try:
        admission.admit_to_queue(session, member, queue_id, account_id, form.get("fingerprint"), now)
    except WrongFingerprint:
        # Caught here and not by the map, so that the transaction with the alarm commits.
        admission.note_wrong_fingerprint(session, member, account_id, now)
        return _page(request, session, member, queue_id, account_id, form.get("fingerprint"))
    return RedirectResponse(f"/desk/queues/{queue_id}/people", 303)


@router.post("/begin")
def begin(queue_id: str, session: Db, now: Now, member: KeyKeeper) -> Response:
    """Make the first key of a queue that the member was named to lead."""
    administration.begin_queue(session, member, queue_id, now)
    return RedirectResponse(f"/desk/queues/{queue_id}/people", 303)


def _page(
    request: Request, session: Session, member: Member, queue_id: str, wrong: str = "", typed: str = ""
) -> HTMLResponse:
    queue = member.queue(queue_id)
    if queue is None or not queue.lead:
        raise NoSuchPerson
    return desk_page(
        request,
        member,
        "desk/queue_people.html",
        409 if wrong else 200,
        queue=queue,
        people=admission.people_of_queue(session, member, queue_id),
        waiting=admission.waiting_for_queue(session, member, queue_id),
        signed_on=admission.signed_on(session, member),
        wrong=wrong,
        typed=typed,
    )
