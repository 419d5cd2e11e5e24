"""The first page, and the way out."""

from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from app.accounts.installation import about
from app.intake.returning import end_return
from app.web.cookies import Cookie, drop_cookie, read_cookie
from app.web.family.language import router_in_language
from app.web.languages import choose
from app.web.pages import render
from app.web.site import site_of
from app.web.transactions import Db

front_router = APIRouter(include_in_schema=False)
router = router_in_language()


@front_router.get("/")
async def front(request: Request) -> Response:
    """Send to the first page in the language that the browser asks for."""
    return RedirectResponse(f"/{choose(request.headers.get('accept-language', ''))}/", 303)


@router.get("")
async def without_slash(request: Request) -> Response:
    """Send to the address with its slash."""
    return RedirectResponse(f"/{request.state.language}/", 303)


@router.get("/")
def landing(request: Request, session: Db) -> Response:
    """What this is, who reads it, how to use it safely; a new report, or back with a code."""
    return render(request, "family/landing.html", organisation=about(session).receiving)


@router.get("/start")
def start(request: Request) -> Response:
    """The one interruption before a report: what the way out does, and what it does not."""
    return render(request, "family/start.html")


@router.get("/leave")
@router.post("/leave")
def leave(request: Request) -> Response:
    """End the visit, ask the browser to forget this site, go to a neutral page."""
    site = site_of(request)
    token = read_cookie(request, Cookie.VISIT)

    def end_visit() -> None:
        # Where nothing can be stored, the visit ends by its own time.
        with suppress(*site.cannot_store), site.scope() as session:
            end_return(session, token)

    # The answer goes out first: whoever leaves in a hurry waits for no database.
    response = RedirectResponse(site.leave_url, 303, background=BackgroundTask(end_visit) if token else None)
    drop_cookie(request, response, Cookie.VISIT)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
