"""The draft: a report under way, sealed inside the page, stored nowhere.

It is sealed under the day's key, which every process shares and which is gone after 48
hours, so an old page taken from a phone opens nothing. The code lies in it from the
beginning, so that sending twice finds the first sending.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from app.accounts.epochs import current_epoch, epoch_key
from app.intake.errors import DraftGone
from app.questionnaire import current
from app.storage.columns import day_of
from app.storage.packing import pack, unpack
from app.vault.code import new_code
from app.vault.context import Purpose, context
from app.vault.errors import VaultError
from app.vault.symmetric import open_sealed, seal


@dataclass(frozen=True)
class Draft:
    """A report under way.

    ``texts`` says which consent text was shown (recipient -> ``version/language``),
    ``pending`` keeps the fields of a refused or interrupted step as they were typed.
    """

    code: str = field(repr=False)
    language: str
    version: str
    begun: str
    answers: Mapping[str, Any] = field(default_factory=dict, repr=False)
    consents: Mapping[str, str] = field(default_factory=dict, repr=False)
    texts: Mapping[str, str] = field(default_factory=dict)
    pending: Mapping[str, list[str]] = field(default_factory=dict, repr=False)


def begin(language: str, now: datetime) -> Draft:
    """A new draft with a code of its own."""
    return Draft(code=new_code(), language=language, version=current().version, begun=day_of(now).isoformat())


def seal_draft(session: Session, draft: Draft, now: datetime) -> str:
    """The draft as text for the page: its day, and what only that day's key opens."""
    day, key = current_epoch(session, now)
    # Long answers travel with every step, over slow links: they are packed before they are sealed.
    packed = zlib.compress(pack(asdict(draft)), 6)
    sealed = seal(key, packed, context(Purpose.DRAFT, day.isoformat()))
    return f"{day.isoformat()}.{base64.urlsafe_b64encode(sealed).decode()}"


def open_draft(session: Session, text: str, now: datetime) -> Draft:
    """Open what :func:`seal_draft` made.

    Raises: :class:`~app.intake.errors.DraftGone`.
    """
    day_text, _, body = text.partition(".")
    try:
        day, sealed = date.fromisoformat(day_text), base64.urlsafe_b64decode(body.encode())
    except (ValueError, binascii.Error):
        raise DraftGone from None
    key = epoch_key(session, day, now)
    if key is None:
        raise DraftGone
    try:
        opened = open_sealed(key, sealed, context(Purpose.DRAFT, day.isoformat()))
    except VaultError:
        raise DraftGone from None
    return Draft(**unpack(zlib.decompress(opened)))
