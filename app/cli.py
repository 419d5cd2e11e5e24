"""The commands of an installation."""

import json
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import uvicorn
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from app import duties
from app.accounts.errors import InstalledAlready, NotInstalled, RefusedPlan
from app.accounts.installation import about
from app.accounts.permissions import Role
from app.accounts.setup import Founded, OrganisationPlan, PersonPlan, QueuePlan, found
from app.accounts.tables import Account
from app.demonstration.cast import ACCOUNTS_FILE, cast, write_accounts, write_private
from app.demonstration.filling import fill, work
from app.demonstration.reports import drawn_reports, written_reports
from app.intake.sending import ready
from app.settings import Settings
from app.storage.engine import make_engine
from app.storage.erasing import StillRead, erase_remains
from app.storage.migrate import upgrade
from app.storage.sessions import session_scope
from app.trail.chain import check
from app.worker import run, stop_on_signals

commands = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
SERVICE_KEY = "service.key"


def main() -> None:
    """Run a command of ``rodyna``."""
    os.umask(0o077)
    commands()


@commands.command()
def init(
    plan: Annotated[Path, typer.Argument(help="JSON: organisations with their queues and people")],
    secrets: Annotated[Path, typer.Option(help="where the log-ins and paper keys are written, once")],
) -> None:
    """Found an installation in an empty database."""
    settings = Settings()
    if secrets.exists():
        _stop(f"{secrets} is there already and is not overwritten.")
    with _migrated(settings) as engine:
        try:
            plans = _read_plan(plan)
            with session_scope(engine) as session:
                # A dot for each person and no name: what a command says may end in a log.
                founded = found(session, plans, progress=lambda _name: typer.echo(".", nl=False))
                _keep_service_key(settings, founded)
                write_private(secrets, _paper(founded))
        except InstalledAlready:
            _stop("This database holds an installation already. Nothing was changed.")
        except (RefusedPlan, ValueError, KeyError, TypeError, OSError) as error:
            _stop(f"The plan cannot be used: {error}. Nothing was changed.")
        typer.echo()
        typer.echo(f"Founded. {secrets} holds every passphrase and the paper keys: hand out, print, then destroy it.")
        with session_scope(engine) as session:
            if not ready(session):
                typer.echo("No queue can receive yet: a queue needs two members who hold its key.")


@commands.command()
def serve(
    side: Annotated[str, typer.Option(help="family, desk or both")] = "both",
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: Annotated[int, typer.Option(min=1, help="processes")] = 1,
) -> None:
    """Serve the families' pages, the desk, or both."""
    factories = {"family": "family_side", "desk": "desk_side", "both": "both_sides"}
    if side not in factories:
        _stop("--side is family, desk or both.")
    with _installed(Settings()):
        pass
    uvicorn.run(
        f"app.main:{factories[side]}",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        log_config=None,
        timeout_graceful_shutdown=10,
    )


@commands.command(name="work")
def work_() -> None:
    """Do what is due in the background, until stopped."""
    settings = Settings()
    with _installed(settings) as engine:
        run(duties.make_worker(engine, _service_key(settings)), stop_on_signals())


@commands.command()
def purge() -> None:
    """Do at once what the worker does in time: forget what has ended, and erase its remains."""
    with _installed(Settings()) as engine:
        with session_scope(engine) as session:
            duties.forget(session, "", datetime.now(UTC))
        try:
            erase_remains(engine, rewrite=True)
        except (StillRead, OperationalError):
            _stop("What had ended is forgotten. Its remains could not be erased, since somebody is at work: try again.")
    typer.echo("What had ended is gone.")


@commands.command()
def verify(noted: Annotated[str | None, typer.Argument(help="a head of the record noted earlier")] = None) -> None:
    """Check the record of staff actions from its first entry to its last."""
    with _installed(Settings()) as engine, session_scope(engine) as session:
        service = about(session).service_public

        def verify_key(actor: str) -> bytes | None:
            if actor == duties.SERVICE:
                return service
            account = session.get(Account, actor)
            return None if account is None else account.verify_key

        verdict = check(session, verify_key, noted)
    if verdict.reason is not None:
        where = "" if verdict.broken_at is None else f" at entry {verdict.broken_at}"
        _stop(f"The record is broken{where}: {verdict.reason}. {verdict.entries} entries before it hold.")
    typer.echo(f"{verdict.entries} entries hold. Head: {verdict.head}")
    typer.echo("Entries of the service itself prove less: whoever has the machine can sign in its name.")


@commands.command()
def demo(
    cases: Annotated[int, typer.Option(min=0, help="made-up cases, beside the written ones if more")] = 30,
    seed: Annotated[int, typer.Option(help="draws the same cases again")] = 2022,
) -> None:
    """Fill an installation with a made-up cast and made-up cases; refused on any address but this machine's."""
    settings = Settings()
    if not settings.is_local:
        _stop("A demonstration is for this machine alone: RODYNA_ORIGIN names another. Nothing was changed.")
    with _migrated(settings) as engine:
        _demonstrate(settings, engine, cases, seed)


def _demonstrate(settings: Settings, engine: Engine, cases: int, seed: int) -> None:
    now = datetime.now(UTC)
    typer.echo("Founding the demonstration …")
    try:
        with session_scope(engine) as session:
            founded = found(session, cast(), practice=True)
            _keep_service_key(settings, founded)
            # Before the commit: an installation whose log-ins nobody has would be of no use.
            accounts = write_accounts(settings.data_dir, founded.people)
    except InstalledAlready:
        there = settings.data_dir / ACCOUNTS_FILE
        if not there.exists():
            _stop("This database holds an installation already. Nothing was changed.")
        # `make run` asks every time, and a demonstration's log-ins are no secret.
        typer.echo("The demonstration is here already; nothing was changed. Its log-ins:")
        _show_accounts(there)
        return
    written = written_reports(now)[:cases]
    sent = list(fill(engine, written, now))
    work(engine, founded.people, sent, now)
    _fill_more(engine, cases - len(written), seed, now)
    typer.echo(f"{max(cases, len(written))} made-up cases are in. Log-ins: {accounts}")
    _show_accounts(accounts)


def _fill_more(engine: Engine, count: int, seed: int, now: datetime) -> None:
    if count <= 0:
        return
    with typer.progressbar(length=count, label="Sending", file=sys.stderr) as bar:
        for _ in fill(engine, drawn_reports(count, seed, now), now):
            bar.update(1)


def _show_accounts(path: Path) -> None:
    for account in json.loads(path.read_text(encoding="utf-8")):
        place = ", ".join(account["queues"]) or ", ".join(account["roles"])
        typer.echo(f"  {account['name']:<9} {account['password']:<55} {place}")
    typer.echo("The second factor of each stands in the same file (totp_secret).")


def _read_plan(path: Path) -> list[OrganisationPlan]:
    return [
        OrganisationPlan(
            name=organisation["name"],
            queues=tuple(QueuePlan(queue["id"], queue["kind"]) for queue in organisation["queues"]),
            people=tuple(_read_person(person) for person in organisation["people"]),
        )
        for organisation in json.loads(path.read_text(encoding="utf-8"))
    ]


def _read_person(person: dict[str, Any]) -> PersonPlan:
    return PersonPlan(
        name=person["name"],
        shown=person.get("shown", person["name"]),
        roles=tuple(Role(role) for role in person["roles"]),
        queues=tuple(person.get("queues", ())),
        leads=tuple(person.get("leads", ())),
    )


def _paper(founded: Founded) -> dict[str, Any]:
    return {
        "root_private": founded.root_private.hex(),
        "backup_private": founded.backup_private.hex(),
        "people": [
            {
                "name": each.plan.name,
                "organisation": each.organisation,
                "passphrase": each.person.passphrase,
                "totp_secret": each.person.totp_secret.hex(),
            }
            for each in founded.people
        ],
    }


def _keep_service_key(settings: Settings, founded: Founded) -> None:
    path = settings.data_dir / SERVICE_KEY
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(founded.service_private.hex())


def _service_key(settings: Settings) -> bytes:
    try:
        return bytes.fromhex((settings.data_dir / SERVICE_KEY).read_text(encoding="ascii"))
    except (OSError, ValueError):
        _stop(f"{settings.data_dir / SERVICE_KEY} cannot be read: it was written when the installation was founded.")


@contextmanager
def _migrated(settings: Settings) -> Generator[Engine]:
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    upgrade(settings.database)
    engine = make_engine(settings.database)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _installed(settings: Settings) -> Generator[Engine]:
    with _migrated(settings) as engine:
        try:
            with session_scope(engine) as session:
                about(session)
        except NotInstalled:
            _stop("There is no installation here yet: begin with `rodyna init`, or look around with `rodyna demo`.")
        yield engine


def _stop(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
