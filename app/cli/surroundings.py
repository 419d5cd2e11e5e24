"""What every command stands on: the one list of commands, a migrated database, the service's key, a plain end."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from app.accounts.errors import NotInstalled
from app.accounts.installation import about
from app.accounts.setup import Founded
from app.accounts.vouching_anchor import anchor_to
from app.settings import ROOT_FINGERPRINT, Settings
from app.storage.blobs import Blobs, Folder
from app.storage.engine import make_engine
from app.storage.migrate import upgrade
from app.storage.sessions import session_scope
from app.storage.store import Access, Store

commands = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
# For a command that is given an id: one of an older release may begin with "-", and is no option.
TAKES_AN_ID = {"ignore_unknown_options": True}
SERVICE_KEY = "service.key"
# What lies in the data folder and must survive the machine; a backup carries it beside the rows.
KEPT_FILES = (SERVICE_KEY, ROOT_FINGERPRINT)


def keep_outside(settings: Settings, engine: Engine, founded: Founded) -> None:
    """Write what must not stand in the database: the key that signs machine events, and which root is trusted."""
    for name, content in ((SERVICE_KEY, founded.service_private), (ROOT_FINGERPRINT, founded.fingerprint)):
        handle = os.open(settings.data_dir / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(content.hex())
    # What an older installation in this folder had reached says nothing of this one.
    settings.witness.unlink(missing_ok=True)
    anchor_to(engine, founded.fingerprint, settings.witness)


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
    try:
        upgrade(settings.database)
    except (OperationalError, InterfaceError) as error:
        # The error's own words may carry what a statement carried; its class does not.
        stop(
            f"The database cannot be used now ({type(error).__name__}): is it up, is there room, is its address right?"
        )
    engine = make_engine(settings.database)
    anchor_to(engine, settings.trusted_root, settings.witness)
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
            stop("There is no installation here yet: begin with `rodyna setup` or `rodyna init`, or see `rodyna demo`.")
        yield engine


def blobs_at(settings: Settings, place: str) -> Blobs:
    """What lies in a folder (a path or ``file:///…``) or under a prefix of a bucket (``s3://…``)."""
    if place.startswith("s3://"):
        access = Access(settings.blobs_endpoint, settings.blobs_region, settings.blobs_key_id, settings.blobs_secret)
        return Store(place, access)
    return Folder(Path(place.removeprefix("file://")))


def kept_backups(settings: Settings) -> Blobs:
    """Where backups lie, unless a command says another place."""
    return blobs_at(settings, f"{settings.blobs}/backups")


def stop(message: str) -> NoReturn:
    """End the command with a message."""
    typer.echo(message, err=True)
    raise typer.Exit(1)
