"""Streams: large content sealed to a key pair opens whole, in its place, for its holder, or not at all."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vault.context import Purpose, context
from app.vault.errors import Damaged, UnknownFormat, VaultError, WrongKey
from app.vault.hybrid import public_key
from app.vault.streams import HEADER_BYTES, StreamKey, begin_stream, open_stream, read_header, seal_stream
from tests.vault.known_answers import known, raw

PRIVATE = bytes(range(32))
PLACE = context(Purpose.BACKUP)
CHUNK = 1 << 14


def sealed(*pieces: bytes) -> tuple[bytes, bytes]:
    header, stream = begin_stream(public_key(PRIVATE), PLACE)
    return header, b"".join(seal_stream(stream, pieces))


def opened(header: bytes, body: bytes, private: bytes = PRIVATE, place: bytes = PLACE) -> bytes:
    return b"".join(open_stream(read_header(private, header, place), [body]))


@pytest.mark.parametrize("case", known("streams", "sealed"))
def test_what_was_sealed_once_opens_for_ever(case: dict[str, Any]) -> None:
    whole = raw(case, "sealed")
    content = opened(whole[:HEADER_BYTES], whole[HEADER_BYTES:], raw(case, "private"), raw(case, "context"))

    assert content.decode() == case["content"]


@given(st.lists(st.binary(max_size=CHUNK * 2), max_size=4), st.integers(1, 70_000))
def test_content_in_any_pieces_opens_in_any_pieces(pieces: list[bytes], step: int) -> None:
    header, body = sealed(*pieces)
    stream = read_header(PRIVATE, header, PLACE)
    given_back = open_stream(stream, (body[at : at + step] for at in range(0, len(body), step)))

    assert len(header) == HEADER_BYTES
    assert b"".join(given_back) == b"".join(pieces)


@pytest.mark.parametrize("left", [0, 1, 60, CHUNK, CHUNK * 2, -1])
def test_a_stream_that_was_cut_off_anywhere_is_not_whole(left: int) -> None:
    header, body = sealed(bytes(CHUNK * 3))

    with pytest.raises(Damaged):
        opened(header, body[:left])


@pytest.mark.parametrize("at", [0, 40, CHUNK, CHUNK * 2 + 100, -1])
def test_a_flipped_bit_and_what_is_put_behind_are_noticed(at: int) -> None:
    header, body = sealed(bytes(CHUNK * 3))
    altered = bytearray(body)
    altered[at] ^= 1

    for other in (bytes(altered), body + b"\0", body[CHUNK:] + body[:CHUNK]):
        with pytest.raises(Damaged):
            opened(header, other)


def test_nothing_opens_for_another_holder_in_another_place_or_behind_another_header() -> None:
    header, body = sealed(b"content")
    other, _ = sealed(b"content")

    with pytest.raises(WrongKey):
        opened(header, body, bytes(32))
    with pytest.raises(WrongKey):
        opened(header, body, place=context(Purpose.STANDING))
    with pytest.raises(Damaged):
        opened(other, body)
    with pytest.raises(UnknownFormat):
        opened(b"\x02" + header[1:], body)
    for short in (b"", header[:10], header[:-1]):
        with pytest.raises(VaultError):
            opened(short, body)
    with pytest.raises(WrongKey):
        list(open_stream(StreamKey(b"short", b""), []))


def test_a_large_stream_is_never_held_as_a_whole() -> None:
    _, stream = begin_stream(public_key(PRIVATE), PLACE)
    held = 0

    def pieces() -> Iterator[bytes]:
        nonlocal held
        for _ in range(256):
            held += 1
            yield bytes(1 << 16)

    taken = 0
    for piece in open_stream(stream, seal_stream(stream, pieces())):
        taken += len(piece)
        # What was read and not given yet is at most a few chunks.
        assert held * (1 << 16) - taken <= 4 << 16
    assert taken == 256 << 16
