"""Forms as they were sent: multipart or url-encoded, parsed in memory.

Forms with text are sent as ``multipart/form-data``: url-encoded Cyrillic is three times as long. Starlette's own form
reader is not used because it keeps what is long in temporary files, in clear.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request
from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser, parse_options_header

from app.web.bodies import Body

FIELDS_LIMIT = 200


@dataclass(frozen=True)
class Form:
    """Field names with their values, in the order they were sent; text is as typed, with ``\\n`` at line ends."""

    items: Mapping[str, list[str]]

    def get(self, name: str, default: str = "") -> str:
        """The first value of a field, or `default`."""
        values = self.items.get(name)
        return values[0] if values else default

    def getlist(self, name: str) -> list[str]:
        """All values of a field; none is an empty list."""
        return list(self.items.get(name, ()))


async def read_form(request: Request, body: Body) -> Form:
    """The form in `body`.

    Raises:
        HTTPException: 415 for another type or a file, 413 for too many fields, 400 for what cannot be read.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    try:
        if not body:
            pairs: list[tuple[str, str]] = []
        elif kind == "multipart/form-data":
            pairs = _multipart(body, options.get("boundary", ""))
        elif kind == "application/x-www-form-urlencoded":
            pairs = _urlencoded(body)
        else:
            raise HTTPException(415)
    except UnicodeDecodeError as error:
        raise HTTPException(400) from error
    form = Form(_gathered(pairs))
    # The page that answers when nothing can be stored gives the form back, so that pressing again is enough.
    request.state.form = form
    return form


def _multipart(body: bytes, boundary: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    content = bytearray()
    segment: MultipartSegment | None = None
    try:
        with PushMultipartParser(boundary, len(body), max_segment_count=FIELDS_LIMIT, strict=True) as parser:
            for event in parser.parse(body):
                if isinstance(event, MultipartSegment):
                    if event.filename is not None:
                        raise HTTPException(415)
                    segment = event
                elif event is not None:
                    content += event
                elif segment is not None:
                    pairs.append((segment.name, content.decode()))
                    content.clear()
    except ParserLimitReached as error:
        raise HTTPException(413) from error
    except MultipartError as error:
        raise HTTPException(400) from error
    return pairs


def _urlencoded(body: bytes) -> list[tuple[str, str]]:
    if body.count(b"&") >= FIELDS_LIMIT:
        raise HTTPException(413)
    return parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")


def _gathered(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    items: dict[str, list[str]] = {}
    for name, value in pairs:
        # A database refuses a zero byte inside text; no keyboard makes one.
        if "\0" in name or "\0" in value:
            raise HTTPException(400)
        items.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return items


Posted = Annotated[Form, Depends(read_form)]
