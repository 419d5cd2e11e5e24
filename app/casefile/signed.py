"""Texts of staff, signed by whoever wrote them and checked before anybody reads them."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from app.storage.packing import pack
from app.vault.context import Purpose, context
from app.vault.signing import is_signed, sign


@dataclass(frozen=True)
class StaffText:
    """A message to a family, or a note, with who wrote it and when (ISO 8601, UTC)."""

    author: str
    organisation: str
    at: str
    text: str


def sign_text(purpose: Purpose, case_id: str, item_id: str, text: StaffText, signing_key: bytes) -> dict[str, Any]:
    """The content of an item: the text and the author's signature over it and its place."""
    return {**asdict(text), "signature": sign(signing_key, pack(asdict(text)), context(purpose, case_id, item_id))}


def read_text(content: dict[str, Any]) -> StaffText:
    """The text of an item, without its signature."""
    return StaffText(**{name: content[name] for name in ("author", "organisation", "at", "text")})


def holds(
    purpose: Purpose, case_id: str, item_id: str, content: dict[str, Any], verify_keys: Collection[bytes]
) -> bool:
    """Whether the signature in ``content`` is by one of the author's keys, for this text in this place."""
    signed, place = pack(asdict(read_text(content))), context(purpose, case_id, item_id)
    return is_signed(verify_keys, content["signature"], signed, place)
