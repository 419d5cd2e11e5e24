"""What Argon2id made of a secret, kept: the same people log in and the same codes are typed again and again here.

The first time it is stretched as it must be, so what is slow for a family or a thief stays in every test once.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id


@lru_cache(maxsize=4096)
def _derived(secret: bytes, **how: Any) -> bytes:
    return Argon2id(**how).derive(secret)


class Remembering:
    """In the place of the library's class, as far as the program uses it."""

    def __init__(self, **how: Any) -> None:
        """Take what the library takes: salt, length, and what one guess costs."""
        self.derive: Callable[[bytes], bytes] = lambda secret: _derived(secret, **how)
