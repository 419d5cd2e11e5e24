"""The return code: what was mistyped is refused at once, what was typed oddly is understood."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vault.code import check_digit, new_code, normalise_code
from app.vault.errors import MistypedCode
from app.web.family.code import in_fours

_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_codes = st.from_regex(r"[0-9]{23}", fullmatch=True).map(lambda drawn: drawn + str(check_digit(drawn)))
_gaps = st.lists(st.sampled_from(["", " ", "\N{NO-BREAK SPACE}", "-", "–", ".", "/", "\u200b", "\n"]), min_size=25)


def _refusal(typed: str) -> str:
    """Why a code is refused; by hand, since what pytest offers for it takes longer than the thousands of codes."""
    try:
        normalise_code(typed)
    except MistypedCode as refused:
        return refused.reason
    pytest.fail("it was not refused")


def test_the_check_digit_is_the_published_one() -> None:
    assert check_digit("572") == 4
    assert check_digit("5724") == 0


def test_a_new_code_is_24_digits_and_right() -> None:
    drawn = {new_code() for _ in range(300)}
    assert len(drawn) == 300
    assert all(len(code) == 24 and normalise_code(code) == code for code in drawn)


def test_every_digit_is_drawn_at_every_place() -> None:
    drawn = [new_code() for _ in range(1000)]
    assert all(len({code[place] for code in drawn}) == 10 for place in range(24))


@given(_codes)
@settings(deadline=None)
def test_every_single_wrong_digit_is_found(code: str) -> None:
    for place in range(24):
        for digit in "0123456789":
            typed = code[:place] + digit + code[place + 1 :]
            assert typed == code or _refusal(typed) == "check"


@given(_codes)
@settings(deadline=None)
def test_every_two_neighbours_swapped_are_found(code: str) -> None:
    for place, (one, other) in enumerate(pairwise(code)):
        if one != other:
            assert _refusal(code[:place] + other + one + code[place + 2 :]) == "check"


@given(_codes)
@settings(deadline=None)
def test_the_code_as_shown_is_understood(code: str) -> None:
    shown = in_fours(code)
    assert [len(group) for group in shown.split(" ")] == [4] * 6
    assert normalise_code(shown) == code


@given(_codes, _gaps)
@settings(deadline=None)
def test_the_code_is_understood_in_any_grouping_and_script(code: str, between: list[str]) -> None:
    typed = "".join(gap + digit for gap, digit in zip(between, code, strict=False)) + between[24]
    assert normalise_code(typed) == code
    assert normalise_code(typed.translate(_ARABIC_INDIC)) == code


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "length"),
        ("   ", "length"),
        ("1234 5678", "length"),
        ("0" * 23, "length"),
        ("0" * 25, "length"),
        ("0" * 23 + "O", "digits"),
        ("не пам'ятаю", "digits"),
        ("0" * 23 + "1", "check"),
    ],
)
def test_a_refusal_says_what_to_mend(typed: str, reason: str) -> None:
    assert _refusal(typed) == reason


def test_a_refusal_does_not_repeat_the_code() -> None:
    with pytest.raises(MistypedCode) as refused:
        normalise_code("1" * 24)
    assert "1" not in str(refused.value)
