"""Digits are read as people type, paste and dictate them."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vault.digits import read_digits

_EVERY_CHARACTER = [chr(point) for point in range(sys.maxunicode + 1)]


def test_every_decimal_digit_of_every_script_counts_as_its_value() -> None:
    decimal = [character for character in _EVERY_CHARACTER if unicodedata.category(character) == "Nd"]
    assert len(decimal) >= 600
    assert all(read_digits(character) == str(unicodedata.decimal(character)) for character in decimal)


@pytest.mark.parametrize("category", ["Zs", "Zl", "Zp", "Pd", "Pc", "Cf"])
def test_every_space_dash_and_invisible_character_is_dropped(category: str) -> None:
    separating = [character for character in _EVERY_CHARACTER if unicodedata.category(character) == category]
    assert separating
    assert all(read_digits(f"1{character}2") == "12" for character in separating)


@pytest.mark.parametrize("character", "\t\n\r.,/·•−⁄．／")
def test_dots_slashes_commas_and_line_ends_are_dropped(character: str) -> None:
    assert read_digits(f"1{character}2") == "12"


@pytest.mark.parametrize("character", "OоIlzЯ²①Ⅷ½#+(*:\x00\x1b\ud800")
def test_anything_else_is_no_digit(character: str) -> None:
    # Superscripts, circled and Roman numerals are not what a number pad types.
    assert read_digits(f"1{character}2") is None


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("", ""),
        ("1234 5678", "12345678"),
        ("1234\N{NO-BREAK SPACE}5678\N{NARROW NO-BREAK SPACE}9", "123456789"),
        ("12\N{EN DASH}34\N{EM DASH}56\N{NON-BREAKING HYPHEN}78", "12345678"),
        ("\N{ZERO WIDTH NO-BREAK SPACE}12\N{ZERO WIDTH SPACE}34\N{RIGHT-TO-LEFT MARK}", "1234"),
        ("١٢٣٤", "1234"),
        ("１２３４", "1234"),
    ],
)
def test_what_people_paste_is_read(typed: str, digits: str) -> None:
    assert read_digits(typed) == digits


@given(st.text(max_size=30))
@settings(deadline=None)
def test_any_text_gives_ascii_digits_or_none(text: str) -> None:
    digits = read_digits(text)
    assert digits is None or digits == "" or (digits.isascii() and digits.isdigit())
