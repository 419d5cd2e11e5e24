"""What a page carries for its visitor, sealed under the day's key and stored nowhere.

A draft, a text that could not be sent, a code that is being renewed: only this installation
reads it again, for 48 hours at the most.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from app.accounts.epochs import current_epoch, epoch_key
from app.accounts.errors import CarriedGone
from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.symmetric import open_sealed, seal


def seal_carried(session: Session, purpose: Purpose, content: Mapping[str, Any], now: datetime) -> str:
    """``content`` as text for a hidden field: its day, and what only that day's key opens for ``purpose``."""
    day, key = current_epoch(session, now)
    # It travels with every step, over slow links: it is packed before it is sealed.
    packed = zlib.compress(pack(content), 6)
    sealed = seal(key, packed, context(purpose, day.isoformat()))
    return f"{day.isoformat()}.{base64.urlsafe_b64encode(sealed).decode()}"


def open_carried(session: Session, purpose: Purpose, text: str, now: datetime) -> dict[str, Any]:
    """Open what :func:`seal_carried` made.

    Raises: :class:`CarriedGone` where it is too old, damaged, or not from here.
    """
    day_text, _, body = text.partition(".")
    try:
        day, sealed = date.fromisoformat(day_text), base64.urlsafe_b64decode(body.encode())
        key = epoch_key(session, day, now)
        if key is None:
            raise CarriedGone
        return unpack(zlib.decompress(open_sealed(key, sealed, context(purpose, day.isoformat()))))
    except (ValueError, binascii.Error, VaultError):
        raise CarriedGone from None
