"""One form for the spellings of a name: Ukrainian, Russian, Crimean Tatar and Latin letters, and usual given names.

It is for finding, never for showing. Whoever searches types a name as they know it; the family wrote it as theirs is.
"""

import re
import unicodedata
from collections.abc import Sequence

_LETTERS = {
    **dict(zip("абвгґдеёєзиіїйклмнопрстуфхыэ", "abvggdeeeziiiiklmnoprstufgie", strict=True)),
    "ж": "zh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "sh",
    "ъ": "",
    "ь": "",
    "ю": "iu",
    "я": "ia",
    "ç": "ch",
    "ş": "sh",
    "ğ": "g",
    "ñ": "n",
    "ö": "o",
    "ü": "u",
    "ı": "i",
    "â": "a",
    "q": "k",
    "w": "v",
    "y": "i",
    "j": "i",
    "h": "g",
    "x": "ks",
}
# Latin spellings of one sound, before its letters are looked at one by one.
_SOUNDS = (("shch", "sh"), ("kh", "h"), ("zh", "ж"), ("ch", "ч"), ("sh", "ш"), ("tz", "ts"))
# On a keyboard without ç and ş one types c and s; Crimean Tatar c is what others spell dzh.
_PLAIN = (("dzh", "c"), ("ch", "c"), ("ts", "c"), ("sh", "s"))
_WORD = re.compile(r"[^\W_]+(?:['’ʼ`][^\W_]+)*")
_APART = re.compile(r"['’ʼ`]")
_TWICE = re.compile(r"(.)\1+")
# Given names that are one person's, in the form that folding gives them.
_SAME = (
    ("mikola", "nikolai"),
    ("oleksandr", "aleksandr"),
    ("oleksi", "aleksei"),
    ("dmitro", "dmitri"),
    ("sergi", "sergei"),
    ("andri", "andrei"),
    ("volodimir", "vladimir"),
    ("migailo", "migail"),
    ("evgen", "evgeni"),
    ("pavlo", "pavel"),
    ("petro", "petr"),
    ("ganna", "anna"),
    ("olena", "elena"),
    ("nataliia", "natalia"),
)


def _folded(word: str) -> str:
    text = _APART.sub("", unicodedata.normalize("NFC", word).casefold())
    for spelling, letter in _SOUNDS:
        text = text.replace(spelling, letter)
    plain = "".join(_LETTERS.get(letter, letter) for letter in text)
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))
    bare = bare.replace("ie", "e")
    for sound, letter in _PLAIN:
        bare = bare.replace(sound, letter)
    return _TWICE.sub(r"\1", bare)


_ONE_NAME = {_TWICE.sub(r"\1", other): _TWICE.sub(r"\1", first) for first, *others in _SAME for other in others}


def fold(text: str) -> tuple[str, ...]:
    """The words of a text in their one form."""
    return Folding().words(text)


class Folding:
    """Folds many texts in a row: most of their words are the same. It is let go with what it has read."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._read: dict[str, str] = {}

    def words(self, text: str) -> tuple[str, ...]:
        """The words of a text in their one form."""
        read, found = self._read, []
        for word in _WORD.findall(text.casefold()):
            if word not in read:
                folded = _folded(word)
                read[word] = _ONE_NAME.get(folded, folded)
            found.append(read[word])
        return tuple(word for word in found if word)


def fits(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each of the wanted words begins a word of the text, or differs from one by a single letter."""
    return bool(wanted) and all(any(_fits(one, word) for word in words) for one in wanted)


def _fits(wanted: str, word: str) -> bool:
    if word.startswith(wanted):
        return True
    # One slip in a long word is a slip; in a short one it is another name.
    return len(wanted) >= 6 and abs(len(wanted) - len(word)) <= 1 and _one_apart(wanted, word)


def _one_apart(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    at = next((index for index, letter in enumerate(short) if letter != long[index]), len(short))
    rest = short[at + 1 :] if len(short) == len(long) else short[at:]
    return rest == long[at + 1 :]
