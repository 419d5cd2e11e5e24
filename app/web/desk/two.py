"""What takes two people: closing, disclosing, deleting, the second signature; and opening a case again."""

from collections.abc import Callable
from datetime import datetime

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.members import Member
from app.casework import closing, links
from app.casework.errors import EntryRefused
from app.casework.heads import case_head
from app.casework.proposals import decline
from app.casework.proposed import Takes
from app.storage.sessions import Session
from app.web.desk.access import Reader, Worker
from app.web.desk.answers import person_name
from app.web.desk.beside import OVERTAKEN, Beside, case_beside, has_seen, status_of
from app.web.desk.case_forms import to_case, version
from app.web.desk.case_words import OUTCOMES, OUTSIDE
from app.web.desk.pages import HOME, desk_page
from app.web.desk.typed import Typed, typed_again
from app.web.forms import Form, Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/cases/{case_id}")
SECTION = "#two"
Propose = Callable[[Session, Member, str, Form, datetime], object]


@router.get("/end")
def ways_to_end(request: Request, case_id: str, session: Db, now: Now, member: Reader) -> Response:
    """The forms of everything that takes a second person."""
    return _page(request, session, member, case_id, now)


@router.post("/close")
def close(request: Request, case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Propose to close the case."""
    return _propose(request, session, member, case_id, form, now, _close)


@router.post("/disclose")
def disclose(request: Request, case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Propose to disclose the case to a body outside."""
    return _propose(request, session, member, case_id, form, now, _disclose)


@router.post("/delete")
def delete(request: Request, case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Propose to delete the case."""
    return _propose(request, session, member, case_id, form, now, _delete)


@router.post("/reopen")
def reopen(request: Request, case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Open a closed case again."""
    return _propose(request, session, member, case_id, form, now, _reopen)


@router.post("/link")
def link(request: Request, case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Propose that another case is about the same person."""
    return _propose(request, session, member, case_id, form, now, _link)


@router.post("/unlink")
def unlink(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Take a link back."""
    links.undo_link(session, member, case_id, form.get("link"), now)
    return to_case(case_id, SECTION)


@router.post("/agree")
def agree(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Give the second signature."""
    done = closing.agree_to(session, member, case_id, form.get("proposal"), now)
    return RedirectResponse(HOME, 303) if done is Takes.DELETE else to_case(case_id, SECTION)


@router.post("/decline")
def take_back_or_refuse(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Take one's own proposal back, or refuse another's."""
    decline(session, member, case_id, form.get("proposal"), form.get("reason"), now)
    return to_case(case_id, SECTION)


def _propose(
    request: Request, session: Session, member: Member, case_id: str, form: Form, now: datetime, act: Propose
) -> Response:
    try:
        act(session, member, case_id, form, now)
    except EntryRefused as error:
        return _page(request, session, member, case_id, now, typed_again(form, member.language, error))
    except OVERTAKEN:
        # Read anew, as it stands after the colleague's step.
        session.rollback()
        beside = case_beside(session, member, case_id, now)
        return _page(request, session, member, case_id, now, typed_again(form, member.language), beside)
    return to_case(case_id, SECTION)


def _close(session: Session, member: Member, case_id: str, form: Form, now: datetime) -> object:
    outcome, reason = form.get("outcome"), form.get("reason")
    return closing.propose_closing(session, member, case_id, version(form), outcome, reason, now)


def _disclose(session: Session, member: Member, case_id: str, form: Form, now: datetime) -> object:
    recipient, reason = form.get("recipient"), form.get("reason")
    return closing.propose_disclosure(session, member, case_id, version(form), recipient, reason, now)


def _delete(session: Session, member: Member, case_id: str, form: Form, now: datetime) -> object:
    return closing.propose_deletion(session, member, case_id, version(form), form.get("reason"), now)


def _reopen(session: Session, member: Member, case_id: str, form: Form, now: datetime) -> object:
    closing.reopen(session, member, case_id, version(form), form.get("reason"), now)
    return None


def _link(session: Session, member: Member, case_id: str, form: Form, now: datetime) -> object:
    return links.propose_link(session, member, case_id, form.get("other"), form.get("reason"), now)


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
    return desk_page(
        request,
        member,
        "desk/end.html",
        status_of(typed, beside),
        head=head,
        name=person_name(head.answers),
        typed=typed or Typed(),
        blank=Typed(),
        tried=request.url.path.rpartition("/")[2],
        saw=has_seen(typed, beside, "version", None),
        beside=beside,
        outcomes=OUTCOMES,
        outside=OUTSIDE,
    )
