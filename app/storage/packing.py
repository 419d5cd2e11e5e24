"""Small structures as bytes and back: JSON that may hold bytes, in one canonical form."""

import base64
import json
from collections.abc import Mapping
from typing import Any

_BYTES = "$bytes"
_MARK = b'"$bytes"'


def pack(content: Mapping[str, Any]) -> bytes:
    """Encode ``content`` (JSON values and bytes) the same way every time."""
    text = json.dumps(content, default=_encode, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A client's JSON can carry half a character, which is packed before anything has judged it.
    return text.encode("utf-8", "surrogatepass")


def unpack(packed: bytes) -> dict[str, Any]:
    """Decode what :func:`pack` made."""
    # Looking at each part for bytes takes a third of the time, and most have none.
    # So is guessing in which encoding it was written: it is one.
    text = packed.decode("utf-8", "surrogatepass")
    content: dict[str, Any] = json.loads(text, object_hook=_decode if _MARK in packed else None)
    return content


def _encode(value: object) -> dict[str, str]:
    if isinstance(value, bytes):
        return {_BYTES: base64.b64encode(value).decode()}
    raise TypeError(type(value).__name__)


def _decode(value: dict[str, Any]) -> Any:
    return base64.b64decode(value[_BYTES]) if value.keys() == {_BYTES} else value
