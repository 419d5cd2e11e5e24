"""Searches seized bytes for planted texts, in every form in which they might lie there.

Each form of each text is a pattern. Looking for tens of thousands of patterns one by one would
take hours, so the bytes are read in aligned words: whatever pattern of ``2 * width - 1`` bytes or
more lies in them covers one whole word, and the words of all patterns are in one table.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from tests.seized.forms import Form, forms, forms_of_bytes
from tests.seized.unpack import cells, inflated, is_database, streams

_DEEPEST = 3
_BETWEEN_CELLS = bytes(16)
_LEAST_CHARACTERS = 8
_WORDS: dict[int, Literal["Q", "I"]] = {8: "Q", 4: "I"}


@dataclass(frozen=True)
class Needle:
    """A text that was planted, under a label that says where."""

    label: str
    text: str

    @property
    def forms(self) -> Iterator[Form]:
        """Every form in which it might lie there."""
        return forms(self.text)


@dataclass(frozen=True)
class Secret:
    """A secret that is bytes and no text."""

    label: str
    text: bytes

    @property
    def forms(self) -> Iterator[Form]:
        """Every form in which it might lie there."""
        return forms_of_bytes(self.text)


Wanted = Needle | Secret


@dataclass(frozen=True, order=True)
class Finding:
    """Where a planted text was found (a file's name), which one, and in what form."""

    name: str
    label: str
    form: str


class _Patterns:
    """Patterns of at least ``2 * width - 1`` bytes, found by their words of ``width`` bytes."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.least_bytes = 2 * width - 1
        self._by_word: defaultdict[int, list[tuple[bytes, int]]] = defaultdict(list)
        self._words: set[int] = set()

    def add(self, pattern: bytes) -> None:
        """Note the words that begin at each of the pattern's first ``width`` bytes."""
        for shift in range(self.width):
            word = int.from_bytes(pattern[shift : shift + self.width], sys.byteorder)
            self._by_word[word].append((pattern, shift))
            self._words.add(word)

    def found_in(self, blob: bytes) -> Iterator[bytes]:
        """Return the patterns that lie in a blob."""
        if not self._words:
            return
        words = memoryview(blob)[: len(blob) // self.width * self.width].cast(_WORDS[self.width])
        if self._words.isdisjoint(words):
            return
        for number, word in enumerate(words):
            if word in self._words:
                for pattern, shift in self._by_word[word]:
                    start = number * self.width - shift
                    if start >= 0 and blob.startswith(pattern, start):
                        yield pattern


class _Search:
    """All forms of all needles, ready to be looked for."""

    def __init__(self, needles: Iterable[Wanted]) -> None:
        self._meaning: defaultdict[bytes, dict[str, str]] = defaultdict(dict)
        self._patterns = [_Patterns(width) for width in sorted(_WORDS, reverse=True)]
        for needle in needles:
            if len(needle.text) < _LEAST_CHARACTERS:
                raise ValueError(f"{needle.label}: a text this short would be found in noise")
            for form, pattern in needle.forms:
                self._meaning[pattern.lower()].setdefault(needle.label, form)
        for pattern in self._meaning:
            next(each for each in self._patterns if len(pattern) >= each.least_bytes).add(pattern)

    def plainly(self, blob: bytes) -> set[tuple[str, str]]:
        """Return label and form of what lies in a blob, also where lines were broken within it.

        Both sides are taken without capitals of ASCII: a log that writes addresses or base64 in
        small letters has leaked them all the same.
        """
        folded = blob.lower()
        joined = folded.replace(b"=\r\n", b"").replace(b"=\n", b"").translate(None, b"\r\n")
        found = {pattern for each in self._patterns for pattern in each.found_in(folded)}
        if joined != folded:
            found |= {pattern for each in self._patterns for pattern in each.found_in(joined)}
        return {meaning for pattern in found for meaning in self._meaning[pattern].items()}

    def deeply(self, blob: bytes, depth: int = 0) -> set[tuple[str, str]]:
        """Return the same, with what is compressed in the blob, and compressed within that."""
        found = self.plainly(blob)
        if depth < _DEEPEST:
            for kind, content in streams(blob):
                # Noise that looks like the head of a stream gives a few bytes at most.
                if len(content) < _LEAST_CHARACTERS:
                    continue
                found |= {(label, f"{kind}: {form}") for label, form in self.deeply(content, depth + 1)}
        return found

    def in_cells(self, database: bytes, journal: bytes | None) -> set[tuple[str, str]]:
        """Return what lies in the cells of an SQLite database."""
        whole = list(cells(database, journal))
        # Put together they are searched in one go; what stands between keeps them apart.
        found = self.deeply(_BETWEEN_CELLS.join(whole))
        found |= self.deeply(_BETWEEN_CELLS.join(map(inflated, whole)))
        return {(label, f"cell: {form}") for label, form in found}


@lru_cache(maxsize=4)
def _prepared(needles: tuple[Wanted, ...]) -> _Search:
    return _Search(needles)


def find(needles: Iterable[Wanted], blobs: Iterable[tuple[str, bytes]]) -> list[Finding]:
    """Return which needles lie in which blobs (name and bytes), in what form.

    Names are searched too. A blob that is an SQLite database is searched as bytes, which reaches
    its free pages, and cell by cell, with the blob of its name and ``-wal`` applied.

    Raises: ``ValueError`` for a needle of fewer than eight characters, ``sqlite3.DatabaseError``
    for a database that cannot be opened, which would otherwise count as searched.
    """
    search = _prepared(tuple(needles))
    seized = dict(blobs)
    findings = set()
    for name, blob in seized.items():
        found = search.deeply(blob)
        found |= {(label, f"name: {form}") for label, form in search.plainly(name.encode("utf-8", "surrogateescape"))}
        if is_database(blob):
            found |= search.in_cells(blob, seized.get(f"{name}-wal"))
        findings |= {Finding(name, label, form) for label, form in found}
    return sorted(findings)


def tree(paths: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Return every file at and under these paths, hidden ones and journals included, by its path.

    A symbolic link gives what it points to as text; its target is read where it lies.
    """
    for root in paths:
        for path in [root, *sorted(root.rglob("*"))]:
            if path.is_symlink():
                yield str(path), str(path.readlink()).encode("utf-8", "surrogateescape")
            elif path.is_file():
                yield str(path), path.read_bytes()
