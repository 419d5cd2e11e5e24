"""Every form of staff in which something is written, declared once.

What stands here survives the end of a session, a refusal, and somebody else's change meanwhile: it is given back to the
person who typed it. A new form with a text field gets a line here; a test finds one that has none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from app.casework.codes import CRITERIA
from app.questionnaire.knowing import BASIS, KNOWABLE, SINCE
from app.web.forms import Form
from app.web.languages import mark as _

_PART = re.compile(r"\\\{(\w+)\\\}")


@dataclass(frozen=True)
class Writing:
    """A form by its address (`{…}` stands for one part), its texts with their labels, and what sends it.

    `also` names what travels along unseen: what the page had shown, and choices made beside the text. `back` is where
    it leads without the text; by itself the address without its last part. Labels and buttons are msgids.
    """

    address: str
    texts: Mapping[str, str]
    button: str
    also: tuple[str, ...] = ()
    back: str = ""

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(_PART.sub(r"(?P<\1>[^/]+)", re.escape(self.address)))

    def fits(self, path: str) -> bool:
        """Whether the form goes to `path`."""
        return self._pattern.fullmatch(path) is not None

    def way_back(self, path: str) -> str:
        """Where a form that goes to `path` leads without its text."""
        found = self._pattern.fullmatch(path)
        parts = found.groupdict() if found else {}
        return self.back.format(**parts) if self.back else path.rpartition("/")[0]


ASSESSMENT_FIELDS = (
    *(f"{code}{part}" for code in CRITERIA for part in ("", "_source", "_basis")),
    *("result", "confidence", "verification", "qualification", "charge", "defence", "follows"),
)

# What a form of working facts holds besides its texts: choices, dates in three parts, and what is left open on purpose.
KNOWN_TEXTS = {"court": _("Which court?"), "held_where": _("Where is the person being held?"), "unit": _("Which unit?")}
KNOWN_FIELDS = (
    *(f"{code}{part}" for code in (*KNOWABLE, BASIS, SINCE) for part in ("", "_day", "_month", "_year", "_missing")),
    "follows",
)

WRITINGS = (
    Writing(
        "/desk/cases/{case}/message",
        {"message": _("Write to the family")},
        _("Send to the family"),
        also=("seen", "said"),
    ),
    Writing(
        "/desk/cases/{case}/assign",
        {"reason": _("Why")},
        _("Give it to them"),
        also=("colleague", "version"),
    ),
    Writing(
        "/desk/cases/{case}/offer",
        {"reason": _("Why; the other queue reads it")},
        _("Offer it"),
        also=("queue", "way", "scope", "redacted"),
    ),
    Writing("/desk/cases/{case}/refuse", {"reason": _("Why you refuse")}, _("Refuse")),
    Writing("/desk/cases/{case}/give-up", {"reason": _("Why your queue ends it")}, _("End it here"), also=("lose",)),
    Writing("/desk/cases/{case}/unshare", {"reason": _("Why it ends")}, _("End it"), also=("queue",)),
    Writing("/desk/cases/{case}/note", {"note": _("A note for the desk")}, _("Keep the note")),
    Writing("/desk/cases/{case}/privileged", {"privileged": _("A note for lawyers alone")}, _("Keep the note")),
    Writing(
        "/desk/cases/{case}/close",
        {"reason": _("Why it can be closed")},
        _("Propose to close it"),
        also=("outcome", "version"),
    ),
    Writing(
        "/desk/cases/{case}/disclose",
        {"reason": _("What is to be disclosed, and why")},
        _("Propose to disclose it"),
        also=("recipient", "version"),
    ),
    Writing(
        "/desk/cases/{case}/delete", {"reason": _("Why it is to be deleted")}, _("Propose to delete it"), ("version",)
    ),
    Writing("/desk/cases/{case}/reopen", {"reason": _("Why it is opened again")}, _("Open it again"), ("version",)),
    Writing("/desk/cases/{case}/decline", {"reason": _("Why not")}, _("Refuse, or take it back"), ("proposal",)),
    Writing(
        "/desk/cases/{case}/assessment",
        {"reasons": _("What leads to this result")},
        _("Keep it, and ask for a second look"),
        also=ASSESSMENT_FIELDS,
    ),
    Writing(
        "/desk/cases/{case}/facts",
        KNOWN_TEXTS,
        _("Record it"),
        also=tuple(name for name in KNOWN_FIELDS if name not in KNOWN_TEXTS),
    ),
    Writing(
        "/desk/cases/{case}/task",
        {"text": _("What was promised")},
        _("Keep the task"),
        also=("service", "day", "whom", "follows"),
    ),
    Writing(
        "/desk/cases/{case}/hearing",
        {"text": _("What to bear in mind")},
        _("Keep the hearing"),
        ("day", "time", "court", "follows"),
    ),
    Writing(
        "/desk/cases/{case}/trial",
        {"text": _("What else is known of the trial")},
        _("Keep the trial"),
        also=("court", "number", "charge", "custody_until", "follows"),
    ),
    Writing(
        "/desk/cases/{case}/contact", {"text": _("What was said")}, _("Keep the contact"), ("way", "day", "follows")
    ),
    Writing("/desk/cases/{case}/finish", {"outcome": _("What came of it")}, _("It is done"), ("entry", "follows")),
    Writing(
        "/desk/cases/{case}/translation",
        {"translation": _("The translation")},
        _("Keep the translation"),
        also=("of", "language_of_text"),
    ),
    Writing(
        "/desk/queues/{queue}/assign",
        {"reason": _("Why they go to somebody else")},
        _("Give them to the colleague"),
        also=("to", "acknowledge", "case", "shown"),
    ),
    Writing(
        "/desk/queues/{queue}/hand-over",
        {"reason": _("Why they go to somebody else")},
        _("Hand over"),
        also=("of", "to", "act", "case", "shown", "state"),
    ),
    Writing(
        "/desk/directory",
        {"note": _("What is good to know")},
        _("Keep it"),
        also=("kind", "name", "place", "languages", "reach"),
        back="/desk/directory",
    ),
    Writing(
        "/desk/directory/cards/{card}",
        {"note": _("What is good to know")},
        _("Keep it"),
        also=("kind", "name", "place", "languages", "reach", "state"),
        back="/desk/directory/cards/{card}",
    ),
    # The root's key is typed anew: it travels in no page.
    Writing(
        "/admin/organisations/new",
        {"purpose": _("Why it is added")},
        _("Sign the organisation in"),
        also=("name", "administrator"),
        back="/admin/organisations/new",
    ),
    Writing(
        "/desk/cases/{case}/link", {"reason": _("Why they are about one person")}, _("Propose the link"), ("other",)
    ),
)


@dataclass(frozen=True)
class Again:
    """A form that is given back to be sent again: its address, the words of its button (a msgid) and what it holds.

    `texts` are field, label (a msgid) and text; `chosen` what was chosen beside, in the reader's words.
    """

    path: str
    button: str
    texts: tuple[tuple[str, str, str], ...] = field(repr=False)
    hidden: tuple[tuple[str, str], ...] = field(repr=False)
    chosen: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def having_seen(self, seen: Mapping[str, str]) -> "Again":
        """The same, saying that its writer was shown what stands now."""
        kept = tuple((name, value) for name, value in self.hidden if name not in seen)
        return replace(self, hidden=(*kept, *seen.items()))


@dataclass(frozen=True)
class Written:
    """What somebody had typed into one of these forms, and where it was going."""

    path: str
    fields: Mapping[str, list[str]] = field(repr=False)

    @property
    def writing(self) -> Writing:
        """The form it was typed into."""
        return next(writing for writing in WRITINGS if writing.fits(self.path))

    @property
    def texts(self) -> tuple[tuple[str, str, str], ...]:
        """Field, label and text of each text field."""
        return tuple((name, label, _first(self.fields.get(name))) for name, label in self.writing.texts.items())

    @property
    def again(self) -> Again:
        """The form as it is given back."""
        return Again(self.path, self.writing.button, self.texts, self.hidden)

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """What travels along unseen."""
        return tuple((name, value) for name in self.writing.also for value in self.fields.get(name, ()))


def written(path: str, form: Form) -> Written | None:
    """What `form` was taking to `path`; None where that is no form of these."""
    writing = next((writing for writing in WRITINGS if writing.fits(path)), None)
    if writing is None:
        return None
    names = {*writing.texts, *writing.also}
    return Written(path, {name: list(values) for name, values in form.items.items() if name in names})


def has_text(typed: Written) -> bool:
    """Whether anything was typed at all."""
    return any(text.strip() for _name, _label, text in typed.texts)


def read_written(content: Mapping[str, Any]) -> Written | None:
    """What was sealed earlier; None where no such form is left."""
    path = content["path"]
    return Written(path, content["fields"]) if any(writing.fits(path) for writing in WRITINGS) else None


def _first(values: list[str] | None) -> str:
    return values[0] if values else ""
