"""Making a backup of a running installation, the list of what stands beside it, and deleting those that are too old."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from app.backups.files import Sealer, write
from app.backups.standing import list_standing
from app.storage.columns import FLEETING, day_of
from app.storage.copying import copy_out, revision_of, snapshot, tables_marked, write_piece
from app.vault.context import Purpose

STANDING = "rodyna.standing"
_SUFFIX = ".backup"
_PREFIX = "rodyna-"


@dataclass(frozen=True)
class Made:
    """A backup that was written and read back."""

    path: Path
    size: int


def make_backup(engine: Engine, folder: Path, sealer: Sealer, files: Mapping[str, bytes], now: datetime) -> Made:
    """Write a backup of the rows of one moment and of ``files``, then the list of what stands.

    Raises: :class:`~app.backups.errors.NotTheSame`, ``OSError``.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The day and chance: what a name tells of the hour, the file's own time tells as well, but a copy need not.
    path = folder / f"{_PREFIX}{day_of(now).isoformat()}-{secrets.token_hex(4)}{_SUFFIX}"
    size = write(path, Purpose.BACKUP, sealer, _everything(engine, files, now))
    note_standing(engine, folder, sealer, now)
    return Made(path, size)


def note_standing(engine: Engine, folder: Path, sealer: Sealer, now: datetime) -> Path:
    """Write the list of what stands anew, in the place of the last one."""

    def pieces() -> Iterator[bytes]:
        with snapshot(engine) as connection:
            yield from list_standing(connection, now)

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write(folder / STANDING, Purpose.STANDING, sealer, pieces())
    return folder / STANDING


def delete_old(folder: Path, keep: timedelta, now: datetime) -> int:
    """Delete the backups of days longer ago than ``keep``, but never the newest one; say how many."""
    made = sorted((day, path) for path in folder.glob(f"{_PREFIX}*{_SUFFIX}") if (day := _day(path)) is not None)
    old = [path for day, path in made[:-1] if day < day_of(now) - keep]
    for path in old:
        path.unlink()
    for path in folder.glob(".*.partial"):
        # Of a run that was killed; the lock of the command keeps a second run away.
        path.unlink()
    return len(old)


def _day(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.name.removeprefix(_PREFIX)[:10])
    except ValueError:
        return None


def _everything(engine: Engine, files: Mapping[str, bytes], now: datetime) -> Iterator[bytes]:
    with snapshot(engine) as connection:
        yield write_piece({"made": now, "revision": revision_of(connection), "files": dict(files)})
        yield from copy_out(connection, tables_marked(FLEETING))
