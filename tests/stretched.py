"""What Argon2id made of a secret, kept: the same people log in and the same codes are typed again and again here.

The first time it is stretched as it must be, so what is slow for a family or a thief stays in every test once. So that
families of other tests have the same codes, these are drawn once for the first, the second, the third family of a test.
"""

import itertools
import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id


@lru_cache(maxsize=4096)
def _derived(secret: bytes, **how: Any) -> bytes:
    return Argon2id(**how).derive(secret)


class Remembering:
    """In the place of the library's class, as far as the program uses it."""

    def __init__(self, **how: Any) -> None:
        """Take what the library takes: salt, length, and what one guess costs."""
        self.derive: Callable[[bytes], bytes] = lambda secret: _derived(secret, **how)


class Redrawn:
    """In the place of the library's numbers, for codes: what was drawn in one test is drawn in the next once more.

    Only where each test has a database of its own: in one that they share, two families would have one code.
    """

    _drawn: ClassVar[dict[tuple[int, int], int]] = {}

    def __init__(self) -> None:
        """Begin a test."""
        self._numbers = itertools.count()

    def randbelow(self, exclusive: int) -> int:
        """A number that nobody foresees, the first time that so many were asked for."""
        place = next(self._numbers), exclusive
        return self._drawn.setdefault(place, secrets.randbelow(exclusive))
