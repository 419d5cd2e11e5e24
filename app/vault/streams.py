"""Sealing what is too large for one piece, such as a backup, to the holder of a key pair, in flat memory.

A fresh key is sealed by HPKE (``hybrid``); under it the content goes through C2SP's chunked encryption
(Cobblestone-256), which notices chunks that were altered, moved, or cut off at the end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from app.vault.context import Purpose
from app.vault.context import context as write_context
from app.vault.digest import sha256
from app.vault.errors import Damaged, WrongKey
from app.vault.formats import VERSION, body_of
from app.vault.hybrid import open_with, seal_to
from app.vault.symmetric import new_key

# Version byte, then the sealed key: version byte, encapsulated key, one size step, tag.
HEADER_BYTES = 1 + 1 + 1120 + 256 + 16


@dataclass(frozen=True)
class StreamKey:
    """The key of one stream, and the place that it is bound to."""

    key: bytes = field(repr=False)
    place: bytes = field(repr=False)


def begin_stream(public: bytes, context: bytes) -> tuple[bytes, StreamKey]:
    """Return the header of a new stream (1,394 bytes) that the holder of ``public`` can open, and its key.

    Raises: ``Damaged`` if ``public`` is no public key.
    """
    key = new_key()
    header = VERSION + seal_to(public, key, _key_context(context))
    return header, StreamKey(key, _place(context, header))


def read_header(private: bytes, header: bytes, context: bytes) -> StreamKey:
    """Return the key of the stream that ``header`` begins.

    Raises: ``WrongKey``, ``Damaged``, ``UnknownFormat``.
    """
    sealed = body_of(header, least_bytes=HEADER_BYTES - len(VERSION))
    return StreamKey(open_with(private, sealed, _key_context(context)), _place(context, header))


def seal_stream(stream: StreamKey, content: Iterable[bytes]) -> Iterator[bytes]:
    """Seal pieces of content, of any length, one after the other; what follows the header."""
    sealing = Cobblestone256Encryptor(stream.key, stream.place)
    for piece in content:
        yield sealing.update(piece)
    yield sealing.finalize()


def open_stream(stream: StreamKey, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """Open what :func:`seal_stream` made, in pieces of any length; each is checked before it is given.

    That the end was not cut off is known only when the last piece has been taken.

    Raises: ``Damaged``, ``WrongKey`` if the key has not 32 bytes.
    """
    try:
        opening = Cobblestone256Decryptor(stream.key, stream.place)
    except ValueError:
        raise WrongKey("a key has 32 bytes") from None
    try:
        for piece in sealed:
            yield opening.update(piece)
        yield opening.finalize()
    except (InvalidTag, ValueError):
        raise Damaged("the stream was altered or cut short") from None


def _key_context(context: bytes) -> bytes:
    return write_context(Purpose.STREAM_KEY, context)


def _place(context: bytes, header: bytes) -> bytes:
    # With the header bound, no content can be put behind another's.
    return write_context(Purpose.STREAM, context, sha256(header))
