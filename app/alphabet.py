"""The order in which names stand in lists that people read: the Ukrainian alphabet first, then the Latin one.

Code points put і, ї, є and ґ behind я, and ş behind z. Here a name is looked at letter by letter, without regard to
capitals; only names that are the same so far are told apart by how they are written. Russian letters stand where a
Ukrainian reader looks for them, Crimean Tatar ones behind the letter that they are made of, and apostrophes and hyphens
count for nothing.
"""

import unicodedata
from functools import cache

_CYRILLIC = "абвгґдеёєжзиіїйклмнопрстуфхцчшщъыьэюя"
_LATIN = "abcçdefgğhıijklmnñoöpqrsştuüvwxyz"
_PLACES = {letter: place for place, letter in enumerate(" 0123456789" + _CYRILLIC + _LATIN, 1)}
_SILENT = frozenset("'’ʼ`´-‐‑–—.")

Key = tuple[tuple[int, ...], str]


@cache
def place_of(letter: str) -> int:
    """Where a small letter stands; an accent counts for nothing, and what is no letter of these comes last."""
    if letter in _PLACES:
        return _PLACES[letter]
    bare = unicodedata.normalize("NFD", letter)[0]
    return _PLACES.get(bare, len(_PLACES) + 1 + ord(letter))


def by_name(name: str) -> Key:
    """The key by which names are sorted for readers: ``sorted(names, key=by_name)``."""
    # Composed first, so that й and ї are one letter each however they were typed.
    small = unicodedata.normalize("NFC", name).replace("İ", "i").lower()
    return tuple(place_of(letter) for letter in small if letter not in _SILENT), name
