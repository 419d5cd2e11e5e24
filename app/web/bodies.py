"""Reading what was sent: whole, in memory, and never more than a bound."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request

BODY_LIMIT_BYTES = 512 * 1024


async def read_body(request: Request) -> bytes:
    """The body of this request, at most `BODY_LIMIT_BYTES` long.

    Raises:
        HTTPException: 413 when it is longer; reading stops there.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return b""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > BODY_LIMIT_BYTES:
        raise HTTPException(413)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            raise HTTPException(413)
    return bytes(body)


Body = Annotated[bytes, Depends(read_body)]
