"""Practice of a queue: made from a story, shown with its code, ended."""

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.accounts.members import Member
from app.casefile.practice import KEPT
from app.casework.ending_practice import end_practice, practice_of
from app.casework.queues import member_queue
from app.intake.errors import NotReady, TooMuchPractice
from app.intake.practice import MOST_OF_A_QUEUE, begin_practice, stories
from app.storage.sessions import Session
from app.web.desk.access import Worker
from app.web.desk.pages import desk_page
from app.web.family.code import in_fours
from app.web.forms import Posted
from app.web.languages import mark as _
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/queues/{queue_id}/practice")

TITLES = (
    _("A summons for the day after tomorrow"),
    _("No word from a soldier for two months"),
    _("A prisoner who stands trial"),
    _("A man who came back and does not sleep"),
)
CHOOSE = _("Please choose a story.")
NOT_READY = _("This queue cannot receive yet: two members must hold its key.")
TOO_MUCH = _("There are enough cases for practice here. Please end some first.")


@router.get("")
def practice(request: Request, queue_id: str, session: Db, member: Worker) -> Response:
    """What is being practised in a queue, and the stories to begin with."""
    return _page(request, session, member, queue_id)


@router.post("")
def begin(request: Request, queue_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Make a case from a story; its code is shown this once."""
    queue = member_queue(member, queue_id)
    story = next((story for story in stories() if story.key == form.get("story")), None)
    if story is None:
        return _page(request, session, member, queue_id, CHOOSE)
    try:
        begun = begin_practice(session, member, queue_id, story, now)
    except NotReady:
        return _page(request, session, member, queue_id, NOT_READY)
    except TooMuchPractice:
        return _page(request, session, member, queue_id, TOO_MUCH)
    return desk_page(request, member, "desk/practice_code.html", queue=queue, begun=begun, code=in_fours(begun.code))


@router.post("/end")
def end(queue_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Delete what was ticked."""
    member_queue(member, queue_id)
    end_practice(session, member, form.getlist("case"), now)
    return RedirectResponse(f"/desk/queues/{queue_id}/practice", 303)


def _page(request: Request, session: Session, member: Member, queue_id: str, problem: str = "") -> HTMLResponse:
    return desk_page(
        request,
        member,
        "desk/practice.html",
        422 if problem else 200,
        queue=member_queue(member, queue_id),
        cases=practice_of(session, member, queue_id),
        stories=stories(),
        most=MOST_OF_A_QUEUE,
        days=KEPT.days,
        problem=problem,
    )
