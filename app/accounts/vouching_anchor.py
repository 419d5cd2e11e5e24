"""What vouching rests on outside the database: the root's fingerprint, and the highest numbers seen so far.

Both belong to an engine: a process that opens a database says once which root it trusts there. Who can write to the
database reaches neither. The witness is a small file in the data folder: without it a process that just started could
not tell an old state, put back whole, from the newest one. It cannot show what happened before it was first written,
nor that it was itself put back together with the database.
"""

import fcntl
import json
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlmodel import Session

from app.vault.context import Purpose, context
from app.vault.digest import sha256

log = logging.getLogger(__name__)

# Chain -> number and digest of the highest statement that was verified.
Heads = Mapping[str, tuple[int, bytes]]
# What is no chain of statements, but is done once and never again, stands beside them under names that begin so.
ONCE = "once:"


def root_fingerprint(root_public: bytes) -> bytes:
    """What stands in the configuration: a hash (32 bytes) of the root's public signing key."""
    return sha256(context(Purpose.ROOT_FINGERPRINT, root_public))


@dataclass
class Anchor:
    """The root that is trusted in a database, the witness, and what was verified last (by its own bytes)."""

    fingerprint: bytes | None
    witness: Path | None = None
    kept: dict[str, Any] = field(default_factory=dict)
    _seen: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False)
    _raised: int = 0

    def stamp(self) -> tuple[int, tuple[int, int] | None]:
        """What is another as soon as this process or another one has seen a higher number; asked with every request."""
        try:
            found = self.witness.stat() if self.witness is not None else None
        except OSError:
            found = None
        return self._raised, None if found is None else (found.st_ino, found.st_mtime_ns)

    def seen(self) -> Heads:
        """The highest numbers of chains that this process, or any other on this machine, has seen."""
        return {chain: head for chain, head in self._all().items() if not chain.startswith(ONCE)}

    def done_once(self) -> Heads:
        """What was done once and for all, with its number and digest, by its name behind :data:`ONCE`."""
        return {name.removeprefix(ONCE): head for name, head in self._all().items() if name.startswith(ONCE)}

    def note(self, heads: Heads) -> None:
        """Keep ``heads``, which were verified, in the process and in the file."""
        with self._lock:
            self._merge(heads)
            if self.witness is not None:
                try:
                    _raise_to(self.witness, self._seen)
                except OSError as error:
                    # A full disk, or a folder of others, keeps no family out; this process remembers all the same.
                    log.warning("the witness cannot be written: %s", type(error).__name__)

    def _all(self) -> Heads:
        with self._lock:
            self._merge(_read(self.witness))
            return dict(self._seen)

    def _merge(self, heads: Heads) -> None:
        for chain, head in heads.items():
            if chain not in self._seen or head[0] > self._seen[chain][0]:
                self._seen[chain] = head
                self._raised += 1


_anchors: WeakKeyDictionary[Engine, Anchor] = WeakKeyDictionary()


def anchor_to(engine: Engine, fingerprint: bytes | None, witness: Path | None = None) -> None:
    """Say which root is trusted in this database; None trusts nobody, and nothing is received."""
    _anchors[engine] = Anchor(fingerprint, witness)


def anchor_of(session: Session) -> Anchor:
    """The anchor of a session's database; one that trusts nobody where nothing was said."""
    bind = session.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    return _anchors.setdefault(engine, Anchor(None))


def _read(path: Path | None) -> Heads:
    if path is None:
        return {}
    try:
        kept = json.loads(path.read_text(encoding="ascii"))
        return {chain: (int(number), bytes.fromhex(digest)) for chain, (number, digest) in kept.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        # One that cannot be read says no more than one that was deleted, and must not keep families out.
        log.warning("the witness cannot be read: %s", type(error).__name__)
        return {}


def _raise_to(path: Path, heads: Heads) -> None:
    """Write what is higher than the file says, whole or not at all, one process after another."""
    handle = os.open(path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        kept = dict(_read(path))
        higher = {chain: head for chain, head in heads.items() if chain not in kept or head[0] > kept[chain][0]}
        if not higher:
            return
        content = {chain: [number, digest.hex()] for chain, (number, digest) in sorted((kept | higher).items())}
        beside = path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)
