"""A text that could not be sent, sealed into the writer's own page until they can send it.

When a session ends while somebody writes, what was typed must neither be lost nor stand open
in a page that anybody at the screen can read.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.accounts.carried import open_carried, seal_carried
from app.accounts.errors import CarriedGone, UnsentGone
from app.vault.context import Purpose


def seal_unsent(session: Session, unsent: Mapping[str, Any], now: datetime) -> str:
    """What was typed, with whose it is and where it belongs, as text for a hidden field."""
    return seal_carried(session, Purpose.UNSENT, unsent, now)


def open_unsent(session: Session, text: str, now: datetime) -> dict[str, Any]:
    """Open what :func:`seal_unsent` made.

    Raises: :class:`~app.accounts.errors.UnsentGone` when it is too old, damaged or foreign.
    """
    try:
        return open_carried(session, Purpose.UNSENT, text, now)
    except CarriedGone:
        raise UnsentGone from None
