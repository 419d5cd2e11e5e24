"""A new authenticator after losing the telephone, and new spare codes."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts import login
from app.accounts.errors import CarriedGone, LogInRefused, MistypedDigits
from app.accounts.members import Member
from app.accounts.new_authenticator import (
    OfferedSecret,
    change_authenticator,
    change_spare_codes,
    offer_authenticator,
    offered_authenticator,
)
from app.accounts.new_passphrase import Proof
from app.web.cookies import Cookie, read_cookie
from app.web.desk.access import AnyMember
from app.web.desk.me import Problem
from app.web.desk.pages import desk_page
from app.web.forms import Form, Posted
from app.web.languages import mark as _
from app.web.parts import Part
from app.web.qr import qr_picture
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/me")

MISTYPED = Problem("digits", _("These are not the digits that the new authenticator shows. Wait for the next ones."))
WRONG = Problem(
    "name",
    _("The log-in name, the passphrase, or the spare code or digits are not right. Each of these works once."),
)
GONE = Problem("digits", _("The picture that was offered is too old. Here is a new one: read it anew."))


@router.get("/authenticator")
def offer(request: Request, session: Db, now: Now, member: AnyMember) -> Response:
    """Offer a new secret."""
    return _authenticator_page(request, member, offer_authenticator(session, member, now))


@router.post("/authenticator")
def change(request: Request, session: Db, now: Now, form: Posted, member: AnyMember) -> Response:
    """Put the offered secret in the place of the old one."""
    try:
        offered = offered_authenticator(session, member, form.get("offered"), now)
    except CarriedGone:
        return _authenticator_page(request, member, offer_authenticator(session, member, now), form, GONE)
    token, proof = read_cookie(request, Cookie.DESK), _proof(form)
    try:
        change_authenticator(session, member, token, offered.secret, form.get("digits"), proof, now)
    except MistypedDigits:
        return _authenticator_page(request, member, offered, form, MISTYPED)
    except LogInRefused:
        # Caught here and not by the map, so that the transaction with the count commits.
        login.note_refusal(session, proof.name, now)
        return _authenticator_page(request, member, offered, form, WRONG)
    return RedirectResponse("/desk/me?told=authenticator", 303)


@router.get("/spare-codes")
def ask(request: Request, member: AnyMember) -> Response:
    """What new spare codes need."""
    return _spare_page(request, member, Form({}))


@router.post("/spare-codes")
def draw(request: Request, session: Db, now: Now, form: Posted, member: AnyMember) -> Response:
    """Draw new spare codes and show them once."""
    proof = _proof(form)
    try:
        codes = change_spare_codes(session, member, proof, now)
    except LogInRefused:
        login.note_refusal(session, proof.name, now)
        return _spare_page(request, member, form, WRONG)
    return desk_page(request, member, "desk/spare_codes.html", codes=codes, problem=None, form=Form({}))


def _proof(form: Form) -> Proof:
    return Proof(form.get("name"), form.get("password"), form.get("totp"))


def _authenticator_page(
    request: Request, member: Member, offered: OfferedSecret, form: Form | None = None, problem: Problem | None = None
) -> Response:
    return desk_page(
        request,
        member,
        "desk/authenticator.html",
        422 if problem else 200,
        offered=offered,
        picture=qr_picture(offered.address),
        form=form or Form({}),
        problem=problem,
    )


def _spare_page(request: Request, member: Member, form: Form, problem: Problem | None = None) -> Response:
    status = 422 if problem else 200
    return desk_page(request, member, "desk/spare_codes.html", status, codes=(), problem=problem, form=form)
