"""What is done with a case: one address for each step, and back to the case's page."""

from fastapi.responses import Response

from app.casework import actions
from app.web.desk.access import Worker, Writer
from app.web.desk.case_forms import said, seen, to_case, version
from app.web.forms import Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/cases/{case_id}")


@router.post("/acknowledge")
def acknowledge(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Say that somebody has seen the case."""
    actions.acknowledge(session, member, case_id, version(form), now)
    return to_case(case_id)


@router.post("/take")
def take(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Make the case one's own."""
    actions.take(session, member, case_id, version(form), now)
    return to_case(case_id)


@router.post("/status")
def set_status(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Move the case on."""
    actions.set_status(session, member, case_id, version(form), form.get("status"), now, seen(form))
    return to_case(case_id)


@router.post("/read")
def mark_read(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Say that the family's messages were read."""
    actions.mark_read(session, member, case_id, now, seen(form))
    return to_case(case_id)


@router.post("/message")
def write_message(case_id: str, session: Db, now: Now, form: Posted, member: Writer) -> Response:
    """Write to the family."""
    actions.answer_family(session, member, case_id, form.get("message"), now, seen(form), said(form))
    return to_case(case_id, "#conversation")


@router.post("/note")
def write_note(case_id: str, session: Db, now: Now, form: Posted, member: Worker) -> Response:
    """Keep a note that only the desk reads."""
    actions.add_note(session, member, case_id, form.get("note"), now)
    return to_case(case_id, "#notes")
