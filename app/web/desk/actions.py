"""What is done with a case: one address for each step, and back to the case's page."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from app.casework import actions
from app.web.desk.access import Worker, Writer
from app.web.forms import Form, Posted
from app.web.site import Now
from app.web.transactions import Db

router = APIRouter(prefix="/desk/cases/{case_id}")


@router.post("/acknowledge")
def acknowledge(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Say that somebody has seen the case."""
    actions.acknowledge(session, member, case_id, _version(form), now)
    return _to_case(case_id)


@router.post("/take")
def take(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Make the case one's own."""
    actions.take(session, member, case_id, _version(form), now)
    return _to_case(case_id)


@router.post("/status")
def set_status(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Move the case on."""
    actions.set_status(session, member, case_id, _version(form), form.get("status"), now)
    return _to_case(case_id)


@router.post("/read")
def mark_read(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Say that the family's messages were read."""
    actions.mark_read(session, member, case_id, now, _seen(form))
    return _to_case(case_id)


@router.post("/message")
def write_message(case_id: str, session: Db, now: Now, form: Posted, member: Writer) -> Response:
    """Write to the family."""
    actions.answer_family(session, member, case_id, form.get("message"), now, _seen(form))
    return _to_case(case_id, "#conversation")


@router.post("/note")
def write_note(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Keep a note that only the desk reads."""
    actions.add_note(session, member, case_id, form.get("note"), now)
    return _to_case(case_id, "#notes")


def _version(form: Form) -> int:
    """The version of the case that the page showed; a form without one is as good as one of an old page."""
    return _number(form.get("version"), -1)


def _seen(form: Form) -> int:
    """How many messages of the family the page showed; a form that does not say so has shown none."""
    return _number(form.get("seen"), 0)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise


def _to_case(case_id: str, place: str = "") -> Response:
    return RedirectResponse(f"/desk/cases/{case_id}{place}", 303)
