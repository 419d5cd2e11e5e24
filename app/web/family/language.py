"""The language in the address of a family's page."""

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse

from app.web.languages import NAMES, choose, offered


class NotOffered(Exception):
    """A language of the contract whose texts are not complete yet."""


async def _decide(request: Request, lang: str) -> None:
    if lang not in NAMES:
        raise HTTPException(404)
    if lang not in offered():
        raise NotOffered
    request.state.language = lang


def router_in_language() -> APIRouter:
    """A router for pages whose address begins with a language."""
    return APIRouter(prefix="/{lang}", dependencies=[Depends(_decide)], include_in_schema=False)


def in_an_offered_language(request: Request, _error: Exception) -> RedirectResponse:
    """The same page in the offered language that the browser likes best."""
    rest = request.url.path.split("/")[2:]
    best = choose(request.headers.get("accept-language", ""))
    return RedirectResponse("/" + "/".join([best, *rest]), 303)
