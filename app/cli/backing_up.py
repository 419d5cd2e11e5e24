"""``rodyna backup``: a sealed copy of what must survive the machine, to a folder or a store, while the service runs."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Annotated

import typer
from sqlalchemy import Engine

from app.accounts.errors import NotVouched
from app.accounts.installation import backup_key
from app.backups.errors import NotTheSame
from app.backups.files import Sealer
from app.backups.making import delete_old, make_backup, note_standing
from app.cli.surroundings import KEPT_FILES, blobs_at, commands, installed, kept_backups, service_key, stop
from app.settings import Settings
from app.storage.blobs import Blobs, Folder
from app.storage.migrate import is_newer
from app.storage.sessions import session_scope

WAIT_SECONDS = 600


@commands.command()
def backup(
    target: Annotated[
        str | None, typer.Argument(help="a folder or s3://bucket/prefix; without one: backups/ where blobs lie")
    ] = None,
    keep_days: Annotated[int, typer.Option(min=1, help="older backups there are deleted")] = 14,
    only_standing: Annotated[
        bool, typer.Option("--only-standing", help="write the list of what stands anew, and no backup")
    ] = False,
) -> None:
    """Write a sealed backup and the list of what stands, read both back, and delete what is too old."""
    settings = Settings()
    blobs = kept_backups(settings) if target is None else blobs_at(settings, target)
    with installed(settings) as engine:
        _refuse_newer(engine)
        try:
            with _alone(blobs, settings):
                sealer = _sealer(settings, engine)
                if only_standing:
                    note_standing(engine, blobs, sealer, datetime.now(UTC))
                    typer.echo("The list of what stands is written.")
                    return
                _back_up(settings, engine, blobs, sealer, keep_days)
        except NotVouched:
            stop(
                "The installation's keys are not as the trusted root signed them: no backup is sealed to a stranger's"
                " key. `rodyna doctor` says what is wrong."
            )
        except NotTheSame:
            stop("What was read back is not what was written: do not trust this disk or store. The older backups stay.")
        except OSError as error:
            stop(f"Nothing could be written to {blobs.place}: {error.strerror}. The older backups stay.")


def _back_up(settings: Settings, engine: Engine, blobs: Blobs, sealer: Sealer, keep_days: int) -> None:
    now = datetime.now(UTC)
    paths = {name: settings.data_dir / name for name in KEPT_FILES}
    files = {name: path.read_bytes() for name, path in paths.items() if path.exists()}
    made = make_backup(engine, blobs, sealer, files, now)
    deleted = delete_old(blobs, timedelta(days=keep_days), now)
    typer.echo(f"{blobs.place}/{made.name}: {made.size:,} bytes, read back and whole. Older ones deleted: {deleted}.")
    typer.echo("It opens with the backup key on paper and nothing else. Keep a copy on another machine.")


def _refuse_newer(engine: Engine) -> None:
    """What a later release keeps out of backups is not known here."""
    with engine.connect() as connection:
        if is_newer(connection):
            stop("The database has the shape of a later release: back it up from a machine that has that release.")


def _sealer(settings: Settings, engine: Engine) -> Sealer:
    with session_scope(engine) as session:
        return Sealer(backup_key(session), service_key(settings))


@contextmanager
def _alone(blobs: Blobs, settings: Settings) -> Iterator[None]:
    """One at a time: to a folder, or from this machine to a store."""
    folder = blobs.path if isinstance(blobs, Folder) else settings.data_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        if not _locked(handle):
            stop(f"Another backup to {blobs.place} is under way.")
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    """Wait for whoever is at it: the hourly list and the nightly backup may meet."""
    until = monotonic() + WAIT_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= until:
                return False
            sleep(1)
        else:
            return True
