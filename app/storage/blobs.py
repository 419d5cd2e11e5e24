"""Blobs: sealed files in a folder or in an S3-compatible store. Whatever is put here was sealed before.

A blob is there whole or not at all: it is written under another name, handed to the caller's check as it was read back,
and only then gets its own. Both kinds take and give it in pieces, so that memory does not grow with it. What fails is
an ``OSError``, also where a store does not answer after some tries.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

BLOCK_BYTES = 1 << 16
Check = Callable[[Iterator[bytes]], None]


@dataclass(frozen=True)
class Blob:
    """What lies in a folder or a store, and since when."""

    name: str
    size: int
    written: datetime


class Blobs(Protocol):
    """Where blobs lie. Names have no slash."""

    @property
    def place(self) -> str:
        """Where that is, in words for an operator; no secret is in it."""

    def put(self, name: str, chunks: Iterable[bytes], check: Check) -> int:
        """Keep a blob in the place of any older one of this name, once ``check`` has not raised; give its size."""

    def get(self, name: str) -> Iterator[bytes]:
        """The blob, piece by piece. Raises: ``FileNotFoundError``."""

    def listed(self) -> list[Blob]:
        """What is there, without what was never finished."""

    def delete(self, name: str) -> None:
        """Take a blob away."""

    def sweep(self, now: datetime) -> None:
        """Take away what a process that was killed had begun and never finished."""


@dataclass(frozen=True)
class Folder:
    """Blobs as files of a folder that only the program's own user reads."""

    path: Path

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.path)

    def put(self, name: str, chunks: Iterable[bytes], check: Check) -> int:
        """Write, flush to the disk, read back, then rename."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = self.path / f".{name}.partial"
        partial.unlink(missing_ok=True)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            check(_blocks(partial))
            partial.rename(self.path / name)
        finally:
            partial.unlink(missing_ok=True)
        _flush_folder(self.path)
        return (self.path / name).stat().st_size

    def get(self, name: str) -> Iterator[bytes]:
        """Read the file."""
        return _blocks(self.path / name)

    def listed(self) -> list[Blob]:
        """The files whose names do not begin with a point."""
        if not self.path.is_dir():
            return []
        found = [(path, path.stat()) for path in sorted(self.path.iterdir()) if not path.name.startswith(".")]
        return [
            Blob(path.name, about.st_size, datetime.fromtimestamp(about.st_mtime, UTC))
            for path, about in found
            if stat.S_ISREG(about.st_mode)
        ]

    def delete(self, name: str) -> None:
        """Unlink the file."""
        (self.path / name).unlink()

    def sweep(self, now: datetime) -> None:  # noqa: ARG002 - a store goes by the time, a folder need not.
        """Unlink the partial files: whoever writes holds the folder alone."""
        for path in self.path.glob(".*.partial"):
            path.unlink()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def _flush_folder(folder: Path) -> None:
    # Without this a power cut may leave the folder without the new name.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
