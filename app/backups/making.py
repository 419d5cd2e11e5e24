"""Making a backup of a running installation, the list of what stands beside it, and deleting those that are too old."""

import secrets
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from app.backups.files import Sealer, write
from app.backups.standing import list_standing
from app.storage.blobs import Blob, Blobs
from app.storage.columns import FLEETING, day_of
from app.storage.copying import copy_out, revision_of, snapshot, tables_marked, write_piece
from app.vault.context import Purpose

STANDING = "rodyna.standing"
_SUFFIX = ".backup"
_PREFIX = "rodyna-"


@dataclass(frozen=True)
class Made:
    """A backup that was written and read back."""

    name: str
    size: int


def make_backup(engine: Engine, blobs: Blobs, sealer: Sealer, files: Mapping[str, bytes], now: datetime) -> Made:
    """Write a backup of the rows of one moment and of ``files``, then the list of what stands.

    Raises: :class:`~app.backups.errors.NotTheSame`, ``OSError``.
    """
    # The day and chance: what a name tells of the hour, the file's own time tells as well, but a copy need not.
    name = f"{_PREFIX}{day_of(now).isoformat()}-{secrets.token_hex(4)}{_SUFFIX}"
    size = write(blobs, name, Purpose.BACKUP, sealer, _everything(engine, files, now))
    note_standing(engine, blobs, sealer, now)
    return Made(name, size)


def note_standing(engine: Engine, blobs: Blobs, sealer: Sealer, now: datetime) -> None:
    """Write the list of what stands anew, in the place of the last one."""

    def pieces() -> Generator[bytes]:
        with snapshot(engine) as connection:
            yield from list_standing(connection, now)

    write(blobs, STANDING, Purpose.STANDING, sealer, pieces())


def delete_old(blobs: Blobs, keep: timedelta, now: datetime) -> int:
    """Delete the backups of days longer ago than ``keep``, but never the newest one; say how many."""
    made = sorted((day, blob.name) for blob in backups(blobs) if (day := _day(blob.name)) is not None)
    old = [name for day, name in made[:-1] if day < day_of(now) - keep]
    for name in old:
        blobs.delete(name)
    blobs.sweep(now)
    return len(old)


def backups(blobs: Blobs) -> list[Blob]:
    """The backups that lie there."""
    return [blob for blob in blobs.listed() if blob.name.startswith(_PREFIX) and blob.name.endswith(_SUFFIX)]


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name.removeprefix(_PREFIX)[:10])
    except ValueError:
        return None


def _everything(engine: Engine, files: Mapping[str, bytes], now: datetime) -> Generator[bytes]:
    with snapshot(engine) as connection:
        yield write_piece({"made": now, "revision": revision_of(connection), "files": dict(files)})
        yield from copy_out(connection, tables_marked(FLEETING))
