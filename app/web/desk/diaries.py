"""Tasks, hearings, the trial, contacts outside, translations: their forms, and the calendar of all cases."""

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from app.accounts.members import Member, queue_colleagues
from app.casework import diary, layers, upcoming
from app.casework.book import read_book
from app.casework.errors import EntryRefused
from app.casework.heads import case_head
from app.casework.opening import open_keys
from app.storage.sessions import Session
from app.web.desk import case_words
from app.web.desk.access import Lister, Reader, Worker
from app.web.desk.answers import person_name, told_of
from app.web.desk.beside import OVERTAKEN, Beside, after, as_theirs, case_beside, has_seen, status_of
from app.web.desk.case_forms import to_case
from app.web.desk.pages import desk_page
from app.web.desk.typed import Typed, typed_again
from app.web.forms import Form, Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk")
case_router = Part(prefix="/desk/cases/{case_id}")
SECTION = "#diary"
Keep = Callable[[Session, Member, str, Form, datetime], None]


@router.get("/calendar")
def calendar(request: Request, session: Db, now: Now, member: Lister) -> Response:
    """Hearings, tasks and the ends of custody in all the member's cases, by day, page by page."""
    after = request.query_params.get("after", "")
    page = upcoming.calendar(session, member, after, now)
    return desk_page(
        request,
        member,
        "desk/calendar.html",
        due=page.due,
        names=told_of(page.names, member.language),
        words=case_words,
        next_address=f"/desk/calendar?{urlencode({'after': page.after})}" if page.after else "",
        first_address="/desk/calendar" if after else "",
    )


@case_router.get("/diary")
def forms(request: Request, case_id: str, session: Db, now: Now, member: Reader) -> Response:
    """The forms for tasks, hearings, the trial and contacts."""
    return _page(request, session, member, case_id, now)


@case_router.post("/task")
def task(request: Request, case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Keep a task."""
    return _keep(request, session, member, case_id, form, now, _task)


@case_router.post("/hearing")
def hearing(request: Request, case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Keep a hearing."""
    return _keep(request, session, member, case_id, form, now, _hearing)


@case_router.post("/trial")
def trial(request: Request, case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Keep what is known of the trial."""
    return _keep(request, session, member, case_id, form, now, _trial)


@case_router.post("/contact")
def contact(request: Request, case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Keep a contact outside the program."""
    return _keep(request, session, member, case_id, form, now, _contact)


@case_router.post("/finish")
def finish(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Say that a task is done, or a hearing over."""
    diary.finish(session, member, case_id, form.get("entry"), form.get("outcome"), now, form.get("follows"))
    return to_case(case_id, SECTION)


@case_router.post("/translation")
def translate(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Lay a translation beside the exact words."""
    language, text = form.get("language_of_text"), form.get("translation")
    layers.add_translation(session, member, case_id, form.get("of"), language, text, now)
    return to_case(case_id, "#conversation")


def _keep(
    request: Request, session: Session, member: Member, case_id: str, form: Form, now: datetime, act: Keep
) -> Response:
    try:
        act(session, member, case_id, form, now)
    except EntryRefused as error:
        return _page(request, session, member, case_id, now, typed_again(form, member.language, error))
    except OVERTAKEN:
        # Read anew, as it stands after the colleague's step.
        session.rollback()
        beside = _beside(session, member, case_id, form, now, act)
        return _page(request, session, member, case_id, now, typed_again(form, member.language), beside)
    return to_case(case_id, SECTION)


def _beside(session: Session, member: Member, case_id: str, form: Form, now: datetime, act: Keep) -> Beside:
    book = read_book(session, member, open_keys(session, member, case_id))
    of_one_kind = book.of(diary.TRIAL) if act is _trial else diary.lines_of(book)
    newer = after(of_one_kind, form.get("follows"))
    return Beside(as_theirs(newer, member.language)) if newer else case_beside(session, member, case_id, now)


def _task(session: Session, member: Member, case_id: str, form: Form, now: datetime) -> None:
    mine = open_keys(session, member, case_id).queue.id
    known = queue_colleagues(session, member, mine)
    whom = form.get("whom") if form.get("whom") in known else ""
    diary.add_task(session, member, case_id, _fields(form), whom, now)


def _hearing(session: Session, member: Member, case_id: str, form: Form, now: datetime) -> None:
    diary.add_hearing(session, member, case_id, _fields(form), now)


def _trial(session: Session, member: Member, case_id: str, form: Form, now: datetime) -> None:
    follows, charges = form.get("follows"), form.getlist("charge")
    diary.keep_trial(session, member, case_id, follows, _fields(form), charges, now)


def _contact(session: Session, member: Member, case_id: str, form: Form, now: datetime) -> None:
    diary.record_contact(session, member, case_id, _fields(form), now)


def _fields(form: Form) -> Mapping[str, str]:
    return {"follows": "", **{name: values[0] for name, values in form.items.items()}}


def _page(
    request: Request,
    session: Session,
    member: Member,
    case_id: str,
    now: datetime,
    typed: Typed | None = None,
    beside: Beside | None = None,
) -> Response:
    head = case_head(session, member, case_id, now)
    book = read_book(session, member, open_keys(session, member, case_id))
    return desk_page(
        request,
        member,
        "desk/diary.html",
        status_of(typed, beside),
        head=head,
        name=person_name(head.answers),
        typed=typed or Typed(),
        blank=Typed(),
        tried=request.url.path.rpartition("/")[2],
        saw=has_seen(typed, beside, "follows", None),
        newest=diary.newest_line(book),
        beside=beside,
        trial=book.newest(diary.TRIAL),
        colleagues=queue_colleagues(session, member, head.queue.id),
        words=case_words,
    )
