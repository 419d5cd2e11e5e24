"""Catalogues: the texts of every language, compiled in memory from their files when the program starts.

English is written in the code, the templates and the data; every other language is a folder of catalogues. Nothing here
knows who reads; :mod:`app.web.languages` chooses, and :mod:`app.in_force` holds what families consent to against what
was signed.
"""

from collections.abc import Mapping, Set
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

import polib

LOCALES = Path(__file__).resolve().parent / "web" / "locales"
SOURCE = "en"
DEFAULT = "uk"
# In the order in which they are offered, each by its own name.
NAMES: Mapping[str, str] = {"uk": "Українська", "ru": "Русский", "crh": "Qırımtatarca", "en": "English"}

_SLAVIC = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
# The catalogues of pages that only staff see.
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
        "roles",
        "safekeeping",
        "vouching",
    }
)
# Babel and ICU do not know Crimean Tatar and drop its rule without a word, so the rules stand here.
PLURALS: Mapping[str, str] = {"uk": _SLAVIC, "ru": _SLAVIC, "crh": "nplurals=1; plural=0;"}


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
