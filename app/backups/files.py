"""The one format of what this room writes: pieces behind their lengths, counted and signed, in a sealed stream.

Whoever has the public key can seal, so the service signs the digest of all pieces: a file that somebody else wrote is
not taken for ours. Nothing that was signed can be cut off, since the signature stands at the end.
"""

import hashlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from app.backups.errors import BackupRefused, NotTheSame
from app.storage.blobs import Blobs
from app.storage.copying import Unreadable, read_piece, write_piece
from app.vault.context import Purpose, context
from app.vault.errors import BadSignature, VaultError
from app.vault.signing import sign, verify
from app.vault.streams import HEADER_BYTES, StreamKey, begin_stream, open_stream, read_header, seal_stream

LARGEST_PIECE_BYTES = 1 << 30
_LENGTH_BYTES = 4
_END = "signature"


@dataclass(frozen=True)
class Sealer:
    """Who a file is sealed to, and who signs it."""

    public: bytes
    signing_key: bytes = field(repr=False)


def write(blobs: Blobs, name: str, purpose: Purpose, sealer: Sealer, pieces: Generator[bytes]) -> int:
    """Write a blob whole or not at all, read it back from where it lies, and give its size.

    However it ends, ``pieces`` is closed with it: whoever gives them holds a transaction open meanwhile.

    Raises: :class:`~app.backups.errors.NotTheSame`, ``OSError``.
    """
    header, stream = begin_stream(sealer.public, context(purpose))
    digest = hashlib.sha256()
    with closing(pieces):
        sealed = chain([header], seal_stream(stream, _framed(pieces, purpose, sealer, digest)))
        return blobs.put(name, sealed, lambda back: _check(name, back, stream, digest.digest()))


def read(blobs: Blobs, name: str, purpose: Purpose, private: bytes) -> Iterator[bytes]:
    """The pieces of a blob, the signed end among them: nothing is proven before :func:`check_end` was given it.

    Raises: :class:`~app.backups.errors.BackupRefused`, ``OSError``.
    """
    try:
        header, rest = _behind_header(blobs.get(name))
        yield from _pieces(open_stream(read_header(private, header, context(purpose)), rest))
    except VaultError as error:
        raise BackupRefused(f"{name}: not a whole file of this kind, or not for this key: {error}") from None


def read_checked(
    blobs: Blobs, name: str, purpose: Purpose, private: bytes, verify_key: bytes
) -> Iterator[dict[str, Any]]:
    """The contents of all pieces but the end, which is checked when the last has been taken.

    Raises: :class:`~app.backups.errors.BackupRefused`.
    """
    digest, ended = hashlib.sha256(), False
    for piece in read(blobs, name, purpose, private):
        content = _read_piece(name, piece)
        if _END in content:
            _check_end(name, purpose, content[_END], digest.digest(), verify_key)
            ended = True
            continue
        digest.update(piece)
        yield content
    if not ended:
        raise BackupRefused(f"{name}: the end is missing")


def _framed(pieces: Iterable[bytes], purpose: Purpose, sealer: Sealer, digest: Any) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield _frame(piece)
    signature = sign(sealer.signing_key, digest.digest(), context(purpose))
    yield _frame(write_piece({_END: signature}))


def _check_end(name: str, purpose: Purpose, signature: bytes, digest: bytes, verify_key: bytes) -> None:
    try:
        verify(verify_key, signature, digest, context(purpose))
    except BadSignature:
        raise BackupRefused(f"{name}: not signed by this installation's service") from None


def _check(name: str, back: Iterator[bytes], stream: StreamKey, expected: bytes) -> None:
    """Open what was read back with the key that is still at hand, and hold it against what was to be written."""
    digest, last = hashlib.sha256(), b""
    try:
        for piece in _pieces(open_stream(stream, _behind_header(back)[1])):
            digest.update(last)
            last = piece
    except VaultError:
        raise NotTheSame(name) from None
    if digest.digest() != expected or _END not in read_piece(last):
        raise NotTheSame(name)


def _behind_header(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, however they come, and what follows them; a shorter blob has a shorter header."""
    kept = b""
    while len(kept) < HEADER_BYTES and (chunk := next(chunks, b"")):
        kept += chunk
    return kept[:HEADER_BYTES], chain([kept[HEADER_BYTES:]] if kept[HEADER_BYTES:] else [], chunks)


def _frame(piece: bytes) -> bytes:
    return len(piece).to_bytes(_LENGTH_BYTES, "big") + piece


def _pieces(opened: Iterable[bytes]) -> Iterator[bytes]:
    kept = bytearray()
    for block in opened:
        kept += block
        at = 0
        while len(kept) - at >= _LENGTH_BYTES:
            length = int.from_bytes(kept[at : at + _LENGTH_BYTES], "big")
            if length > LARGEST_PIECE_BYTES:
                raise BackupRefused("a piece is longer than any that is written")
            if len(kept) - at - _LENGTH_BYTES < length:
                break
            at += _LENGTH_BYTES
            yield bytes(kept[at : at + length])
            at += length
        del kept[:at]
    if kept:
        raise BackupRefused("the last piece is cut short")


def _read_piece(name: str, piece: bytes) -> dict[str, Any]:
    try:
        return read_piece(piece)
    except Unreadable as error:
        raise BackupRefused(f"{name}: {error}") from None
