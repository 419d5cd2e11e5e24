"""``rodyna setup``: the first set-up by page, behind a link that this console alone is told."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer
from sqlalchemy import Engine

from app.accounts.first_setup import LASTS, FirstSetup, is_founded
from app.cli.serving import Patient, discreet
from app.cli.surroundings import commands, keep_outside, migrated, stop
from app.main import build_first_setup
from app.settings import Settings
from app.storage.sessions import session_scope
from app.web.origin import read_origins, safely_reached


@commands.command()
def setup(
    host: Annotated[str, typer.Option(help="where it listens")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="on which port")] = 8000,
) -> None:
    """Found an installation by page: print the link, serve it for an hour, and end once something is founded."""
    settings = Settings()
    if not (settings.is_local or safely_reached(read_origins(settings.origin))):
        stop("Keys are shown on these pages: set RODYNA_ORIGIN to this machine, an https address or an onion.")
    if settings.root_fingerprint:
        stop("RODYNA_ROOT_FINGERPRINT names a root already, and a new one is drawn here: take it out first.")
    with migrated(settings) as engine:
        if _founded(engine):
            stop("This database holds an installation already. Nothing was changed.")
        first = FirstSetup(ends=datetime.now(UTC) + LASTS)
        typer.echo(f"Open this once, within the hour, where nobody looks on:\n  {_address(settings, first)}")
        _serve(settings, first, engine, host, port)
        if not _founded(engine):
            stop("Nothing was founded, and nothing is left of it. Begin again with `rodyna setup`.")
    typer.echo("Founded. Now start `rodyna serve` and `rodyna work`.")


def _serve(settings: Settings, first: FirstSetup, engine: Engine, host: str, port: int) -> None:
    async def look() -> None:
        if datetime.now(UTC) >= first.ends or _founded(engine):
            server.should_exit = True

    application = build_first_setup(settings, first, partial(keep_outside, settings))
    server = Patient(discreet(application, host, port, callback_notify=look, timeout_notify=1))
    server.run()
    if not server.started:
        stop("The page could not be served.")


def _founded(engine: Engine) -> bool:
    with session_scope(engine) as session:
        return is_founded(session)


def _address(settings: Settings, first: FirstSetup) -> str:
    return f"{settings.origin.split()[0]}/setup/{first.token}"
