"""The icon, and whatever else pages fetch by an address of its own; from memory."""

import mimetypes
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

STATIC = Path(__file__).resolve().parent / "static"

router = APIRouter(include_in_schema=False)


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    return {
        path.name: (path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream")
        for path in STATIC.iterdir()
    }


@router.get("/static/{name}")
async def static_file(name: str) -> Response:
    """One file by its name; the headers keep it out of the browser's cache, like every answer."""
    if name not in _files():
        raise HTTPException(404)
    content, kind = _files()[name]
    return Response(content, media_type=kind)
