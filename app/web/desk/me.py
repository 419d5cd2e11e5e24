"""One's own page: the sessions that run, and a new passphrase."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts import login
from app.accounts.errors import CarriedGone, LogInRefused, MistypedPassphrase
from app.accounts.lockdown import may_lock_down
from app.accounts.members import Member
from app.accounts.new_passphrase import Offered, Proof, change_passphrase, offer_passphrase, offered_words
from app.accounts.own_sessions import end_own, own_sessions
from app.accounts.spare_codes import spare_codes_left
from app.storage.sessions import Session
from app.web.cookies import Cookie, read_cookie
from app.web.desk.access import AnyMember
from app.web.desk.pages import desk_page
from app.web.forms import Form, Posted
from app.web.languages import mark as _
from app.web.parts import Part
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/me")
ALL = "all"


@dataclass(frozen=True)
class Problem:
    """Why the passphrase was not changed, and at which field, as msgids."""

    field: str
    words: str


MISTYPED = Problem("words", _("These are not the six words above. Please look at each and type them once more."))
WRONG = Problem(
    "name",
    _(
        "The log-in name, the present passphrase or the six digits are not right. Each six digits work once: wait for"
        " new ones."
    ),
)
GONE = Problem("words", _("The words that were offered are too old. Here are new ones."))


@router.get("")
def me(request: Request, session: Db, now: Now, member: AnyMember) -> Response:
    """The member's own sessions."""
    running = own_sessions(session, member, read_cookie(request, Cookie.DESK), now)
    told = request.query_params.get("told", "")
    return desk_page(
        request,
        member,
        "desk/me.html",
        sessions=running,
        may_lock_down=may_lock_down(session, member),
        changed=told == "changed",
        authenticator_changed=told == "authenticator",
        spare_codes=spare_codes_left(session, member.account_id),
    )


@router.post("/sessions")
def end_sessions(request: Request, session: Db, now: Now, form: Posted, member: AnyMember) -> Response:
    """End one other session, or all others."""
    wish = form.get("session")
    end_own(session, member, read_cookie(request, Cookie.DESK), None if wish == ALL else wish, now)
    return RedirectResponse("/desk/me", 303)


@router.get("/passphrase")
def offer(request: Request, session: Db, now: Now, member: AnyMember) -> Response:
    """Offer six new words."""
    return _passphrase_page(request, member, offer_passphrase(session, member, now))


@router.post("/passphrase")
def change(request: Request, session: Db, now: Now, form: Posted, member: AnyMember) -> Response:
    """Put the offered words in the place of the old ones."""
    try:
        words = offered_words(session, member, form.get("offered"), now)
    except CarriedGone:
        return _passphrase_page(request, member, offer_passphrase(session, member, now), GONE, 422)
    offered = Offered(words, form.get("offered"))
    problem = _change(session, request, member, offered, form, now)
    if problem is None:
        return RedirectResponse("/desk/me?told=changed", 303)
    return _passphrase_page(request, member, offered, problem, 422)


def _change(
    session: Session, request: Request, member: Member, offered: Offered, form: Form, now: Now
) -> Problem | None:
    proof = Proof(form.get("name"), form.get("password"), form.get("totp"))
    token = read_cookie(request, Cookie.DESK)
    try:
        change_passphrase(session, member, token, offered.words, form.get("words"), proof, now)
    except MistypedPassphrase:
        return MISTYPED
    except LogInRefused:
        # Caught here and not by the map, so that the transaction with the count commits.
        login.note_refusal(session, proof.name, now)
        return WRONG
    return None


def _passphrase_page(
    request: Request, member: Member, offered: Offered, problem: Problem | None = None, status: int = 200
) -> Response:
    return desk_page(request, member, "desk/passphrase.html", status, offered=offered, problem=problem)
