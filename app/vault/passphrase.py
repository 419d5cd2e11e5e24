"""Passphrases that the program draws: no others are accepted."""

import secrets
from functools import cache
from importlib import resources

WORDS = 6


def new_passphrase() -> str:
    """Draw six words of the EFF's long list (7,776 words, 77 bits together)."""
    return " ".join(secrets.choice(word_list()) for _ in range(WORDS))


@cache
def word_list() -> tuple[str, ...]:
    """Return the EFF's long list for passphrases (J. Bonneau, 2016)."""
    listed = resources.files("xkcdpass").joinpath("static", "eff-long")
    return tuple(listed.read_text(encoding="ascii").split())
