"""``rodyna purge`` and ``rodyna verify``: what has ended is erased, what was done is checked."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError

from app import duties
from app.accounts.alarms import alarms
from app.accounts.vouching import vouched
from app.cli.surroundings import commands, installed, stop
from app.settings import Settings
from app.storage.erasing import StillRead, erase_remains
from app.storage.sessions import Session, session_scope
from app.trail.chain import Verdict, check


@commands.command()
def purge() -> None:
    """Do at once what the worker does in time: forget what has ended, and erase its remains."""
    with installed(Settings()) as engine:
        with session_scope(engine) as session:
            duties.forget(session, "", datetime.now(UTC))
        try:
            erase_remains(engine, rewrite=True)
        except (StillRead, OperationalError):
            stop("What had ended is forgotten. Its remains could not be erased, since somebody is at work: try again.")
    typer.echo("What had ended is gone.")


@commands.command()
def verify(noted: Annotated[str | None, typer.Argument(help="a head of the record noted earlier")] = None) -> None:
    """Check what was signed about keys and people, and the record of staff actions from its first entry to its last."""
    with installed(Settings()) as engine, session_scope(engine) as session:
        verdict, raised, chains = verdict_on_record(session, noted), alarms(session), len(vouched(session).numbers)
    for each in raised:
        typer.echo(f"Not as it was signed: {each.alarm.value} {each.subject}: {each.detail}", err=True)
    if verdict.reason is not None:
        where = "" if verdict.broken_at is None else f" at entry {verdict.broken_at}"
        stop(f"The record is broken{where}: {verdict.reason}. {verdict.entries} entries before it hold.")
    typer.echo(f"{verdict.entries} entries hold. Head: {verdict.head}")
    if raised:
        stop("The record holds, and what the database says of keys and people does not.")
    typer.echo(f"{chains} chains of statements about keys and people hold, up to the root.")
    typer.echo("Entries of the service itself prove less: whoever has the machine can sign in its name.")


def verdict_on_record(session: Session, noted: str | None = None) -> Verdict:
    """The record checked by the keys of those who acted."""
    known = vouched(session)
    # Whose key is whose is asked of what was signed: rows say what somebody with the database says.
    service = () if known.installation is None else (known.installation.service,)
    return check(session, lambda actor: service if actor == duties.SERVICE else known.signing_keys(actor), noted)
