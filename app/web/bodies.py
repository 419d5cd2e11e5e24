"""What is sent is read whole, in memory, and never beyond a bound."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT_BYTES = 512 * 1024


class BodyLimitMiddleware:
    """Refuses a longer body as soon as it is announced or arrives; who reads it meets the error.

    An address with a zero byte is refused as well: a database takes none inside text, and none of ours has one.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Bound what `app` receives."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what arrives.

        Raises:
            HTTPException: 413, or 400 for a zero byte, answered like any other error.
        """
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            raise HTTPException(400)
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > BODY_LIMIT_BYTES:
            raise HTTPException(413)
        received = 0

        async def receive_within_the_bound() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > BODY_LIMIT_BYTES:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_within_the_bound, send)


async def read_body(request: Request) -> bytes:
    """The body of this request; a page that is only shown has none."""
    return b"" if request.method in {"GET", "HEAD"} else await request.body()


Body = Annotated[bytes, Depends(read_body)]
