"""Languages: catalogues, the choice among them, plural rules.

English is written in the code and the templates; every other language is a folder of catalogues that are compiled in
memory when the program starts. A language is offered to families when its catalogues translate everything that the
default language's do for them: nobody should meet half a page in another language. Staff choose among fewer.
"""

from collections.abc import Mapping, Set
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

import polib

LOCALES = Path(__file__).resolve().parent / "locales"
SOURCE = "en"
DEFAULT = "uk"
# In the order in which they are offered, each by its own name.
NAMES: Mapping[str, str] = {"uk": "Українська", "ru": "Русский", "crh": "Qırımtatarca", "en": "English"}

_SLAVIC = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
# The catalogues of pages that only staff see, and the languages that these pages speak.
STAFF_CATALOGUES = frozenset(
    {
        "admin",
        "casework",
        "coordination",
        "desk",
        "duty",
        "founding",
        "moves",
        "people",
        "practice",
        "recovery",
        "safekeeping",
        "vouching",
    }
)
STAFF = ("uk", "en")
# Babel and ICU do not know Crimean Tatar and drop its rule without a word, so the rules stand here.
PLURALS: Mapping[str, str] = {"uk": _SLAVIC, "ru": _SLAVIC, "crh": "nplurals=1; plural=0;"}


def mark(text: str) -> str:
    """Name a text that will be translated when it is shown."""
    return text


def load(locales: Path) -> dict[str, NullTranslations]:
    """The languages offered to families and their texts, from ``<language>/LC_MESSAGES/*.po`` under `locales`."""
    entries = {language: _entries(locales / language / "LC_MESSAGES") for language in PLURALS}
    needed = set(_entries(locales / DEFAULT / "LC_MESSAGES", without=STAFF_CATALOGUES))
    return {
        language: NullTranslations() if language == SOURCE else _compile(language, entries[language])
        for language in NAMES
        if language in {SOURCE, DEFAULT} or needed <= set(entries[language])
    }


@cache
def translations() -> Mapping[str, NullTranslations]:
    """The texts of every offered language."""
    return load(LOCALES)


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


def _entries(folder: Path, without: Set[str] = frozenset()) -> dict[tuple[str, str], polib.POEntry]:
    return {
        (entry.msgctxt or "", entry.msgid): entry
        for path in sorted(folder.glob("*.po"))
        if path.stem not in without
        for entry in polib.pofile(str(path))
        if entry.translated()
    }


def _compile(language: str, entries: Mapping[tuple[str, str], polib.POEntry]) -> GNUTranslations:
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Language": language,
        "Plural-Forms": PLURALS[language],
    }
    catalogue.extend(entries.values())
    return GNUTranslations(BytesIO(catalogue.to_binary()))
