"""``rodyna demo``: a made-up cast and made-up cases on this machine alone."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from app.accounts.errors import InstalledAlready
from app.accounts.setup import found
from app.cli.surroundings import commands, keep_outside, migrated, stop
from app.demonstration.cast import ACCOUNTS_FILE, cast, write_accounts
from app.demonstration.filling import fill, work
from app.demonstration.made_up import MadeUpReport
from app.demonstration.releasing import release
from app.demonstration.reports import drawn_reports, written_reports
from app.in_force.carried import carried
from app.settings import Settings
from app.storage.sessions import session_scope

# So many are spread over so many months.
MANY, MONTHS = 300, 6


@commands.command()
def demo(
    cases: Annotated[int, typer.Option(min=0, help="made-up cases, beside the written ones if more")] = 30,
    seed: Annotated[int, typer.Option(help="draws the same cases again")] = 2022,
) -> None:
    """Fill an installation with a made-up cast and made-up cases; refused on any address but this machine's."""
    settings = Settings()
    if not settings.is_local:
        stop("A demonstration is for this machine alone: RODYNA_ORIGIN names another. Nothing was changed.")
    with migrated(settings) as engine:
        _demonstrate(settings, engine, cases, seed)


def _demonstrate(settings: Settings, engine: Engine, cases: int, seed: int) -> None:
    now = datetime.now(UTC)
    typer.echo("Founding the demonstration …")
    try:
        with session_scope(engine) as session:
            founded = found(session, cast(), practice=True, in_force=carried())
            keep_outside(settings, engine, founded)
            # Before the commit: an installation whose log-ins nobody has would be of no use.
            accounts = write_accounts(settings.data_dir, founded.people)
    except InstalledAlready:
        there = settings.data_dir / ACCOUNTS_FILE
        if not there.exists():
            stop("This database holds an installation already. Nothing was changed.")
        # `make run` asks every time, and a demonstration's log-ins are no secret.
        typer.echo("The demonstration is here already; nothing was changed. Its log-ins:")
        _show_accounts(there)
        return
    written = written_reports(now)[:cases]
    sent = list(fill(engine, written, now))
    work(engine, founded.people, sent, now)
    _fill_more(engine, cases - len(written), seed, now)
    number = release(engine, founded.people, now)
    typer.echo(f"Release {number} of the statistics is made and confirmed: /uk/figures")
    typer.echo(f"{max(cases, len(written))} made-up cases are in. Log-ins: {accounts}")
    _show_accounts(accounts)


def _fill_more(engine: Engine, count: int, seed: int, now: datetime) -> None:
    if count <= 0:
        return
    with typer.progressbar(length=count, label="Sending", file=sys.stderr) as bar:
        for _ in fill(engine, _over_months(count, seed, now), now):
            bar.update(1)


def _over_months(count: int, seed: int, now: datetime) -> Iterator[MadeUpReport]:
    """The drawn reports; many are spread over months, so that a closed quarter has some."""
    parts = MONTHS if count >= MANY else 1
    for part in range(parts):
        back = timedelta(days=30 * part)
        share = count // parts + (part < count % parts)
        for report in drawn_reports(share, seed + part, now - back):
            yield replace(report, age_hours=report.age_hours + back // timedelta(hours=1))


def _show_accounts(path: Path) -> None:
    for account in json.loads(path.read_text(encoding="utf-8")):
        place = ", ".join(account["queues"]) or ", ".join(account["roles"])
        typer.echo(f"  {account['name']:<9} {account['password']:<55} {place}")
    typer.echo("The second factor of each stands in the same file (totp_secret).")
