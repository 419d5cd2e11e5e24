"""The two cookies: a visit with the code, and a session at the desk. Each holds a random token and nothing else."""

from enum import StrEnum

from fastapi import Request, Response


class Cookie(StrEnum):
    """Names are neutral, and the two sides never read each other's."""

    VISIT = "visit"
    DESK = "desk"


def read_cookie(request: Request, cookie: Cookie) -> str:
    """The token in the cookie, or nothing."""
    return request.cookies.get(_name(request, cookie), "")


def set_cookie(request: Request, response: Response, cookie: Cookie, token: str) -> None:
    """Keep `token` in the browser until it is closed; no script and no other site reaches it."""
    response.set_cookie(
        _name(request, cookie), token, path="/", secure=_secure(request), httponly=True, samesite="strict"
    )


def drop_cookie(request: Request, response: Response, cookie: Cookie) -> None:
    """Take the cookie away."""
    response.delete_cookie(_name(request, cookie), path="/", secure=_secure(request), httponly=True, samesite="strict")


def _secure(request: Request) -> bool:
    return bool(request.state.secure)


def _name(request: Request, cookie: Cookie) -> str:
    # The prefix makes the browser itself refuse a cookie set by a neighbouring host. It needs https, which a
    # demonstration on the machine itself, and an onion address, do not have.
    return f"__Host-{cookie}" if _secure(request) else str(cookie)
