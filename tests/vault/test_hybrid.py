"""Sealing to a public key: opens for its private half and the same place, and for nothing else."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vault.context import Purpose, context
from app.vault.digest import sha256
from app.vault.errors import Damaged, TooLarge, UnknownFormat, VaultError, WrongKey
from app.vault.hybrid import key_pair, new_private_key, open_with, public_key, seal_to
from app.vault.padding import LARGEST_CONTENT_BYTES, pad, size_step
from tests.vault.hpke_by_hand import decapsulate, open_by_hand
from tests.vault.known_answers import known, raw

_PRIVATE = bytes(range(32))
_PAIR = key_pair(_PRIVATE)
_PLACE = context(Purpose.GRANT, "case-1", "queue-1")
_contents = st.binary(max_size=600)


@pytest.mark.parametrize("case", known("hybrid", "x_wing"))
def test_a_seed_is_expanded_as_the_x_wing_draft_says(case: dict[str, Any]) -> None:
    assert public_key(raw(case, "seed")).hex() == case["public"]
    assert decapsulate(raw(case, "seed"), raw(case, "ciphertext")).hex() == case["shared"]


@pytest.mark.parametrize("case", known("hybrid", "sealed"))
def test_what_was_sealed_once_opens_for_ever(case: dict[str, Any]) -> None:
    private, sealed, place = raw(case, "private"), raw(case, "sealed"), raw(case, "context")
    assert sha256(public_key(private)).hex() == case["public_sha256"]
    assert open_with(private, sealed, place).decode() == case["content"]


@pytest.mark.parametrize("case", known("hybrid", "sealed"))
def test_sealed_bytes_are_those_of_rfc_9180(case: dict[str, Any]) -> None:
    private, sealed, place = raw(case, "private"), raw(case, "sealed"), raw(case, "context")
    info = context(Purpose.HPKE, b"\x01", place, raw(case, "public_sha256"))
    assert sealed[:1] == b"\x01"
    assert open_by_hand(private, sealed[1:], info) == pad(case["content"].encode())


@given(st.binary(min_size=32, max_size=32), _contents, st.text(max_size=20))
@settings(deadline=None)
def test_what_is_sealed_opens(private: bytes, content: bytes, place: str) -> None:
    bound = context(Purpose.GRANT, place)
    sealed = seal_to(public_key(private), content, bound)
    assert open_with(private, sealed, bound) == content
    assert open_with(key_pair(private), sealed, bound) == content


def test_a_flipped_bit_in_any_byte_is_refused() -> None:
    sealed = seal_to(_PAIR.public, b"keys", _PLACE)
    # Every bit of the curve's part: X25519 itself ignores its topmost one, the combination does not.
    curve_bits = range((1 + 1088) * 8, (1 + 1120) * 8)
    one_bit_of_each = (at * 8 + at % 8 for at in range(len(sealed)))
    for position in (*curve_bits, *one_bit_of_each):
        altered = bytearray(sealed)
        altered[position // 8] ^= 1 << position % 8
        with pytest.raises(UnknownFormat if position < 8 else WrongKey):
            open_with(_PAIR, bytes(altered), _PLACE)


@given(_contents, st.data())
@settings(deadline=None)
def test_any_truncation_is_refused(content: bytes, data: st.DataObject) -> None:
    sealed = seal_to(_PAIR.public, content, _PLACE)
    with pytest.raises((WrongKey, Damaged)):
        open_with(_PAIR, sealed[: data.draw(st.integers(0, len(sealed) - 1))], _PLACE)


def test_too_short_is_damaged_and_another_version_unknown() -> None:
    sealed = seal_to(_PAIR.public, b"", _PLACE)
    with pytest.raises(Damaged):
        open_with(_PAIR, b"", _PLACE)
    with pytest.raises(Damaged):
        open_with(_PAIR, sealed[:-1], _PLACE)
    with pytest.raises(UnknownFormat):
        open_with(_PAIR, b"\x02" + sealed[1:], _PLACE)


@given(st.binary(max_size=2000))
@settings(deadline=None)
def test_bytes_that_nobody_sealed_never_open_and_never_raise_anything_else(sealed: bytes) -> None:
    with pytest.raises(VaultError):
        open_with(_PAIR, b"\x01" + sealed, _PLACE)


@pytest.mark.parametrize("point", [bytes(32), b"\x01" + bytes(31)])
def test_a_point_of_low_order_is_refused_on_both_sides(point: bytes) -> None:
    sealed = seal_to(_PAIR.public, b"keys", _PLACE)
    with pytest.raises(WrongKey):
        open_with(_PAIR, sealed[: 1 + 1088] + point + sealed[1 + 1120 :], _PLACE)
    with pytest.raises(Damaged):
        seal_to(_PAIR.public[:1184] + point, b"keys", _PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        context(Purpose.GRANT, "case-2", "queue-1"),
        context(Purpose.GRANT, "case-1", "queue-2"),
        context(Purpose.RING_SHARE, "case-1", "queue-1"),
        b"",
    ],
)
def test_bytes_moved_to_another_place_are_refused(elsewhere: bytes) -> None:
    with pytest.raises(WrongKey):
        open_with(_PAIR, seal_to(_PAIR.public, b"keys", _PLACE), elsewhere)


def test_bytes_given_to_another_holder_are_refused() -> None:
    sealed = seal_to(_PAIR.public, b"keys", _PLACE)
    with pytest.raises(WrongKey):
        open_with(new_private_key(), sealed, _PLACE)


@given(st.integers(0, 3000))
@settings(deadline=None, max_examples=40)
def test_the_length_reveals_the_step_alone(length: int) -> None:
    sealed = seal_to(_PAIR.public, os.urandom(length), _PLACE)
    assert len(sealed) == 1 + 1120 + size_step(4 + length) + 16


def test_the_same_content_is_never_sealed_to_the_same_bytes() -> None:
    assert len({seal_to(_PAIR.public, b"keys", _PLACE)[1:33] for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "public",
    [b"", _PAIR.public[:-1], _PAIR.public + b"\x00", b"\xff" * 1216],
    ids=["empty", "short", "long", "coefficients out of range"],
)
def test_what_is_no_public_key_is_damaged(public: bytes) -> None:
    with pytest.raises(Damaged):
        seal_to(public, b"keys", _PLACE)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_private_key_of_another_size_is_refused_everywhere(size: int) -> None:
    sealed = seal_to(_PAIR.public, b"keys", _PLACE)
    with pytest.raises(WrongKey):
        open_with(bytes(size), sealed, _PLACE)
    with pytest.raises(WrongKey):
        public_key(bytes(size))


def test_more_than_one_sealing_may_carry_is_refused() -> None:
    with pytest.raises(TooLarge):
        seal_to(_PAIR.public, bytes(LARGEST_CONTENT_BYTES + 1), _PLACE)


def test_a_key_pair_does_not_show_its_private_half() -> None:
    assert "expanded" not in repr(_PAIR)
    assert len(_PAIR.public) == 1216


def test_many_threads_share_one_key_pair() -> None:
    def there_and_back(number: int) -> bytes:
        return open_with(_PAIR, seal_to(_PAIR.public, str(number).encode(), _PLACE), _PLACE)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(there_and_back, range(200))) == [str(number).encode() for number in range(200)]


def test_private_keys_are_drawn_anew() -> None:
    assert len({new_private_key() for _ in range(100)}) == 100
    assert len(new_private_key()) == 32
