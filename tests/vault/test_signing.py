"""Signatures count for one key, one content and one context."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vault.context import Purpose, context
from app.vault.errors import BadSignature, WrongKey
from app.vault.signing import new_signing_key, sign, verify, verify_key
from tests.vault.known_answers import known, raw

_PRIVATE = bytes(range(32))
_PUBLIC = verify_key(_PRIVATE)
_PLACE = context(Purpose.STAFF_MESSAGE, "case-1")
_CONTENT = "ваше звернення отримано".encode()
_SIGNATURE = sign(_PRIVATE, _CONTENT, _PLACE)


@pytest.mark.parametrize("case", known("signing", "signatures"))
def test_what_was_signed_once_verifies_for_ever(case: dict[str, Any]) -> None:
    content = case["content"].encode()
    assert verify_key(raw(case, "private")).hex() == case["public"]
    assert sign(raw(case, "private"), content, raw(case, "context")).hex() == case["signature"]
    verify(raw(case, "public"), raw(case, "signature"), content, raw(case, "context"))


@given(st.binary(max_size=500), st.text(max_size=10))
@settings(deadline=None)
def test_what_is_signed_verifies(content: bytes, place: str) -> None:
    bound = context(Purpose.STAFF_MESSAGE, place)
    verify(_PUBLIC, sign(_PRIVATE, content, bound), content, bound)


def test_every_flipped_bit_of_a_signature_is_refused() -> None:
    for position in range(len(_SIGNATURE) * 8):
        altered = bytearray(_SIGNATURE)
        altered[position // 8] ^= 1 << position % 8
        with pytest.raises(BadSignature):
            verify(_PUBLIC, bytes(altered), _CONTENT, _PLACE)


@pytest.mark.parametrize(
    ("public", "signature", "content", "place"),
    [
        (verify_key(new_signing_key()), _SIGNATURE, _CONTENT, _PLACE),
        (_PUBLIC, _SIGNATURE, _CONTENT + b" ", _PLACE),
        (_PUBLIC, _SIGNATURE, b"", _PLACE),
        (_PUBLIC, _SIGNATURE, _CONTENT, context(Purpose.STAFF_MESSAGE, "case-2")),
        (_PUBLIC, _SIGNATURE, _CONTENT, context(Purpose.NOTE, "case-1")),
        (_PUBLIC, _SIGNATURE, _CONTENT[1:], _PLACE + _CONTENT[:1]),
        (_PUBLIC, _SIGNATURE[:-1], _CONTENT, _PLACE),
        (_PUBLIC, b"", _CONTENT, _PLACE),
        (_PUBLIC[:-1], _SIGNATURE, _CONTENT, _PLACE),
        (b"", _SIGNATURE, _CONTENT, _PLACE),
        (b"\xff" * 32, _SIGNATURE, _CONTENT, _PLACE),
    ],
    # The keys are drawn anew with every run, and the names of the tests must not be.
    ids=[
        "another key",
        "a longer content",
        "no content",
        "another case",
        "another purpose",
        "a moved border",
        "a shorter signature",
        "no signature",
        "a shorter key",
        "no key",
        "a key off the curve",
    ],
)
def test_anything_else_is_refused(public: bytes, signature: bytes, content: bytes, place: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(public, signature, content, place)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_signing_key_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(WrongKey):
        sign(bytes(size), _CONTENT, _PLACE)
    with pytest.raises(WrongKey):
        verify_key(bytes(size))


def test_signing_keys_are_drawn_anew() -> None:
    assert len({new_signing_key() for _ in range(100)}) == 100
    assert len(_SIGNATURE) == 64
