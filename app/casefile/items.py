"""Items: sealed pieces of a case, each under a key of its own, bound to its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from secrets import token_urlsafe
from typing import Any

from app.casefile.keys import CaseKeys, Compartment
from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.hybrid import open_with, seal_to
from app.vault.symmetric import derive_key, open_sealed, seal


class Kind:
    """What a row holds; a few words in clear that are the same for every case."""

    REPORT = "report"
    CONSENTS = "consents"
    ROUTING = "routing"
    MESSAGE = "message"
    NOTE = "note"
    ENTRY = "entry"
    UPDATE = "update"
    CONSENT_CHANGE = "consent_change"


@dataclass(frozen=True)
class SealedItem:
    """An item as a row: everything but the kind of piece and the day is sealed."""

    id: str
    case_id: str
    compartment: str
    kind: str
    day: date
    sealed: bytes = field(repr=False)


def new_item_id() -> str:
    """A random id of 16 characters."""
    return token_urlsafe(12)


def seal_item(
    keys: CaseKeys,
    compartment: Compartment,
    kind: str,
    content: Mapping[str, Any],
    day: date,
    item_id: str | None = None,
) -> SealedItem:
    """Seal ``content`` (JSON values and bytes) into a compartment whose key is held."""
    item_id = item_id or new_item_id()
    place = _place(keys.case_id, compartment, kind, item_id)
    sealed = seal(derive_key(keys.keys[compartment], place), pack(content), place)
    return SealedItem(item_id, keys.case_id, compartment, kind, day, sealed)


def open_item(keys: CaseKeys, item: SealedItem) -> dict[str, Any]:
    """Open an item with the keys that are held.

    Raises: ``KeyError`` where its compartment was not granted, :class:`~app.vault.errors.VaultError`
    where it was altered or moved.
    """
    compartment = Compartment(item.compartment)
    place = _place(item.case_id, item.compartment, item.kind, item.id)
    if compartment is Compartment.INBOX:
        return unpack(open_with(keys.keys[compartment], item.sealed, place))
    return unpack(open_sealed(derive_key(keys.keys[compartment], place), item.sealed, place))


def seal_to_inbox(case_id: str, inbox_public: bytes, kind: str, content: Mapping[str, Any], day: date) -> SealedItem:
    """Seal what a family adds later: whoever holds only the code cannot open it again."""
    item_id = new_item_id()
    sealed = seal_to(inbox_public, pack(content), _place(case_id, Compartment.INBOX, kind, item_id))
    return SealedItem(item_id, case_id, Compartment.INBOX, kind, day, sealed)


def _place(case_id: str, compartment: str, kind: str, item_id: str) -> bytes:
    return context(Purpose.ITEM, case_id, compartment, kind, item_id)
