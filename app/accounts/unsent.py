"""A text that could not be sent, sealed into the writer's own page until they can send it.

When a session ends while somebody writes, what was typed must neither be lost nor stand open
in a page that anybody at the screen can read. It is sealed under the day's key, like a draft.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from app.accounts.epochs import current_epoch, epoch_key
from app.accounts.errors import UnsentGone
from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.symmetric import open_sealed, seal


def seal_unsent(session: Session, unsent: Mapping[str, str], now: datetime) -> str:
    """What was typed, with whose it is and where it belongs, as text for a hidden field."""
    day, key = current_epoch(session, now)
    sealed = seal(key, pack(unsent), context(Purpose.UNSENT, day.isoformat()))
    return f"{day.isoformat()}.{base64.urlsafe_b64encode(sealed).decode()}"


def open_unsent(session: Session, text: str, now: datetime) -> dict[str, Any]:
    """Open what :func:`seal_unsent` made.

    Raises: :class:`~app.accounts.errors.UnsentGone` when it is too old, damaged or foreign.
    """
    day_text, _, body = text.partition(".")
    try:
        day, sealed = date.fromisoformat(day_text), base64.urlsafe_b64decode(body.encode())
        key = epoch_key(session, day, now)
        if key is None:
            raise UnsentGone
        return unpack(open_sealed(key, sealed, context(Purpose.UNSENT, day.isoformat())))
    except (ValueError, binascii.Error, VaultError):
        raise UnsentGone from None
