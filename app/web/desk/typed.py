"""A form of the desk's own as it was typed, shown again with what was wrong in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.casework.errors import EntryRefused
from app.web.desk.case_words import PROBLEMS
from app.web.forms import Form
from app.web.pages import translate_into


@dataclass(frozen=True)
class Typed:
    """What stands in a form's fields, and the words for what is wrong with them."""

    fields: Mapping[str, list[str]] = field(default_factory=dict, repr=False)
    problems: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The first value of a field; nothing where it was not filled in."""
        values = self.fields.get(name, [])
        return values[0] if values else ""

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return self.fields.get(name, [])

    def wrong(self, name: str) -> str:
        """What is wrong with a field, in words."""
        return self.problems.get(name, "")


def typed_again(form: Form, language: str, error: EntryRefused | None = None) -> Typed:
    """A form to be shown again as it was sent."""
    translate = translate_into(language)
    found = error.problems if error else ()
    return Typed(dict(form.items), {name: translate(PROBLEMS[reason]) for name, reason in found})
