"""Padding hides the length up to a step, and reads back only what it wrote."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vault.errors import Damaged, TooLarge
from app.vault.padding import LARGEST_CONTENT_BYTES, pad, size_step, unpad

_STEPS = [256, 512, 1024, 2048, 4096, 5120, 6144, 7168, 8192, 10240, 12288, 14336, 16384, 20480, 24576, 28672, 32768]


def test_steps_double_up_to_four_kibibytes_and_come_in_quarters_above() -> None:
    assert sorted({size_step(size) for size in range(1, 32769)}) == _STEPS


@given(st.integers(1, 64 * 1024 * 1024))
@settings(deadline=None)
def test_a_step_is_never_too_small_and_wastes_little_of_large_content(size: int) -> None:
    step = size_step(size)
    assert step >= size
    assert size_step(step) == step
    if size > 4096:
        assert (step - size) * 5 <= step


@given(st.binary(max_size=5000))
@settings(deadline=None)
def test_content_comes_back(content: bytes) -> None:
    assert unpad(pad(content)) == content


@pytest.mark.parametrize(
    ("length", "padded"), [(0, 256), (252, 256), (253, 512), (508, 512), (4092, 4096), (4093, 5120)]
)
def test_the_length_counts_into_the_step(length: int, padded: int) -> None:
    assert len(pad(b"x" * length)) == padded


def test_the_form_is_length_content_zeros() -> None:
    assert pad("ні".encode()) == b"\x00\x00\x00\x04\xd0\xbd\xd1\x96" + bytes(248)


def test_content_at_the_limit_is_padded_and_above_it_refused() -> None:
    largest = bytes(LARGEST_CONTENT_BYTES)
    assert unpad(pad(largest)) == largest
    with pytest.raises(TooLarge):
        pad(largest + b"\x00")


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        bytes(3),
        bytes(255),
        bytes(512),  # An empty content belongs into 256.
        (253).to_bytes(4, "big") + bytes(252),  # The length reaches over the end.
        b"\xff\xff\xff\xff" + bytes(252),
        b"\x00\x00\x00\x01a" + bytes(250) + b"\x01",  # Something behind the content.
        b"\x00\x00\x00\x01a\x01" + bytes(250),
        pad(b"a" * 300) + bytes(512),
        pad(b"a" * 5000)[:-1024],
    ],
)
def test_what_pad_cannot_have_written_is_damaged(padded: bytes) -> None:
    with pytest.raises(Damaged):
        unpad(padded)


@given(st.binary(max_size=600))
@settings(deadline=None)
def test_any_bytes_are_read_back_or_damaged(padded: bytes) -> None:
    try:
        content = unpad(padded)
    except Damaged:
        return
    assert pad(content) == padded
