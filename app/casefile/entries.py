"""Entries: what staff keep in a part of a case, each signed by whoever wrote it, never changed, only followed.

In clear every entry is the same: an assessment, a task, a translation or a second signature cannot be told apart.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.casefile.items import Kind, SealedItem, new_item_id, open_item, seal_item
from app.casefile.keys import CaseKeys, Compartment
from app.storage.columns import day_of
from app.storage.packing import pack
from app.vault.context import Purpose, context
from app.vault.errors import Damaged
from app.vault.signing import is_signed, sign

_SIGNED = ("what", "author", "organisation", "at", "body")


@dataclass(frozen=True)
class Author:
    """Who writes: account, the organisation's name, and the signing key (32 bytes)."""

    account_id: str
    organisation: str
    signing_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Entry:
    """An entry as it was written; ``what`` says what ``body`` holds."""

    id: str
    case_id: str
    compartment: str
    what: str
    author: str
    organisation: str
    at: datetime
    body: Mapping[str, Any] = field(repr=False)
    signature: bytes = field(repr=False)

    def holds(self, verify_keys: Collection[bytes]) -> bool:
        """Whether the signature is by one of the author's keys, for this content in this place."""
        signed = {
            "what": self.what,
            "author": self.author,
            "organisation": self.organisation,
            "at": self.at.isoformat(),
            "body": self.body,
        }
        place = _place(self.case_id, self.compartment, self.id)
        return is_signed(verify_keys, self.signature, pack(signed), place)


def seal_entry(
    keys: CaseKeys,
    compartment: Compartment,
    author: Author,
    what: str,
    body: Mapping[str, Any],
    now: datetime,
    entry_id: str | None = None,
) -> SealedItem:
    """Sign an entry and seal it into a compartment whose key is held."""
    entry_id = entry_id or new_item_id()
    content: dict[str, Any] = {
        "what": what,
        "author": author.account_id,
        "organisation": author.organisation,
        "at": now.isoformat(),
        "body": dict(body),
    }
    signature = sign(author.signing_key, pack(content), _place(keys.case_id, compartment, entry_id))
    return seal_item(keys, compartment, Kind.ENTRY, {**content, "signature": signature}, day_of(now), entry_id)


def open_entry(keys: CaseKeys, item: SealedItem) -> Entry:
    """Open an entry with the keys that are held.

    Raises: :class:`~app.vault.errors.VaultError` where it was altered, moved or sealed under another's key, and where
    what was sealed is no entry: somebody who holds the key put it there, and it hides neither the others nor the case.
    """
    try:
        content = open_item(keys, item)
        what, author, organisation, at, body = (content[name] for name in _SIGNED)
        moment = datetime.fromisoformat(at)
        compartment = str(item.compartment)
        return Entry(item.id, item.case_id, compartment, what, author, organisation, moment, body, content["signature"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Damaged("what was sealed is no entry") from None


def _place(case_id: str, compartment: str, entry_id: str) -> bytes:
    return context(Purpose.DESK_ENTRY, case_id, compartment, entry_id)
