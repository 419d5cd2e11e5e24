"""The draft: a report under way, sealed inside the page, stored nowhere.

It is sealed under the day's key, which every process shares and which is gone after 48
hours, so an old page taken from a phone opens nothing. The code lies in it from the
beginning, so that sending twice finds the first sending.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.accounts.carried import open_carried, seal_carried
from app.accounts.errors import CarriedGone
from app.intake.errors import DraftGone
from app.questionnaire import current
from app.storage.columns import day_of
from app.vault.code import new_code
from app.vault.context import Purpose
from app.vault.tokens import new_token


@dataclass(frozen=True)
class Draft:
    """A report under way.

    ``texts`` says which consent text was shown (recipient -> ``version/language``),
    ``pending`` keeps the fields of a refused or interrupted step as they were typed. ``mark`` is
    random: by it, and without stretching the code, an old page is known to have been sent. ``read_out``
    says that somebody else enters the report and reads the code out.
    """

    code: str = field(repr=False)
    language: str
    version: str
    begun: str
    answers: Mapping[str, Any] = field(default_factory=dict, repr=False)
    consents: Mapping[str, str] = field(default_factory=dict, repr=False)
    texts: Mapping[str, str] = field(default_factory=dict)
    pending: Mapping[str, list[str]] = field(default_factory=dict, repr=False)
    mark: str = field(default="", repr=False)
    read_out: bool = False


def begin(language: str, now: datetime, version: str | None = None) -> Draft:
    """A new draft with a code of its own; without a ``version`` of the questions it has the program's own.

    Sending asks whether the version is in force.
    """
    return Draft(
        code=new_code(),
        language=language,
        version=version or current().version,
        begun=day_of(now).isoformat(),
        mark=new_token(),
    )


def seal_draft(session: Session, draft: Draft, now: datetime) -> str:
    """The draft as text for the page: its day, and what only that day's key opens."""
    return seal_carried(session, Purpose.DRAFT, vars(draft), now)


def open_draft(session: Session, text: str, now: datetime) -> Draft:
    """Open what :func:`seal_draft` made.

    Raises: :class:`~app.intake.errors.DraftGone`.
    """
    try:
        return Draft(**open_carried(session, Purpose.DRAFT, text, now))
    except CarriedGone:
        raise DraftGone from None
