"""Every form of staff in which something is written, declared once.

What stands here survives the end of a session, a refusal, and somebody else's change meanwhile: it is given back to the
person who typed it. A new form with a text field gets a line here; a test finds one that has none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

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


WRITINGS = (
    Writing(
        "/desk/cases/{case}/message",
        {"message": _("Write to the family")},
        _("Send to the family"),
        also=("seen",),
    ),
    Writing("/desk/cases/{case}/note", {"note": _("A note for the desk")}, _("Keep the note")),
)


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
