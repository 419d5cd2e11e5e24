"""Guidance for each situation, readable before, without and beside a report."""

from fastapi import HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from app.guidance import current
from app.web.family.language import router_in_language
from app.web.pages import render

router = router_in_language()


@router.get("/help")
async def without_slash(request: Request) -> Response:
    """Send to the address with its slash."""
    return RedirectResponse(f"/{request.state.language}/help/", 303)


@router.get("/help/")
async def index(request: Request) -> Response:
    """The situations, each with the way to its page."""
    return render(request, "family/guidance_index.html", pages=current().pages)


@router.get("/help/{situation}")
async def guidance(request: Request, situation: str) -> Response:
    """What one can do in a situation, what the law says, who else helps; the list for who does not know it."""
    if situation in current().shown_the_list:
        return await index(request)
    page = current().page_for(situation)
    if page is None:
        raise HTTPException(404)
    return render(request, "family/guidance.html", page=page)
