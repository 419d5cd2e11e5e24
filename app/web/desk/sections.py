"""What a case's page is made of, in its order: each section is a template of its own.

A section that needs more than the case as it was read names a function that finds it; the template has it as `found`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.web.desk.found import (
    find_assessment,
    find_diary,
    find_lawyers_part,
    find_layers,
    find_proposals,
    find_replies,
)
from app.web.desk.known import find_known
from app.web.desk.moving import find_moves
from app.web.desk.reader import Reader
from app.web.languages import mark as _


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


TALK = "conversation"
SECTIONS: Sequence[Section] = (
    Section("report", _("The report"), "desk/case_report.html", find_layers),
    Section("known", _("What is known now"), "desk/case_known.html", find_known),
    Section("moves", _("Its way"), "desk/case_moves.html", find_moves),
    Section(TALK, _("Conversation"), "desk/case_conversation.html", find_replies),
    Section("notes", _("Notes"), "desk/case_notes.html"),
    Section("diary", _("Tasks and dates"), "desk/case_diary.html", find_diary),
    Section("assessment", _("Was this person forced?"), "desk/case_assessment.html", find_assessment),
    Section("lawyers", _("For lawyers alone"), "desk/case_lawyers.html", find_lawyers_part),
    Section("two", _("What takes two people"), "desk/case_two.html", find_proposals),
    Section("why", _("Why it came here"), "desk/case_grounds.html"),
    Section("consents", _("Consents"), "desk/case_consents.html"),
)


def shown_to(reader: Reader) -> list[Shown]:
    """Every section as this reader sees it; where something was written to and fro, that comes first."""
    talk = bool(reader.reading.view.conversation)
    ordered = sorted(SECTIONS, key=lambda section: not (talk and section.anchor == TALK))
    return [Shown(each.anchor, each.title, each.template, each.find(reader)) for each in ordered]
