"""What goes wrong with releases, and how it is answered."""

from collections.abc import Callable, Mapping

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.casefile.errors import NotFound
from app.statistics.errors import NoKey, NoSuchRelease, NothingToDo, NotOver, Overdrawn, SamePerson
from app.web.desk.errors import ERRORS as DESK_ERRORS
from app.web.errors import ErrorMap
from app.web.languages import mark as _

# What the page says after something was refused; the code stands in the address, so that it can be reloaded.
TOLD: Mapping[str, str] = {
    "no_key": _("You do not hold the key of the statistics yet, so nothing was done."),
    "not_over": _("This quarter is not over yet, or is none. Only closed quarters are counted."),
    "overdrawn": _("This quarter was counted already. Nobody is counted twice, so nothing was done."),
    "nothing": _("Somebody was faster, or it was stopped meanwhile. This is how it stands now."),
    "same_person": _("Whoever made a release cannot confirm it. Another coordinator has to."),
    "discarded": _(
        "A family withdrew after the counting, or whoever counted has new keys or is not trusted with the figures any"
        " more. The release was discarded before anybody saw it; make it anew."
    ),
}


def _back(told: str) -> Callable[[Request, Exception], Response]:
    return lambda _request, _error: RedirectResponse(f"/statistics/?said={told}", 303)


ERRORS: ErrorMap = {
    NoSuchRelease: DESK_ERRORS[NotFound],
    NoKey: _back("no_key"),
    NotOver: _back("not_over"),
    Overdrawn: _back("overdrawn"),
    NothingToDo: _back("nothing"),
    SamePerson: _back("same_person"),
}
