"""Spare codes: what a person types once in place of the six digits when the authenticator is lost."""

import secrets
import unicodedata

# No 0 and o, no 1 and l: they are copied by hand from paper.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
LENGTH = 16
_GROUP = 4


def new_spare_code() -> str:
    """Draw sixteen letters and digits in fours (80 bits)."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return " ".join(drawn[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))


def fold_spare_code(text: str) -> str:
    """Return a spare code in the one form that is derived from: small letters and digits alone."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def looks_like_spare_code(text: str) -> bool:
    """Whether a text can be a spare code at all, so that six digits are never stretched for nothing."""
    folded = fold_spare_code(text)
    return len(folded) == LENGTH and set(folded) <= set(LETTERS)
