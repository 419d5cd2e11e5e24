"""What a person does behind their invitation: ground rules, passphrase, authenticator, spare codes. Nobody helps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, Response

from app.accounts import joining
from app.accounts.errors import RefusedPerson
from app.accounts.invitations import Invited, open_invitation
from app.accounts.joining import Joining
from app.storage.sessions import Session
from app.web.desk.login import spoken
from app.web.desk.pages import LANGUAGES
from app.web.forms import Form, Posted
from app.web.languages import mark as _
from app.web.pages import render
from app.web.parts import Part
from app.web.qr import qr_picture
from app.web.site import Now
from app.web.transactions import Db

router = Part(prefix="/desk/join")

# What everybody reads before they see a report; msgids.
GROUND_RULES = (
    _("Families trust us with their lives. What you read here you tell nobody outside, not at home, not later."),
    _("You open only what you need for your work. Every page that you open is on a record with your name."),
    _("Nothing is copied out of here: no photographs of the screen, no notes at home, no messengers."),
    _("You write to families only here, so that it may be seen over a shoulder: no names, no details."),
    _("You promise no rescue, press nobody to tell more, and judge nobody for what he was forced to do."),
    _("Your passphrase stands on paper at most, never beside your device. You tell it to nobody; nobody asks for it."),
    _("If your device is lost, if you are pressed, or if something went wrong, you say so at once. Nobody is blamed."),
)
PROBLEMS = {
    "accept": _("Please read the ground rules and say that you keep to them."),
    "log_in_name": _("Please choose a name of 3 to 50 characters."),
    "other_words": _("These are not the six words. Please type them as they stand on your paper."),
    "digits": _("These six digits are not right. Please wait for the next ones and type them."),
}


@dataclass(frozen=True)
class Behind:
    """Everything that a step behind the link may need."""

    request: Request
    session: Session
    token: str
    invited: Invited
    form: Form
    now: Now

    def page(self, step: str, status: int = 200, problem: str = "", **context: object) -> HTMLResponse:
        """The page of a step; `problem` is the key of what was wrong with the last try."""
        links = [(code, name, f"{self.request.url.path}?language={code}") for code, name in LANGUAGES]
        common = {
            "invited": self.invited,
            "token": self.token,
            "problem": PROBLEMS.get(problem, ""),
            "typed": self.form.get("name"),
            "accepted": self.form.get("accept") == "yes",
            "rules": GROUND_RULES,
            # A link would lose how far one has come.
            "login_languages": links if step == "rules" else (),
        }
        return render(self.request, f"join/{step}.html", status, **{**common, **context})

    def with_state(self, step: str, state: Joining, status: int = 200, problem: str = "") -> HTMLResponse:
        """The page of a step that carries what was drawn."""
        picture = qr_picture(state.totp_address) if step == "second" else ""
        return self.page(step, status, problem, state=state, carried=joining.carry(self.token, state), picture=picture)


@router.get("/{token}")
def first_page(
    request: Request, token: str, session: Db, now: Now, form: Posted, language: Annotated[str, Query()] = ""
) -> Response:
    """The ground rules, and the log-in name."""
    spoken(request, language)
    return Behind(request, session, token, open_invitation(session, token, now), form, now).page("rules")


@router.post("/{token}")
def next_page(request: Request, token: str, session: Db, now: Now, form: Posted) -> Response:
    """One step further, or the same one with what was wrong."""
    spoken(request, form.get("language"))
    behind = Behind(request, session, token, open_invitation(session, token, now), form, now)
    if form.get("go") == "begin":
        return _begin(behind)
    state = joining.carried(token, form.get("carried"))
    if state is None:
        return behind.page("rules", 422)
    return STEPS.get(form.get("go"), _words)(behind, state)


def _begin(behind: Behind) -> Response:
    if behind.form.get("accept") != "yes":
        return behind.page("rules", 422, "accept")
    try:
        return behind.with_state("words", joining.begin(behind.form.get("name")))
    except RefusedPerson:
        return behind.page("rules", 422, "log_in_name")


def _words(behind: Behind, state: Joining) -> Response:
    return behind.with_state("words", state)


def _another(behind: Behind, state: Joining) -> Response:
    return behind.with_state("words", joining.draw_another(state))


def _written(behind: Behind, state: Joining) -> Response:
    return behind.with_state("confirm", state)


def _confirm(behind: Behind, state: Joining) -> Response:
    try:
        return behind.with_state("second", joining.confirm(state, behind.form.get("password")))
    except RefusedPerson:
        return behind.with_state("confirm", state, 422, "other_words")


def _finish(behind: Behind, state: Joining) -> Response:
    if not state.typed:
        return behind.with_state("confirm", state, 422, "other_words")
    try:
        joined = joining.join(behind.session, behind.token, state, behind.form.get("totp"), behind.now)
    except RefusedPerson:
        return behind.with_state("second", state, 422, "digits")
    return behind.page("done", joined=joined, state=state)


STEPS: dict[str, Callable[[Behind, Joining], Response]] = {
    "another": _another,
    "written": _written,
    "confirm": _confirm,
    "finish": _finish,
}
