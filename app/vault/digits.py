"""Reading digits as people type, paste and dictate them."""

import unicodedata

# Dashes, spaces and invisible characters of every script, by Unicode category.
_SEPARATING = frozenset({"Zs", "Zl", "Zp", "Pd", "Pc", "Cf"})
# Control characters, dots, slashes and minus signs, whose categories hold other things too.
_SEPARATORS = frozenset("\t\n\v\f\r\x85.,/·•‧∙⋅・･．，／。｡⁄∕−")


def read_digits(text: str) -> str | None:
    """Return the ASCII digits of a text that holds nothing but digits and separators, or None.

    Decimal digits of every script count (Unicode category Nd: Arabic-Indic, full-width, ...);
    separators of every kind are dropped.
    """
    digits = []
    for character in text:
        if character.isdecimal():
            digits.append(str(unicodedata.decimal(character)))
        elif character not in _SEPARATORS and unicodedata.category(character) not in _SEPARATING:
            return None
    return "".join(digits)
