"""Recovery by trustees: the ceremony with its sheets, which are shown once, the test, and the use.

Words of shares come back into the page that was refused and go nowhere else: they are neither kept nor logged.
"""

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.accounts import administration
from app.accounts.covering import recovery_key
from app.accounts.errors import RefusedPerson, RefusedShares, StillHeld
from app.accounts.members import Member
from app.accounts.record import put_on_record
from app.accounts.recovery import cover_names, make_recovery, note_refused_shares, try_recovery, use_recovery
from app.storage.sessions import Session
from app.web.admin.ceremony import read_wish
from app.web.admin.shares import share_fields
from app.web.desk.access import Administrator
from app.web.desk.pages import desk_page
from app.web.desk.recovery_words import PROBLEMS, ring_name
from app.web.forms import Form, Posted
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/admin/recovery")


@router.get("")
def how_it_stands(request: Request, session: Db, now: Now, member: Administrator) -> Response:
    """Whether there is a recovery key, whether it was tested, what it holds; and the form of a ceremony."""
    put_on_record(session, member, "administration_opened", now)
    return _page(request, session, member, Form({}))


@router.post("")
def make(request: Request, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Hold the ceremony; its sheets are shown this once."""
    wish = read_wish(form)
    if wish.problems:
        return _page(request, session, member, form, wish.problems)
    ceremony = make_recovery(session, member, wish.needed, len(wish.labels), wish.before, now)
    sheets = tuple(zip(wish.labels, ceremony.words, strict=True))
    return desk_page(
        request, member, "admin/recovery_sheets.html", ceremony=ceremony, sheets=sheets, made_on=now.date()
    )


@router.get("/test")
def ask_for_shares(request: Request, session: Db, now: Now, member: Administrator) -> Response:
    """The form into which trustees type their words to test them."""
    put_on_record(session, member, "administration_opened", now)
    return _shares_page(request, session, member, "admin/recovery_test.html", Form({}))


@router.post("/test")
def try_shares(request: Request, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Say whether the shares give the key, and open nothing with it."""
    try:
        try_recovery(session, member, form.getlist("share"), now)
    except RefusedShares as error:
        # Caught here and not by the map, so that what is put on the record commits.
        note_refused_shares(session, member, now)
        return _shares_page(request, session, member, "admin/recovery_test.html", form, error.problems)
    return RedirectResponse("/admin/recovery?tested=yes", 303)


@router.post("/names")
def seal_names(session: Db, now: Now, member: Administrator) -> Response:
    """Seal the key to the names to the recovery key, where it is not there any more."""
    cover_names(session, member, now)
    return RedirectResponse("/admin/recovery", 303)


@router.get("/use")
def ask_for_what(request: Request, session: Db, now: Now, member: Administrator) -> Response:
    """The form: which key, for whom, and the words of trustees."""
    put_on_record(session, member, "administration_opened", now)
    return _shares_page(request, session, member, "admin/recovery_use.html", Form({}))


@router.post("/use")
def use(request: Request, session: Db, now: Now, form: Posted, member: Administrator) -> Response:
    """Give a key that nobody holds any more to somebody who carries it on."""
    template = "admin/recovery_use.html"
    try:
        use_recovery(session, member, form.getlist("share"), form.get("ring"), form.get("person"), now)
    except RefusedShares as error:
        note_refused_shares(session, member, now)
        return _shares_page(request, session, member, template, form, error.problems)
    except RefusedPerson as error:
        return _shares_page(request, session, member, template, form, choices=error.problems)
    except StillHeld:
        return _shares_page(request, session, member, template, form, choices={"ring": "still_held"})
    return RedirectResponse("/admin/recovery?used=yes", 303)


def _page(request: Request, session: Session, member: Member, form: Form, problems: Sequence[str] = ()) -> HTMLResponse:
    key = recovery_key(session, member.organisation_id, member.directory_key)
    people = administration.staff(session, member)
    return desk_page(
        request,
        member,
        "admin/recovery.html",
        422 if problems else 200,
        key=key,
        rings=[(*ring_name(each.ring, each.kind), each) for each in key.rings],
        names={person.id: person.name for person in people},
        form=form,
        problems={problem: PROBLEMS[problem] for problem in problems},
        tested_now=request.query_params.get("tested") == "yes",
        used_now=request.query_params.get("used") == "yes",
        names_now=request.query_params.get("names") == "yes",
    )


def _shares_page(
    request: Request,
    session: Session,
    member: Member,
    template: str,
    form: Form,
    problems: dict[int, str] | None = None,
    choices: dict[str, str] | None = None,
) -> HTMLResponse:
    key = recovery_key(session, member.organisation_id)
    return desk_page(
        request,
        member,
        template,
        422 if problems or choices else 200,
        key=key,
        choices={field: PROBLEMS[why] for field, why in (choices or {}).items()},
        lost=[(*ring_name(each.ring, each.kind), each) for each in key.rings if each.covered and not each.held],
        people=[person for person in administration.staff(session, member) if person.admitted],
        form=form,
        **share_fields(key.trustees.needed, form.getlist("share"), problems or {}),
    )
