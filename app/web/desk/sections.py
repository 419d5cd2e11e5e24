"""What a case's page is made of, in its order: each section is a template of its own.

A section that needs more than the case as it was read names a function that finds it; the template has it as `found`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.accounts.members import Member
from app.casework.opening import Reading
from app.storage.sessions import Session
from app.web.languages import mark as _


@dataclass(frozen=True)
class Reader:
    """Who reads which case, when: what every section is made from."""

    session: Session
    member: Member
    reading: Reading
    now: datetime


def _nothing(_reader: Reader) -> Any:
    return None


@dataclass(frozen=True)
class Section:
    """A part of the page: the id of its heading, its name in the jumps (none without one), its template."""

    anchor: str
    title: str
    template: str
    find: Callable[[Reader], Any] = _nothing


@dataclass(frozen=True)
class Shown:
    """A section that is filled in; `found` is what its own function found."""

    anchor: str
    title: str
    template: str
    found: Any


SECTIONS: Sequence[Section] = (
    Section("report", _("The report"), "desk/case_report.html"),
    Section("conversation", _("Conversation"), "desk/case_conversation.html"),
    Section("notes", _("Notes"), "desk/case_notes.html"),
    Section("why", _("Why it came here"), "desk/case_grounds.html"),
    Section("consents", _("Consents"), "desk/case_consents.html"),
)


def shown_to(reader: Reader) -> list[Shown]:
    """Every section as this reader sees it."""
    return [Shown(each.anchor, each.title, each.template, each.find(reader)) for each in SECTIONS]
