"""``rodyna backup``: a sealed copy of everything that must survive the machine, made while the service runs."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from app.accounts.errors import NotVouched
from app.accounts.installation import backup_key
from app.backups.errors import NotTheSame
from app.backups.files import Sealer
from app.backups.making import delete_old, make_backup, note_standing
from app.cli.surroundings import KEPT_FILES, commands, installed, service_key, stop
from app.settings import Settings
from app.storage.sessions import session_scope


@commands.command()
def backup(
    target: Annotated[Path | None, typer.Argument(help="a folder; without one: backups/ in the data folder")] = None,
    keep_days: Annotated[int, typer.Option(min=1, help="older backups in the folder are deleted")] = 14,
    only_standing: Annotated[
        bool, typer.Option("--only-standing", help="write the list of what stands anew, and no backup")
    ] = False,
) -> None:
    """Write a sealed backup and the list of what stands, read both back, and delete what is too old."""
    settings = Settings()
    folder = target or settings.data_dir / "backups"
    with installed(settings) as engine:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _alone(folder):
                sealer = _sealer(settings, engine)
                if only_standing:
                    note_standing(engine, folder, sealer, datetime.now(UTC))
                    typer.echo("The list of what stands is written.")
                    return
                _back_up(settings, engine, folder, sealer, keep_days)
        except NotVouched:
            stop(
                "The installation's keys are not as the trusted root signed them: no backup is sealed to a stranger's"
                " key. `rodyna doctor` says what is wrong."
            )
        except NotTheSame:
            stop("What was read back is not what was written: do not trust this disk. The older backups stay.")
        except OSError as error:
            stop(f"Nothing could be written to {folder}: {error.strerror}. The older backups stay.")


def _back_up(settings: Settings, engine: Engine, folder: Path, sealer: Sealer, keep_days: int) -> None:
    now = datetime.now(UTC)
    paths = {name: settings.data_dir / name for name in KEPT_FILES}
    files = {name: path.read_bytes() for name, path in paths.items() if path.exists()}
    made = make_backup(engine, folder, sealer, files, now)
    deleted = delete_old(folder, timedelta(days=keep_days), now)
    typer.echo(f"{made.path}: {made.size:,} bytes, read back and whole. Older ones deleted: {deleted}.")
    typer.echo("It opens with the backup key on paper and nothing else. Keep a copy on another machine.")


def _sealer(settings: Settings, engine: Engine) -> Sealer:
    with session_scope(engine) as session:
        return Sealer(backup_key(session), service_key(settings))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        stop(f"Another backup to {folder} is under way.")
    finally:
        os.close(handle)
