"""Sealing under a shared key: opens for the same key and context, and for nothing else."""

import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vault.context import Purpose, context
from app.vault.digest import keyed_tag, sha256
from app.vault.errors import Damaged, TooLarge, UnknownFormat, VaultError, WrongKey
from app.vault.padding import LARGEST_CONTENT_BYTES, size_step
from app.vault.symmetric import derive_key, new_key, open_sealed, seal
from tests.vault.known_answers import known, raw

_KEY = bytes(range(32))
_PLACE = context(Purpose.ITEM, "case-1", "words")
_contents = st.binary(max_size=3000)


@pytest.mark.parametrize("case", known("symmetric", "sealed"))
def test_what_was_sealed_once_opens_for_ever(case: dict[str, Any]) -> None:
    assert open_sealed(raw(case, "key"), raw(case, "sealed"), raw(case, "context")).decode() == case["content"]


@pytest.mark.parametrize("case", known("symmetric", "sealed"))
def test_sealing_writes_the_known_bytes(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "urandom", lambda size: raw(case, "nonce")[:size])
    assert seal(raw(case, "key"), case["content"].encode(), raw(case, "context")).hex() == case["sealed"]


@pytest.mark.parametrize("case", known("symmetric", "derived"))
def test_keys_are_derived_as_ever(case: dict[str, Any]) -> None:
    assert derive_key(raw(case, "key"), raw(case, "context")).hex() == case["derived"]


@pytest.mark.parametrize("case", known("symmetric", "tags"))
def test_tags_are_computed_as_ever(case: dict[str, Any]) -> None:
    assert keyed_tag(raw(case, "key"), raw(case, "context")).hex() == case["tag"]


def test_the_digest_is_sha_256() -> None:
    # The example of FIPS 180-4.
    assert sha256(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.binary(min_size=32, max_size=32), _contents, st.text(max_size=20))
@settings(deadline=None)
def test_what_is_sealed_opens(key: bytes, content: bytes, place: str) -> None:
    bound = context(Purpose.ITEM, place)
    assert open_sealed(key, seal(key, content, bound), bound) == content


def test_every_single_flipped_bit_is_refused() -> None:
    sealed = seal(_KEY, b"words", _PLACE)
    for position in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[position // 8] ^= 1 << position % 8
        with pytest.raises(UnknownFormat if position < 8 else WrongKey):
            open_sealed(_KEY, bytes(altered), _PLACE)


@given(_contents, st.data())
@settings(deadline=None)
def test_any_flipped_bit_of_any_content_is_refused(content: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(_KEY, content, _PLACE))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((WrongKey, UnknownFormat)):
        open_sealed(_KEY, bytes(sealed), _PLACE)


@given(_contents, st.data())
@settings(deadline=None)
def test_any_truncation_is_refused(content: bytes, data: st.DataObject) -> None:
    sealed = seal(_KEY, content, _PLACE)
    with pytest.raises((WrongKey, Damaged)):
        open_sealed(_KEY, sealed[: data.draw(st.integers(0, len(sealed) - 1))], _PLACE)


def test_too_short_is_damaged_and_another_version_unknown() -> None:
    sealed = seal(_KEY, b"", _PLACE)
    with pytest.raises(Damaged):
        open_sealed(_KEY, b"", _PLACE)
    with pytest.raises(Damaged):
        open_sealed(_KEY, sealed[:-1], _PLACE)
    with pytest.raises(UnknownFormat):
        open_sealed(_KEY, b"\x02" + sealed[1:], _PLACE)
    with pytest.raises(UnknownFormat):
        open_sealed(_KEY, b"\x00", _PLACE)


@given(st.binary(max_size=600))
@settings(deadline=None)
def test_bytes_that_nobody_sealed_never_open_and_never_raise_anything_else(sealed: bytes) -> None:
    with pytest.raises(VaultError):
        open_sealed(_KEY, sealed, _PLACE)


@given(_contents, st.integers(0, 2000))
@settings(deadline=None)
def test_appended_bytes_are_refused(content: bytes, more: int) -> None:
    with pytest.raises(WrongKey):
        open_sealed(_KEY, seal(_KEY, content, _PLACE) + bytes(more + 1), _PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        context(Purpose.ITEM, "case-2", "words"),
        context(Purpose.ITEM, "case-1", "facts"),
        context(Purpose.ITEM, "case-1words"),
        context(Purpose.NOTE, "case-1", "words"),
        b"",
    ],
)
def test_bytes_moved_to_another_place_are_refused(elsewhere: bytes) -> None:
    with pytest.raises(WrongKey):
        open_sealed(_KEY, seal(_KEY, b"words", _PLACE), elsewhere)


def test_another_key_is_refused() -> None:
    with pytest.raises(WrongKey):
        open_sealed(new_key(), seal(_KEY, b"words", _PLACE), _PLACE)


def test_a_key_for_one_context_opens_nothing_of_another() -> None:
    here, there = derive_key(_KEY, _PLACE), derive_key(_KEY, context(Purpose.ITEM, "case-1", "facts"))
    assert len({here, there, _KEY}) == 3
    with pytest.raises(WrongKey):
        open_sealed(there, seal(here, b"words", _PLACE), _PLACE)


@given(st.integers(0, 9000))
@settings(deadline=None, max_examples=60)
def test_the_length_reveals_the_step_alone(length: int) -> None:
    assert len(seal(_KEY, os.urandom(length), _PLACE)) == 1 + 12 + size_step(4 + length) + 16


def test_the_same_content_is_never_sealed_to_the_same_bytes() -> None:
    assert len({seal(_KEY, b"words", _PLACE)[1:13] for _ in range(100)}) == 100


@pytest.mark.parametrize("size", [0, 16, 24, 31, 33, 64])
def test_a_key_of_another_size_is_refused_everywhere(size: int) -> None:
    sealed = seal(_KEY, b"words", _PLACE)
    with pytest.raises(WrongKey):
        seal(bytes(size), b"words", _PLACE)
    with pytest.raises(WrongKey):
        open_sealed(bytes(size), sealed, _PLACE)
    with pytest.raises(WrongKey):
        derive_key(bytes(size), _PLACE)


def test_more_than_one_sealing_may_carry_is_refused() -> None:
    with pytest.raises(TooLarge):
        seal(_KEY, bytes(LARGEST_CONTENT_BYTES + 1), _PLACE)


def test_keys_are_drawn_anew() -> None:
    assert len({new_key() for _ in range(100)}) == 100
    assert len(new_key()) == 32
