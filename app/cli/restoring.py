"""``rodyna restore``: a backup put back onto an empty machine, without what was taken back since it was made."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from app.accounts.vouching_anchor import anchor_to, root_fingerprint
from app.backups.errors import BackupRefused
from app.backups.making import STANDING
from app.backups.restoring import Checked, check_backup, note_withdrawn, put_back, read_standing, take_out
from app.cli.keeping import verdict_on_record
from app.cli.surroundings import KEPT_FILES, blobs_at, commands, stop
from app.settings import Settings
from app.storage.blobs import Blobs
from app.storage.copying import is_bare
from app.storage.engine import make_engine
from app.storage.erasing import erase_remains
from app.storage.migrate import downgrade, upgrade
from app.storage.sessions import session_scope


@commands.command()
def restore(
    backup: Annotated[str, typer.Argument(help="the backup: a file, or s3://bucket/prefix/name")],
    key: Annotated[Path, typer.Option(help="a file with the backup key from paper (64 hexadecimal digits)")],
    standing: Annotated[
        str | None, typer.Option(help="the list of what stands; without it the one beside the backup")
    ] = None,
    without_standing: Annotated[
        bool, typer.Option("--without-standing", help="there is no list: what was withdrawn since comes back")
    ] = False,
) -> None:
    """Put a backup back onto a machine where nothing is installed yet."""
    settings = Settings()
    blobs, name = _placed(settings, backup)
    try:
        listed = _listed(settings, blobs, standing)
    except OSError as error:
        stop(f"Nothing was restored. {error.filename}: {error.strerror}")
    if not without_standing and listed is None:
        stop(
            f"{standing or f'{blobs.place}/{STANDING}'} is not there. It keeps back what families withdrew since the"
            " backup was made: give it with --standing, or say --without-standing, and that comes back."
        )
    try:
        private = read_key(key)
        checked = check_backup(blobs, name, private)
        _refuse_other_files(checked)
        typer.echo(f"The backup is whole, of {checked.made:%Y-%m-%d %H:%M} UTC, signed by its own service.")
        root = root_fingerprint(checked.root_public)
        if settings.root_fingerprint and settings.trusted_root != root:
            stop(f"Nothing was restored. The root of this backup is {root.hex()}, and another one is set as trusted.")
        with _empty(settings) as engine:
            _put_back(settings, engine, checked, private, None if without_standing else listed)
    except BackupRefused as error:
        stop(f"Nothing was restored. {error}")
    except OSError as error:
        stop(f"Nothing was restored. {error.filename}: {error.strerror}")
    _say_what_next(settings, checked)


@dataclass(frozen=True)
class List:
    """Where the list of what stands lies."""

    blobs: Blobs
    name: str


def _placed(settings: Settings, given: str) -> tuple[Blobs, str]:
    """The folder or prefix that something lies in, and its name there."""
    place, slash, name = given.rpartition("/")
    return blobs_at(settings, place or slash or "."), name


def _listed(settings: Settings, beside: Blobs, given: str | None) -> List | None:
    """The list that was named, or the one beside the backup; None where it is not there."""
    blobs, name = (beside, STANDING) if given is None else _placed(settings, given)
    return List(blobs, name) if any(blob.name == name for blob in blobs.listed()) else None


def read_key(path: Path) -> bytes:
    """The backup key from a file: the digits alone, or the file that ``init`` wrote.

    Raises: ``BackupRefused``.
    """
    text = path.read_text(encoding="utf-8").strip()
    try:
        if text.startswith("{"):
            text = json.loads(text)["backup_private"]
        return bytes.fromhex(text)
    except (ValueError, KeyError, TypeError):
        raise BackupRefused(f"{path.name} holds no key: 64 hexadecimal digits are wanted") from None


def _refuse_other_files(backup: Checked) -> None:
    """Whoever may write where backups lie can make one, and a file's name in it could lead anywhere on this machine.

    Raises: ``BackupRefused``.
    """
    if not set(backup.files) <= set(KEPT_FILES):
        raise BackupRefused(f"{backup.name}: there are files in it that no backup carries")


@contextmanager
def _empty(settings: Settings) -> Iterator[Engine]:
    """A database without a row; tables that an earlier try left are made anew in the backup's own shape."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = make_engine(settings.database)
    try:
        if not is_bare(engine):
            stop("There is something in this database already. Nothing was restored.")
        yield engine
    finally:
        engine.dispose()


def _put_back(settings: Settings, engine: Engine, backup: Checked, private: bytes, listed: List | None) -> None:
    if listed is not None:
        made, shape = read_standing(listed.blobs, listed.name, backup, private)
    downgrade(settings.database, "base")
    upgrade(settings.database, backup.revision)
    counts = put_back(engine, backup, private)
    typer.echo(f"{sum(counts.values()):,} rows are back.")
    if listed is not None:
        upgrade(settings.database, shape)
        gone = take_out(engine, listed.blobs, listed.name, backup, private)
        upgrade(settings.database)
        with session_scope(engine) as session:
            note_withdrawn(session, gone, made)
        typer.echo(f"Taken out, since it was deleted by {made:%Y-%m-%d %H:%M} UTC: {gone.rows:,} rows.")
        # They were in the files for a moment.
        erase_remains(engine, rewrite=True)
    upgrade(settings.database)
    for name, content in backup.files.items():
        _write_private(settings.data_dir / name, content)
    # What an older installation in this folder had reached says nothing of this one.
    settings.witness.unlink(missing_ok=True)
    anchor_to(engine, root_fingerprint(backup.root_public), settings.witness)
    with session_scope(engine) as session:
        verdict = verdict_on_record(session)
    if verdict.reason is not None:
        stop(f"Everything is back, but the record is broken: {verdict.reason}. Do not go on before you know why.")
    typer.echo(f"The record holds, {verdict.entries:,} entries. Head: {verdict.head}")


def _write_private(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _say_what_next(settings: Settings, backup: Checked) -> None:
    typer.echo(
        f"Fingerprint of the root key: {root_fingerprint(backup.root_public).hex()}. Hold it against the one on paper."
    )
    typer.echo("Hold the head against the last one that left the machine: `rodyna verify HEAD`.")
    typer.echo("Everybody logs in anew; drafts that were under way are over. Destroy the file with the key.")
    typer.echo(f"The data folder is {settings.data_dir}. Look it over with `rodyna doctor` before you serve.")
