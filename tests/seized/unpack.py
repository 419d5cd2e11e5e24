"""Opens what hides its content from a search of bytes: compressed streams and databases.

zstd is not in this Python's standard library and nothing that the program runs on writes it.
"""

import bz2
import lzma
import re
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

_LARGEST_CONTENT_BYTES = 64 * 1024 * 1024
_FIRST_PIECE_BYTES = 64
_SQLITE_MAGIC = b"SQLite format 3\x00"


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _zlib_flags(method: int) -> bytes:
    """Return the second bytes that fit the first of a zlib stream (and ask for no dictionary)."""
    return bytes(flags for flags in range(256) if (method * 256 + flags) % 31 == 0 and not flags & 0x20)


_OPENERS: dict[str, Callable[[], _Decompressor]] = {
    "gzip": lambda: zlib.decompressobj(31),
    "zlib": lambda: zlib.decompressobj(15),
    "bz2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ),
    "lzma": lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE),
}
# The two bytes that may begin a zlib stream (RFC 1950, section 2.2) stand one by one, like the
# others: an expression that begins with one fixed byte is searched for at the speed of memory.
_MAGIC: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("gzip", re.compile(rb"\x1f\x8b\x08")),
    ("zip", re.compile(rb"PK\x03\x04")),
    ("bz2", re.compile(rb"BZh[1-9]1AY&SY")),
    ("xz", re.compile(rb"\xfd7zXZ\x00")),
    ("lzma", re.compile(rb"\x5d\x00\x00..\xff\xff", re.DOTALL)),
    *(
        ("zlib", re.compile(re.escape(bytes([method])) + b"[" + re.escape(_zlib_flags(method)) + b"]"))
        for method in range(0x08, 0x79, 0x10)
    ),
)


def streams(blob: bytes) -> Iterator[tuple[str, bytes]]:
    """Return the content of every compressed stream that begins anywhere in a blob.

    Raw deflate has no sign by which it is known: it is tried at the beginning of the blob and
    behind the head of a ZIP entry. A stream that is cut short gives what comes before the cut.
    """
    yield "deflate", inflated(blob)
    for kind, magic in _MAGIC:
        for found in magic.finditer(blob):
            if kind == "zip":
                yield kind, inflated(blob, _zip_content(blob, found.start()))
            else:
                yield kind, _decompressed(_OPENERS[kind](), memoryview(blob)[found.start() :])


def inflated(blob: bytes, start: int = 0) -> bytes:
    """Return what a blob holds if it is raw deflate (RFC 1951) from a place on."""
    return _decompressed(zlib.decompressobj(-15), memoryview(blob)[start:])


def _zip_content(blob: bytes, start: int) -> int:
    """Return where the content of a ZIP entry begins, whose head stands at ``start``."""
    name, extra = (int.from_bytes(blob[start + at : start + at + 2], "little") for at in (26, 28))
    return start + 30 + name + extra


def _decompressed(opened: _Decompressor, compressed: memoryview) -> bytes:
    """Return what can be decompressed, in growing pieces, so that noise is given up at once."""
    content, at, size = bytearray(), 0, _FIRST_PIECE_BYTES
    while at < len(compressed) and not opened.eof and len(content) < _LARGEST_CONTENT_BYTES:
        try:
            content += opened.decompress(bytes(compressed[at : at + size]), _LARGEST_CONTENT_BYTES)
        except (zlib.error, lzma.LZMAError, OSError, EOFError):
            break
        at, size = at + size, min(size * 2, 65536)
    return bytes(content)


def is_database(blob: bytes) -> bool:
    """Say whether a blob is an SQLite database."""
    return blob.startswith(_SQLITE_MAGIC)


def cells(database: bytes, journal: bytes | None) -> Iterator[bytes]:
    """Return the cells of every table in an SQLite database, its write-ahead log applied.

    What is longer than a page lies in pieces in the file and is whole only here.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.db"
        path.write_bytes(database)
        if journal is not None:
            path.with_name("copy.db-wal").write_bytes(journal)
        with closing(sqlite3.connect(path)) as connection:
            connection.text_factory = bytes
            yield from _cells_of(connection)


def _cells_of(connection: sqlite3.Connection) -> Iterator[bytes]:
    listed = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (name,) in [(b"sqlite_schema",), *listed]:
        quoted = name.decode().replace('"', '""')
        for row in connection.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 - a table's name cannot be a parameter
            yield from (cell if isinstance(cell, bytes) else str(cell).encode() for cell in row)
