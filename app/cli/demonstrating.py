"""``rodyna demo``: a made-up cast and made-up cases on this machine alone."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from app.accounts.errors import InstalledAlready
from app.accounts.setup import found
from app.cli.surroundings import commands, keep_outside, migrated, stop
from app.demonstration.cast import ACCOUNTS_FILE, cast, write_accounts
from app.demonstration.filling import fill
from app.demonstration.journal import JOURNAL_FILE, Order
from app.duties import watch_clocks
from app.in_force.carried import carried
from app.settings import Settings
from app.storage.sessions import session_scope


@commands.command()
def demo(
    cases: Annotated[int, typer.Option(min=0, help="made-up cases: the written ones first, then drawn ones")] = 60,
    seed: Annotated[int, typer.Option(help="draws the same cases again")] = 2022,
) -> None:
    """Fill an installation with a made-up cast and made-up cases; refused on any address but this machine's."""
    settings = Settings()
    if not settings.is_local:
        stop("A demonstration is for this machine alone: RODYNA_ORIGIN names another. Nothing was changed.")
    with migrated(settings) as engine:
        _demonstrate(settings, engine, Order(cases, seed, datetime.now(UTC)))


def _demonstrate(settings: Settings, engine: Engine, order: Order) -> None:
    accounts = settings.data_dir / ACCOUNTS_FILE
    try:
        typer.echo("Founding the demonstration …")
        with session_scope(engine) as session:
            founded = found(session, cast(), practice=True, in_force=carried())
            keep_outside(settings, engine, founded)
            # Before the commit: an installation whose log-ins nobody has would be of no use.
            write_accounts(settings.data_dir, founded.people)
    except InstalledAlready:
        if not accounts.exists():
            stop("This database holds an installation already. Nothing was changed.")
        if not (settings.data_dir / JOURNAL_FILE).exists():
            # `make run` asks every time, and a demonstration's log-ins are no secret.
            typer.echo("The demonstration is here already; nothing was changed. Its log-ins:")
            _show_accounts(accounts)
            return
        typer.echo("The demonstration was cut off while it was filled, and goes on where it was.")
    root = settings.trusted_root
    assert root is not None
    filled = fill(engine, settings.database, root, settings.data_dir, order, _Bars())
    with session_scope(engine) as session:
        # What the worker does every few minutes: the first look at the desk finds what is late.
        watch_clocks(session, "", datetime.now(UTC))
    if filled.releases:
        typer.echo(f"{len(filled.releases)} releases of the statistics are made and confirmed: /uk/figures")
    typer.echo(f"{filled.cases} made-up cases are in. Log-ins: {accounts}")
    _show_accounts(accounts)


class _Bars:
    """Says how far each part of the filling is: a line that grows where somebody looks, and else nothing."""

    def __call__(self, part: str, done: int, of: int) -> None:
        """Tell what is done of how much."""
        if sys.stderr.isatty():
            end = "\n" if done >= of else ""
            typer.echo(f"\r{part}: {done} of {of}{end}", nl=False, err=True)


def _show_accounts(path: Path) -> None:
    for account in json.loads(path.read_text(encoding="utf-8")):
        place = ", ".join(account["queues"]) or ", ".join(account["roles"])
        typer.echo(f"  {account['name']:<9} {account['password']:<55} {place}")
    typer.echo("The second factor of each stands in the same file (totp_secret).")
