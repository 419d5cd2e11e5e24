"""The one format of what this room writes: pieces behind their lengths, counted and signed, in a sealed stream.

Whoever has the public key can seal, so the service signs the digest of all pieces: a file that somebody else wrote is
not taken for ours. Nothing that was signed can be cut off, since the signature stands at the end.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.backups.errors import BackupRefused, NotTheSame
from app.storage.copying import Unreadable, read_piece, write_piece
from app.vault.context import Purpose, context
from app.vault.errors import BadSignature, VaultError
from app.vault.signing import sign, verify
from app.vault.streams import HEADER_BYTES, StreamKey, begin_stream, open_stream, read_header, seal_stream

BLOCK_BYTES = 1 << 16
LARGEST_PIECE_BYTES = 1 << 30
_LENGTH_BYTES = 4
_END = "signature"


@dataclass(frozen=True)
class Sealer:
    """Who a file is sealed to, and who signs it."""

    public: bytes
    signing_key: bytes = field(repr=False)


def write(path: Path, purpose: Purpose, sealer: Sealer, pieces: Iterable[bytes]) -> int:
    """Write a file whole or not at all, read it back from the disk, and give its size.

    Raises: :class:`~app.backups.errors.NotTheSame`, ``OSError``.
    """
    header, stream = begin_stream(sealer.public, context(purpose))
    digest = hashlib.sha256()
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(header)
            for sealed in seal_stream(stream, _framed(pieces, purpose, sealer, digest)):
                file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        _check(partial, stream, digest.digest())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    _flush_folder(path.parent)
    return path.stat().st_size


def read(path: Path, purpose: Purpose, private: bytes) -> Iterator[bytes]:
    """The pieces of a file, the signed end among them: nothing is proven before :func:`check_end` was given it.

    Raises: :class:`~app.backups.errors.BackupRefused`.
    """
    try:
        with path.open("rb") as file:
            stream = read_header(private, file.read(HEADER_BYTES), context(purpose))
            yield from _pieces(open_stream(stream, _blocks(file)))
    except VaultError as error:
        raise BackupRefused(f"{path.name}: not a whole file of this kind, or not for this key: {error}") from None


def read_checked(path: Path, purpose: Purpose, private: bytes, verify_key: bytes) -> Iterator[dict[str, Any]]:
    """The contents of all pieces but the end, which is checked when the last has been taken.

    Raises: :class:`~app.backups.errors.BackupRefused`.
    """
    digest, ended = hashlib.sha256(), False
    for piece in read(path, purpose, private):
        content = _read_piece(path, piece)
        if _END in content:
            _check_end(path, purpose, content[_END], digest.digest(), verify_key)
            ended = True
            continue
        digest.update(piece)
        yield content
    if not ended:
        raise BackupRefused(f"{path.name}: the end is missing")


def _framed(pieces: Iterable[bytes], purpose: Purpose, sealer: Sealer, digest: Any) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield _frame(piece)
    signature = sign(sealer.signing_key, digest.digest(), context(purpose))
    yield _frame(write_piece({_END: signature}))


def _check_end(path: Path, purpose: Purpose, signature: bytes, digest: bytes, verify_key: bytes) -> None:
    try:
        verify(verify_key, signature, digest, context(purpose))
    except BadSignature:
        raise BackupRefused(f"{path.name}: not signed by this installation's service") from None


def _check(path: Path, stream: StreamKey, expected: bytes) -> None:
    """Open what lies on the disk with the key that is still at hand, and hold it against what was to be written."""
    digest, last = hashlib.sha256(), b""
    with path.open("rb") as file:
        file.seek(HEADER_BYTES)
        try:
            for piece in _pieces(open_stream(stream, _blocks(file))):
                digest.update(last)
                last = piece
        except VaultError:
            raise NotTheSame(path.name) from None
    if digest.digest() != expected or _END not in read_piece(last):
        raise NotTheSame(path.name)


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


def _read_piece(path: Path, piece: bytes) -> dict[str, Any]:
    try:
        return read_piece(piece)
    except Unreadable as error:
        raise BackupRefused(f"{path.name}: {error}") from None


def _blocks(file: Any) -> Iterator[bytes]:
    while block := file.read(BLOCK_BYTES):
        yield block


def _flush_folder(folder: Path) -> None:
    # Without this a power cut may leave the folder without the new name.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
