"""The reporter's return code: 24 decimal digits, 23 random and one that finds slips."""

import secrets

from app.vault.digits import read_digits
from app.vault.errors import MistypedCode

CODE_DIGITS = 24

# The totally anti-symmetric quasigroup of order 10 in H. M. Damm, "Total anti-symmetrische
# Quasigruppen" (Marburg 2004). It finds every wrong digit and every two neighbours swapped.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def new_code() -> str:
    """Draw a code of 24 digits (76 random bits)."""
    drawn = f"{secrets.randbelow(10 ** (CODE_DIGITS - 1)):0{CODE_DIGITS - 1}d}"
    return drawn + str(check_digit(drawn))


def normalise_code(text: str) -> str:
    """Return the 24 digits of a code as somebody typed it, in any script and grouping.

    Raises: ``MistypedCode`` with the reason ``digits``, ``length`` or ``check``.
    """
    digits = read_digits(text)
    if digits is None:
        raise MistypedCode("digits")
    if len(digits) != CODE_DIGITS:
        raise MistypedCode("length")
    if check_digit(digits) != 0:
        raise MistypedCode("check")
    return digits


def check_digit(digits: str) -> int:
    """Return the Damm digit of ASCII digits: 0 if the last of them is already the right one."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim
