"""Languages: the choice among them, and what marks a text as one to be translated.

A language is offered to families when its catalogues (:mod:`app.catalogues`) translate everything that the default
language's do for them: nobody should meet half a page in another language. Staff choose among fewer.
"""

from app.catalogues import DEFAULT, LOCALES, NAMES, PLURALS, SOURCE, STAFF_CATALOGUES, load, translations

__all__ = [
    "DEFAULT",
    "LOCALES",
    "NAMES",
    "PLURALS",
    "SOURCE",
    "STAFF",
    "STAFF_CATALOGUES",
    "choose",
    "load",
    "mark",
    "offered",
    "translations",
]

# The languages that pages of staff speak.
STAFF = ("uk", "en")


def mark(text: str) -> str:
    """Name a text that will be translated when it is shown."""
    return text


def offered() -> tuple[str, ...]:
    """The codes of the languages that a family may choose."""
    return tuple(translations())


def choose(accept_language: str) -> str:
    """The offered language that a browser asks for most, else the default one (RFC 9110, section 12.5.4)."""
    wishes = sorted((_wish(part) for part in accept_language.split(",")[:20]), key=lambda wish: -wish[1])
    return next((tag for tag, weight in wishes if weight > 0 and tag in offered()), DEFAULT)


def _wish(part: str) -> tuple[str, float]:
    tag, _, rest = part.strip().lower().partition(";")
    name, _, number = rest.strip().partition("=")
    try:
        weight = float(number) if name == "q" else 1.0
    except ValueError:
        weight = 0.0
    return tag.strip().partition("-")[0], weight
