"""What Argon2id made of a secret, kept: the same people log in and the same codes are typed again and again here.

The first time it is stretched as it must be, so what is slow for a family or a thief stays in every run once. So that
families of other tests have the same codes, and who joins in them the same passphrases, these are drawn once for the
first, the second, the third of a test.
"""

import itertools
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from random import Random
from threading import get_ident
from types import SimpleNamespace
from typing import Any, TypeVar

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

Choice = TypeVar("Choice")


class Common:
    """What all processes of a run know: what is drawn, for all the same, and what was stretched by any of them.

    In `folder`, which is theirs alone, lies nothing but secrets of people who were made up.
    """

    def __init__(self, folder: Path) -> None:
        """Begin with what others left there; what the first of them drew nobody foresaw."""
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._known: dict[str, bytes] = {}
        self.seed = self._once("seed", lambda: secrets.token_bytes(32))

    def argon2id(self, **how: Any) -> SimpleNamespace:
        """In the place of the library's class, as far as the program uses it; whoever asks first lets it work."""

        def derive(secret: bytes) -> bytes:
            name = sha256(repr((secret, sorted(how.items()))).encode()).hexdigest()
            return self._once(name, lambda: Argon2id(**how).derive(secret))

        return SimpleNamespace(derive=derive)

    def _once(self, name: str, make: Callable[[], bytes]) -> bytes:
        path = self._folder / name
        if name not in self._known:
            if not path.exists():
                own = path.with_suffix(f".{os.getpid()}-{get_ident()}")
                own.write_bytes(make())
                # Of two that made it at once the first counts, for both.
                with suppress(FileExistsError):
                    os.link(own, path)
                own.unlink()
            self._known[name] = path.read_bytes()
        return self._known[name]


class Redrawn:
    """In the place of the library's numbers, for what is stretched: what one test drew is drawn in the next once more.

    Only where each test has a database of its own: in one that they share, two families would have one code.
    """

    def __init__(self, common: Common, what: str = "codes") -> None:
        """Begin a test, for one kind of what is drawn: how much of another kind it draws first changes nothing."""
        self._seed = f"{common.seed.hex()} {what}"
        self._numbers = itertools.count()

    def randbelow(self, exclusive: int) -> int:
        """A number that nobody foresees before a run."""
        return Random(f"{self._seed} {next(self._numbers)}").randrange(exclusive)

    def choice(self, among: Sequence[Choice]) -> Choice:
        """One of these."""
        return among[self.randbelow(len(among))]

    def token_urlsafe(self, count: int) -> str:
        """So many bytes, written as an address can hold them."""
        drawn = self.randbelow(256**count).to_bytes(count, "big")
        return urlsafe_b64encode(drawn).rstrip(b"=").decode()
