"""The assessment: its form, keeping it, and what happens when two people write one at the same time."""

from datetime import datetime

from fastapi import Request
from fastapi.responses import Response

from app.accounts.members import Member
from app.casework import privileged
from app.casework.assessment import ASSESSMENT, keep_assessment, read_assessment
from app.casework.book import Written, read_book
from app.casework.errors import EntryRefused
from app.casework.heads import case_head
from app.casework.opening import open_keys
from app.storage.sessions import Session
from app.web.desk import case_words
from app.web.desk.access import Reader, Worker
from app.web.desk.answers import person_name
from app.web.desk.beside import OVERTAKEN, Beside, Theirs, as_theirs, has_seen, status_of
from app.web.desk.case_forms import to_case
from app.web.desk.pages import desk_page
from app.web.desk.typed import Typed, typed_again
from app.web.forms import Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/cases/{case_id}")


@router.get("/assessment")
def form(request: Request, case_id: str, session: Db, now: Now, member: Reader) -> Response:
    """The form, filled in as the newest assessment stands."""
    newest = _newest(session, member, case_id)
    return _page(request, session, member, case_id, now, newest)


@router.post("/assessment")
def keep(request: Request, case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Keep an assessment, and ask for the second look."""
    try:
        keep_assessment(session, member, case_id, form.get("follows"), read_assessment(form.items), now)
    except EntryRefused as error:
        newest = _newest(session, member, case_id)
        return _page(request, session, member, case_id, now, newest, typed_again(form, member.language, error))
    except OVERTAKEN:
        # Neither is lost: the colleague's stands beside what was typed here.
        session.rollback()
        newest = _newest(session, member, case_id)
        typed = typed_again(form, member.language)
        return _page(request, session, member, case_id, now, newest, typed, overtaken=True)
    return to_case(case_id, "#assessment")


@router.post("/privileged")
def add_note(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Keep a note that only lawyers read."""
    privileged.add_privileged_note(session, member, case_id, form.get("privileged"), now)
    return to_case(case_id, "#lawyers")


@router.post("/crime")
def answer_lawyers_criterion(
    request: Request, case_id: str, session: Db, now: Now, form: Posted, member: Worker
) -> Response:
    """Answer the criterion that only lawyers see."""
    try:
        privileged.keep_criterion(session, member, case_id, {"follows": [""], **form.items}, now)
    except EntryRefused as error:
        typed = typed_again(form, member.language, error)
        return _criterion_page(request, session, member, case_id, now, typed)
    except OVERTAKEN:
        session.rollback()
        newest = privileged.read_lawyers_part(session, member, case_id).book.newest(privileged.CRITERION)
        return _criterion_page(request, session, member, case_id, now, typed_again(form, member.language), newest)
    return to_case(case_id, "#lawyers")


def _criterion_page(
    request: Request,
    session: Session,
    member: Member,
    case_id: str,
    now: datetime,
    typed: Typed,
    newest: Written | None = None,
) -> Response:
    beside = Beside((Theirs(newest.author, newest.at),)) if newest else None
    head = case_head(session, member, case_id, now)
    return desk_page(
        request,
        member,
        "desk/criterion.html",
        status_of(typed, beside),
        head=head,
        name=person_name(head.answers),
        typed=typed,
        follows=has_seen(typed, beside, "follows", newest.id if newest else ""),
        newest=newest,
        beside=beside,
        words=case_words,
    )


def _newest(session: Session, member: Member, case_id: str) -> Written | None:
    return read_book(session, member, open_keys(session, member, case_id)).newest(ASSESSMENT)


def _as_typed(written: Written | None) -> Typed:
    if written is None:
        return Typed()
    body = written.body
    fields = {name: [value] if isinstance(value, str) else list(value) for name, value in body.items()}
    for code, found in body["criteria"].items():
        fields |= {code: [found["answer"]], f"{code}_source": [found["source"]], f"{code}_basis": [found["basis"]]}
    return Typed(fields)


def _page(
    request: Request,
    session: Session,
    member: Member,
    case_id: str,
    now: datetime,
    newest: Written | None,
    typed: Typed | None = None,
    *,
    overtaken: bool = False,
) -> Response:
    beside = Beside(as_theirs([newest] if newest else [], member.language)) if overtaken else None
    head = case_head(session, member, case_id, now)
    return desk_page(
        request,
        member,
        "desk/assessment.html",
        status_of(typed, beside),
        head=head,
        name=person_name(head.answers),
        typed=typed or _as_typed(newest),
        follows=has_seen(typed, beside, "follows", newest.id if newest else ""),
        newest=newest,
        beside=beside,
        words=case_words,
    )
