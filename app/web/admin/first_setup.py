"""The first set-up: an address that only its token knows, step by step, and gone for ever once something is founded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from app.accounts.errors import RefusedPerson
from app.accounts.first_setup import FirstSetup, Key, Names, Step, is_founded
from app.in_force.carried import carried
from app.storage.sessions import Session
from app.web.desk.joining import PROBLEMS as JOINING
from app.web.desk.login import spoken
from app.web.desk.pages import LANGUAGES
from app.web.forms import Form, Posted
from app.web.languages import mark as _
from app.web.pages import render
from app.web.parts import Part
from app.web.qr import qr_picture
from app.web.site import Now, site_of
from app.web.transactions import Db

router = Part(prefix="/setup", include_in_schema=False)

PROBLEMS = {
    **JOINING,
    "name": _("Please write a name of at most 100 characters."),
    "organisation_name": _("Please write a name of at most 200 characters."),
    "other_paper": _("This is not what was shown. Look at the paper again, group by group."),
    "meant": _("Please say that you have read what cannot be undone."),
}


@dataclass(frozen=True)
class Behind:
    """Everything that a step may need."""

    request: Request
    session: Session
    first: FirstSetup
    form: Form
    now: Now

    def page(self, refused: RefusedPerson | None = None) -> HTMLResponse:
        """The page of the step that is reached; what was typed comes back, but keys, words and digits."""
        path = self.request.url.path
        problems = {} if refused is None else refused.problems
        return render(
            self.request,
            f"admin/setup/{self.first.step}.html",
            422 if refused else 200,
            first=self.first,
            names=self.first.names,
            keys=Key,
            picture=qr_picture(self.first.founder.totp_address) if self.first.founder else "",
            meant=self.form.get("meant") == "yes",
            problems={field: PROBLEMS[why] for field, why in problems.items()},
            languages=[(code, name, f"{path}?language={code}") for code, name in LANGUAGES],
        )


@router.get("/{token}")
def where_it_stands(
    request: Request, token: str, session: Db, now: Now, form: Posted, language: Annotated[str, Query()] = ""
) -> Response:
    """The step that was reached; coming again goes on from there."""
    spoken(request, language)
    return _behind(request, session, token, form, now).page()


@router.post("/{token}")
def next_step(request: Request, token: str, session: Db, now: Now, form: Posted) -> Response:
    """One step further, or the same one with what was wrong."""
    spoken(request, form.get("language"))
    behind = _behind(request, session, token, form, now)
    take = STEPS.get((behind.first.step, form.get("go")))
    with behind.first.lock:
        try:
            return take(behind) if take is not None else behind.page()
        except RefusedPerson as refused:
            return behind.page(refused)


def _behind(request: Request, session: Session, token: str, form: Form, now: Now) -> Behind:
    first = site_of(request).first
    if first is None or not first.opens(token, now) or is_founded(session):
        raise HTTPException(404)
    return Behind(request, session, first, form, now)


def _name(behind: Behind) -> Response:
    behind.first.name(Names(**{each: behind.form.get(each) for each in vars(Names())}))
    return behind.page()


def _draw(behind: Behind) -> Response:
    behind.first.draw_paper()
    return behind.page()


def _written(behind: Behind) -> Response:
    behind.first.written()
    return behind.page()


def _prove(behind: Behind) -> Response:
    typed = {key: [behind.form.get(f"{key}_{at}") for at in behind.first.asked] for key in Key}
    behind.first.prove(typed)
    return behind.page()


def _back(behind: Behind) -> Response:
    behind.first.step = Step.NAMES
    return behind.page()


def _found(behind: Behind) -> Response:
    """Everything in the request's one transaction; what lies outside the database is written before it is committed."""
    if behind.form.get("meant") != "yes":
        raise RefusedPerson({"meant": "meant"})
    first, session = behind.first, behind.session
    founded = first.found(session, behind.form.get("password"), behind.form.get("totp"), behind.now, carried())
    session.flush()
    site_of(behind.request).keep_outside(founded)
    done = first.invite(session, founded, behind.now)
    scheme = "https" if behind.request.state.secure else "http"
    host = f"{scheme}://{behind.request.headers['host']}/desk/join/"
    links = [(name, host + token) for name, token in done.tokens]
    return render(
        behind.request, "admin/setup/done.html", first=first, done=done, links=links, names=first.names, languages=()
    )


STEPS: dict[tuple[Step, str], Callable[[Behind], Response]] = {
    (Step.NAMES, "names"): _name,
    (Step.PAPER, "another"): _draw,
    (Step.PAPER, "written"): _written,
    (Step.PAPER, "back"): _back,
    (Step.PROVE, "prove"): _prove,
    (Step.PROVE, "another"): _draw,
    (Step.WORDS, "found"): _found,
    (Step.WORDS, "back"): _back,
}
