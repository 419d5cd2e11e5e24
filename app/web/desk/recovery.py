"""Recovery for whoever leads a key: sealing it to the recovery key, and taking up what trustees gave back."""

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.accounts.covering import cover_ring, note_wrong_words, recovery_key, take_up, to_cover, to_take_up
from app.accounts.errors import WrongFingerprint
from app.accounts.members import Member
from app.storage.sessions import Session
from app.web.desk.access import AnyMember
from app.web.desk.pages import desk_page
from app.web.desk.recovery_words import ring_name
from app.web.forms import Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/recovery")


@router.get("")
def what_waits(request: Request, session: Db, member: AnyMember) -> Response:
    """What the member can seal to the recovery key, and what waits for them to be taken up."""
    return _page(request, session, member)


@router.post("/cover")
def cover(request: Request, session: Db, now: Now, form: Posted, member: AnyMember) -> Response:
    """Seal a key that the member leads to the recovery key, whose words they heard from a trustee."""
    ring, typed = form.get("ring"), form.get("fingerprint")
    try:
        cover_ring(session, member, ring, typed, now)
    except WrongFingerprint:
        # Caught here and not by the map, so that what is put on the record commits.
        note_wrong_words(session, member, ring, now)
        return _page(request, session, member, ring, typed)
    return RedirectResponse("/desk/recovery", 303)


@router.post("/take")
def take(session: Db, now: Now, form: Posted, member: AnyMember) -> Response:
    """Carry on with a key that trustees gave back."""
    take_up(session, member, form.get("ring"), now)
    return RedirectResponse("/desk/", 303)


def _page(request: Request, session: Session, member: Member, wrong: str = "", typed: str = "") -> HTMLResponse:
    kinds = {each.ring: each.kind for each in recovery_key(session, member.organisation_id).rings}
    return desk_page(
        request,
        member,
        "desk/recovery.html",
        409 if wrong else 200,
        to_cover=[(*ring_name(ring, kinds.get(ring, "")), ring) for ring in to_cover(session, member)],
        to_take_up=[(*ring_name(ring, kinds.get(ring, "")), ring) for ring in to_take_up(session, member)],
        wrong=wrong,
        typed=typed,
    )
