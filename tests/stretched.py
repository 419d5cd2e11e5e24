"""What Argon2id made of a secret, kept: the same people log in and the same codes are typed again and again here.

The first time it is stretched as it must be, so what is slow for a family or a thief stays in every test once. So that
families of other tests have the same codes, and who joins in them the same passphrases, these are drawn once for the
first, the second, the third of a test.
"""

import itertools
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

Choice = TypeVar("Choice")


@lru_cache(maxsize=4096)
def _derived(secret: bytes, **how: Any) -> bytes:
    return Argon2id(**how).derive(secret)


class Remembering:
    """In the place of the library's class, as far as the program uses it."""

    def __init__(self, **how: Any) -> None:
        """Take what the library takes: salt, length, and what one guess costs."""
        self.derive: Callable[[bytes], bytes] = lambda secret: _derived(secret, **how)


class Redrawn:
    """In the place of the library's numbers, for what is stretched: what one test drew is drawn in the next once more.

    Only where each test has a database of its own: in one that they share, two families would have one code.
    """

    _drawn: ClassVar[dict[tuple[str, int, int], int]] = {}

    def __init__(self, what: str = "codes") -> None:
        """Begin a test, for one kind of what is drawn: how much of another kind it draws first changes nothing."""
        self._what = what
        self._numbers = itertools.count()

    def randbelow(self, exclusive: int) -> int:
        """A number that nobody foresees, the first time that so many were asked for."""
        place = self._what, next(self._numbers), exclusive
        return self._drawn.setdefault(place, secrets.randbelow(exclusive))

    def choice(self, among: Sequence[Choice]) -> Choice:
        """One of these."""
        return among[self.randbelow(len(among))]

    def token_urlsafe(self, count: int) -> str:
        """So many bytes, written as an address can hold them."""
        drawn = self.randbelow(256**count).to_bytes(count, "big")
        return urlsafe_b64encode(drawn).rstrip(b"=").decode()
