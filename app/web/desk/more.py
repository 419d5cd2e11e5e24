"""Many cases at once, and the story of one."""

from fastapi import Request
from fastapi.responses import Response

from app.casework.book import read_book
from app.casework.many import do_with_many
from app.casework.opening import read_case
from app.casework.proposed import read_proposals
from app.casework.queues import member_queue
from app.casework.story import story
from app.casework.way import moves
from app.web.desk import case_words
from app.web.desk.access import Reader, Worker
from app.web.desk.answers import person_name
from app.web.desk.beside import found_out, queues_by_id
from app.web.desk.handing import assign_page, done_page, shown_versions
from app.web.desk.pages import desk_page
from app.web.desk.typed import Typed
from app.web.forms import Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk")


@router.post("/queues/{queue_id}/many")
def with_many(request: Request, queue_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Do one step with every case that was ticked, or with all others; to assign them, ask first to whom and why."""
    queue, meant, shown = member_queue(member, queue_id), form.getlist("case"), shown_versions(form)
    if form.get("others") == "yes":
        # In a flood it is the real ones that are few.
        meant = [case_id for case_id in shown if case_id not in meant]
    if form.get("act") == "assign" and meant:
        return assign_page(request, session, member, queue_id, now, Typed({**form.items, "case": meant}))
    done = do_with_many(session, member, form.get("act"), meant, shown, now)
    return done_page(request, session, member, queue, done, form, now)


@router.get("/cases/{case_id}/story")
def one_story(request: Request, case_id: str, session: Db, now: Now, member: Reader) -> Response:
    """What happened in a case, as a story; made to be printed too."""
    reading = read_case(session, member, case_id, now)
    book = read_book(session, member, reading.opened)
    proposals, way = read_proposals(session, book, case_id, now), moves(session, member, reading)
    events = story(reading.view, book, proposals, way)
    name = person_name(reading.view.answers)
    return desk_page(
        request,
        member,
        "desk/story.html",
        case=reading.view,
        name=name,
        events=[(event, found_out(event, member.language)) for event in events],
        queues=queues_by_id(session),
        words=case_words,
        printed=now,
    )
