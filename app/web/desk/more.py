"""Many cases at once, the story of one, and the address book of the organisation."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts import address_cards
from app.accounts.record import put_on_record
from app.casework.book import read_book
from app.casework.many import do_with_many
from app.casework.opening import read_case
from app.casework.proposed import read_proposals
from app.casework.queues import member_queue
from app.casework.story import story
from app.web.desk import case_words
from app.web.desk.access import Lister, Reader, Worker
from app.web.desk.answers import person_name
from app.web.desk.pages import desk_page
from app.web.forms import Posted
from app.web.site import Now
from app.web.transactions import Db

router = APIRouter(prefix="/desk")
BOOK = "/desk/directory"


@router.post("/queues/{queue_id}/many")
def with_many(request: Request, queue_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Do one step with every case that was ticked."""
    queue = member_queue(member, queue_id)
    done = do_with_many(session, member, form.get("act"), form.getlist("case"), now)
    if done.left:
        return desk_page(request, member, "desk/many.html", queue=queue, done=done)
    return RedirectResponse(f"/desk/queues/{queue_id}", 303)


@router.get("/cases/{case_id}/story")
def one_story(request: Request, case_id: str, session: Db, now: Now, member: Reader) -> Response:
    """What happened in a case, as a story; made to be printed too."""
    reading = read_case(session, member, case_id, now)
    book = read_book(session, member, reading.opened)
    events = story(reading.view, book, read_proposals(session, book, case_id, now))
    name = person_name(reading.view.answers)
    return desk_page(
        request, member, "desk/story.html", case=reading.view, name=name, events=events, words=case_words, printed=now
    )


@router.get("/directory")
def address_book(request: Request, session: Db, member: Lister) -> Response:
    """Lawyers, hotlines and offices that the organisation knows."""
    cards = address_cards.cards(session, member)
    return desk_page(request, member, "desk/directory.html", cards=cards, kinds_of=case_words.CARD_KINDS)


@router.post("/directory")
def keep_card(session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Keep a new card."""
    content = {name: form.get(name) for name in address_cards.FIELDS}
    if content["name"].strip() and content["kind"] in address_cards.KINDS:
        address_cards.keep_card(session, member, content)
        put_on_record(session, member, "card_kept", now)
    return RedirectResponse(BOOK, 303)


@router.post("/directory/remove")
def remove_card(session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Take a card out."""
    address_cards.remove_card(session, member, form.get("card"))
    put_on_record(session, member, "card_removed", now)
    return RedirectResponse(BOOK, 303)
