"""What every command stands on: the one list of commands, a migrated database, the service's key, a plain end."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import NoReturn

import typer
from sqlalchemy import Engine

from app.accounts.errors import NotInstalled
from app.accounts.installation import about
from app.accounts.setup import Founded
from app.settings import Settings
from app.storage.engine import make_engine
from app.storage.migrate import upgrade
from app.storage.sessions import session_scope

commands = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
SERVICE_KEY = "service.key"


def keep_service_key(settings: Settings, founded: Founded) -> None:
    """Write the key that signs machine events, for its owner alone."""
    path = settings.data_dir / SERVICE_KEY
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(founded.service_private.hex())


def service_key(settings: Settings) -> bytes:
    """The key that signs machine events (32 bytes)."""
    try:
        return bytes.fromhex((settings.data_dir / SERVICE_KEY).read_text(encoding="ascii"))
    except (OSError, ValueError):
        stop(f"{settings.data_dir / SERVICE_KEY} cannot be read: it was written when the installation was founded.")


@contextmanager
def migrated(settings: Settings) -> Generator[Engine]:
    """The database, brought to the newest shape."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    upgrade(settings.database)
    engine = make_engine(settings.database)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def installed(settings: Settings) -> Generator[Engine]:
    """The database of an installation; without one the command ends and says so."""
    with migrated(settings) as engine:
        try:
            with session_scope(engine) as session:
                about(session)
        except NotInstalled:
            stop("There is no installation here yet: begin with `rodyna init`, or look around with `rodyna demo`.")
        yield engine


def stop(message: str) -> NoReturn:
    """End the command with a message."""
    typer.echo(message, err=True)
    raise typer.Exit(1)
