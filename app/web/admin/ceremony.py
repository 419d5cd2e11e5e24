"""What the form of a ceremony says: the trustees by their labels, and how many of them are needed."""

from dataclasses import dataclass

from app.accounts.recovery import can_be_split
from app.web.forms import Form

LABEL_LIMIT = 60


@dataclass(frozen=True)
class Wish:
    """A ceremony as it was asked for; ``before`` is the generation that its page was made for."""

    labels: tuple[str, ...]
    needed: int
    before: int
    problems: tuple[str, ...]


def read_wish(form: Form) -> Wish:
    """Read the form, and say what is wrong with it."""
    labels = tuple(label for line in form.get("trustees").splitlines() if (label := " ".join(line.split())))
    needed, before = _number(form.get("needed")), _number(form.get("before"))
    problems = []
    if any(len(label) > LABEL_LIMIT for label in labels):
        problems.append("labels")
    if not can_be_split(needed, len(labels)):
        problems.append("numbers")
    if form.get("meant") != "yes":
        problems.append("meant")
    return Wish(labels, needed, before, tuple(problems))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
