"""What goes wrong at the desk, and how it is answered."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.errors import (
    CardGone,
    DeskClosed,
    InvitationGone,
    MayNotState,
    NoSuchPerson,
    NotPermitted,
    NotVouched,
    PassphraseChanged,
    StatedMeanwhile,
    TooManyAttempts,
)
from app.casefile.errors import ChangedMeanwhile, DoesNotOpen, NotFound, TextRefused
from app.casework.errors import FollowedMeanwhile, NotAllowedNow
from app.in_force.errors import NotInForce
from app.web.desk.access import LoggedOut
from app.web.desk.case_words import REFUSALS
from app.web.desk.login import TOO_MANY, login_page
from app.web.desk.meanwhile import CHANGED, NOT_SENT, both_shown
from app.web.desk.pages import HOME, desk_page, own_page
from app.web.desk.unsent import Kept, give_back
from app.web.errors import NOT_FOUND, Answer, ErrorMap
from app.web.languages import mark as _
from app.web.logs import log_unexpected
from app.web.pages import render

# What a case's page says after a step was refused; the code stands in the address, so that the page can be reloaded.
TOLD = {
    "changed": CHANGED,
    "acknowledged_already": _("The case was acknowledged already"),
    "status_does_not_follow": _("The case cannot go to that status from where it stands"),
    "closed": _("The case is closed"),
    **REFUSALS,
    "not_yours": _("Another queue answers for this case"),
    "only_offered": _("The case is only offered to your queue: accept or refuse it first"),
    "not_offered": _("Nothing is offered here any more"),
    "offered_already": _("This queue has the case already, or was offered it"),
    "no_such_queue": _("This queue cannot receive the case now"),
    "no_such_way": _("Please choose how to share it, and how much"),
    "scope_not_possible": _("This takes everything: within an organisation, and for a transfer, all of it is shared"),
    "lawyers_part_stays": _("Nobody could read what the lawyers wrote: refer it, or choose a legal queue of yours"),
    "lawyers_part_would_go": _("Lawyers keep notes there that nobody else opens: only they can end it, and say so"),
    "transfer_offered": _("The case is offered for transfer: take the offer back before lawyers write in their part"),
    "not_a_colleague": _("Please choose a colleague of this queue"),
    "lead_only": _("Only the queue's lead gives away a case that somebody else has"),
    "not_shared_any_more": _("The case is not shared with that queue any more"),
    "not_shared": _("This part of the case was not shared with your queue"),
    "gone": _("It is not here any more"),
    "nothing_new": _("There is nothing to do here any more"),
}
WHY_NOT = {
    "closed": _("The case is closed, so nothing more is written to the family."),
    "not_yours": _("Another queue answers for this case, and writes to the family."),
    "reply_safe_no": _("The family asked not to be written to, because an answer could put them in danger."),
    **REFUSALS,
}
TEXT_PROBLEMS = {
    "empty": _("There is nothing to send yet."),
    "too_long": _("This is too long. Please shorten it, or send it in two parts."),
}
NOT_PERMITTED = Answer(
    403,
    _("This page is not for your role"),
    _("If you think that it should be, ask whoever leads your organisation."),
)
INVITATION_GONE = Answer(
    410,
    _("This link is no longer good"),
    _("It was used, taken back, or is older than a week. Ask whoever sent it for a new one."),
)

DESK_CLOSED = Answer(
    403,
    _("The desk is closed"),
    _("It is in lockdown: nobody works here now. Families can still send and read. Two people who lead here open it."),
)
PASSPHRASE_CHANGED = Answer(
    409,
    _("Your passphrase was changed somewhere else meanwhile"),
    _("If that was not you, tell an administrator now."),
)
MAY_NOT_STATE = Answer(
    403,
    _("This is not yours to sign"),
    _("Only who leads the queue, or administers the organisation, can do this. Nothing was changed."),
)
NOT_IN_FORCE = Answer(
    503,
    _("The questions cannot be asked now"),
    _("What this machine would ask is not what an administrator signed. Tell your administrator by telephone."),
)
STATED_MEANWHILE = Answer(
    409,
    _("Somebody changed this meanwhile, so nothing was done"),
    _("Please look at the page again, and do it once more if it is still needed."),
)
DAMAGED = Answer(
    500,
    _("This does not open as it was written"),
    _("It was damaged, or somebody changed it in the database. Tell an administrator: a backup may hold it whole."),
)
NOT_VOUCHED = Answer(
    503,
    _("This cannot be done now"),
    _("What the database says of a key or a person is not what was signed. Nothing was changed."),
)


def _logged_out(request: Request, error: Exception) -> Response:
    """The way to the log-in, with what was being written sealed inside the page."""
    assert isinstance(error, LoggedOut)
    if error.unsent:
        request.state.language = request.state.form.get("language")
        return login_page(request, unsent=error.unsent, status=401)
    to = own_page(request.url.path)
    back = f"?to={to}" if error.ended and request.method == "GET" and to != HOME else ""
    return RedirectResponse(f"/desk/login{back}", 303)


def _too_many(request: Request, error: Exception) -> Response:
    """The log-in page again, for later; what was being written stays in it."""
    assert isinstance(error, TooManyAttempts)
    form = request.state.form
    page = login_page(request, unsent=form.get("unsent"), to=form.get("to"), refusal=TOO_MANY, status=429)
    page.headers["Retry-After"] = str(error.retry_after_seconds)
    return page


def _changed(request: Request, _error: Exception) -> Response:
    return both_shown(request) or give_back(request, NOT_SENT, 409) or _to_case(request, "changed")


def _not_allowed(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotAllowedNow)
    # Why nothing is written to a family is no answer to whoever does something else.
    words = (WHY_NOT if request.url.path.endswith("/message") else TOLD).get(error.reason)
    kept = Kept(_("This cannot be sent"), words or TOLD.get(error.reason, ""))
    return give_back(request, kept, 409) or _to_case(request, error.reason)


def _text_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, TextRefused)
    kept = Kept(_("Not sent yet"), _("What you typed is still here."), TEXT_PROBLEMS[error.reason])
    given_back = give_back(request, kept, 422)
    assert given_back is not None
    return given_back


def _damaged(request: Request, error: Exception) -> Response:
    """What a row is not any more; in the log it stands like any other fault."""
    log_unexpected(error)
    kept = Kept(DAMAGED.heading, DAMAGED.words)
    return give_back(request, kept, DAMAGED.status) or _plainly(DAMAGED)(request, error)


def _stated(request: Request, error: Exception) -> Response:
    kept = Kept(STATED_MEANWHILE.heading, STATED_MEANWHILE.words)
    return give_back(request, kept, STATED_MEANWHILE.status) or _plainly(STATED_MEANWHILE)(request, error)


def _to_case(request: Request, told: str) -> Response:
    return RedirectResponse(f"{request.url.path.rpartition('/')[0]}?told={told}", 303)


def _plainly(answer: Answer) -> Callable[[Request, Exception], Response]:
    """Answer inside the desk's own frame, a member with the way on; the page never repeats the address."""

    def handle(request: Request, _error: Exception) -> Response:
        shown: dict[str, object] = {"problem": answer, "again": (), "wait": None}
        member = getattr(request.state, "member", None)
        if member is None:
            return render(request, "desk/problem.html", answer.status, **shown)
        return desk_page(request, member, "desk/problem.html", answer.status, **shown, here=HOME)

    return handle


def _closed(request: Request, _error: Exception) -> Response:
    """Why nothing goes on here; whoever may open the desk finds the way on the page."""
    return render(request, "desk/closed.html", DESK_CLOSED.status, problem=DESK_CLOSED)


ERRORS: ErrorMap = {
    LoggedOut: _logged_out,
    NotPermitted: _plainly(NOT_PERMITTED),
    MayNotState: _plainly(MAY_NOT_STATE),
    StatedMeanwhile: _stated,
    NotVouched: _plainly(NOT_VOUCHED),
    NotInForce: _plainly(NOT_IN_FORCE),
    NotFound: _plainly(NOT_FOUND),
    DeskClosed: _closed,
    PassphraseChanged: _plainly(PASSPHRASE_CHANGED),
    NoSuchPerson: _plainly(NOT_FOUND),
    CardGone: _plainly(NOT_FOUND),
    InvitationGone: _plainly(INVITATION_GONE),
    TooManyAttempts: _too_many,
    ChangedMeanwhile: _changed,
    FollowedMeanwhile: _changed,
    NotAllowedNow: _not_allowed,
    TextRefused: _text_refused,
    DoesNotOpen: _damaged,
}
