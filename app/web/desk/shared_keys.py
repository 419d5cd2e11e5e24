"""The keys of the record and of the statistics: who holds them, a new one, and giving them to a second person."""

from datetime import datetime
from typing import Annotated

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.admission import note_wrong_fingerprint, own_fingerprint
from app.accounts.errors import WrongFingerprint
from app.accounts.members import Member
from app.accounts.permissions import Permission
from app.accounts.record import put_on_record
from app.accounts.ring_keeping import renew_ring
from app.accounts.ring_people import admit_to_ring, ring_people
from app.accounts.rings import RECORD, STATISTICS
from app.storage.sessions import Session
from app.web.desk.access import Auditor, needs
from app.web.desk.pages import desk_page
from app.web.forms import Form, Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/keys")
Coordinator = Annotated[Member, needs(Permission.MAKE_RELEASES)]


@router.get("/record")
def record_key(request: Request, session: Db, now: Now, member: Auditor) -> Response:
    """Who holds the record's key."""
    return _opened(request, session, member, RECORD, now)


@router.post("/record/renew")
def renew_record(session: Db, now: Now, member: Auditor) -> Response:
    """Make a new key of the record."""
    return _renewed(session, member, RECORD, now)


@router.post("/record/people/{account_id}")
def give_record(request: Request, account_id: str, session: Db, now: Now, form: Posted, member: Auditor) -> Response:
    """Give the record's key to another auditor."""
    return _given(request, session, member, RECORD, account_id, form, now)


@router.get("/statistics")
def statistics_key(request: Request, session: Db, now: Now, member: Coordinator) -> Response:
    """Who holds the statistics' key."""
    return _opened(request, session, member, STATISTICS, now)


@router.post("/statistics/renew")
def renew_statistics(session: Db, now: Now, member: Coordinator) -> Response:
    """Make a new key of the statistics."""
    return _renewed(session, member, STATISTICS, now)


@router.post("/statistics/people/{account_id}")
def give_statistics(
    request: Request, account_id: str, session: Db, now: Now, form: Posted, member: Coordinator
) -> Response:
    """Give the statistics' key to another coordinator."""
    return _given(request, session, member, STATISTICS, account_id, form, now)


def _opened(request: Request, session: Session, member: Member, ring: str, now: datetime) -> Response:
    put_on_record(session, member, "key_people_opened", now, ring=ring)
    return _page(request, session, member, ring)


def _renewed(session: Session, member: Member, ring: str, now: datetime) -> Response:
    renew_ring(session, member, ring, now)
    return RedirectResponse(f"/desk/keys/{ring}", 303)


def _given(
    request: Request, session: Session, member: Member, ring: str, account_id: str, form: Form, now: datetime
) -> Response:
    try:
        admit_to_ring(session, member, ring, account_id, form.get("fingerprint"), now)
    except WrongFingerprint:
        # Caught here and not by the map, so that the transaction with the alarm commits.
        note_wrong_fingerprint(session, member, account_id, now)
        return _page(request, session, member, ring, account_id, form.get("fingerprint"))
    return RedirectResponse(f"/desk/keys/{ring}", 303)


def _page(request: Request, session: Session, member: Member, ring: str, wrong: str = "", typed: str = "") -> Response:
    found = ring_people(session, member, ring)
    status = 409 if wrong else 200
    own = own_fingerprint(member)
    return desk_page(request, member, "desk/shared_keys.html", status, keys=found, wrong=wrong, typed=typed, own=own)
