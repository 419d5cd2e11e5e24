"""``rodyna sign``: what a release brought, signed to be in force by an administrator who logs in for it."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.accounts import login, members
from app.accounts.errors import LogInRefused, MayNotState, NotPermitted, StatedMeanwhile, TooManyAttempts
from app.accounts.lockdown import lockdown_state
from app.accounts.members import Member
from app.cli.surroundings import commands, installed, stop
from app.in_force.signing import Group, bring_into_force
from app.in_force.watch import in_force
from app.settings import Settings
from app.storage.sessions import Session, session_scope


@commands.command()
def sign(
    group: Annotated[
        Group | None, typer.Argument(help="what to bring into force; without it, what waits is shown")
    ] = None,
) -> None:
    """Bring into force what this release carries; it asks for an administrator's log-in."""
    with installed(Settings()) as engine:
        with session_scope(engine) as session:
            stands = in_force(session)
        for name in stands.waiting:
            typer.echo(f"waits: {name}")
        if group is None or not any(name.startswith(group.kinds) for name in stands.waiting):
            typer.echo("Nothing was signed.")
            return
        name, passphrase = typer.prompt("Log-in name"), typer.prompt("Six words", hide_input=True)
        digits = typer.prompt("Six digits")
        now = datetime.now(UTC)
        try:
            with session_scope(engine) as session:
                if lockdown_state(session).closed:
                    stop("The desk is in lockdown. Nothing was signed.")
                half = login.log_in(session, name, passphrase, now)
            with session_scope(engine) as session:
                token = login.second_factor(session, half, digits, now)
            with session_scope(engine) as session:
                signed = bring_into_force(session, _member(session, token, now), group, now)
                login.log_out(session, token)
        except (LogInRefused, TooManyAttempts):
            with session_scope(engine) as session:
                login.note_refusal(session, name, now)
            stop("The log-in was refused. Nothing was signed.")
        except (MayNotState, NotPermitted):
            stop("Only an administrator of the organisation that receives signs this. Nothing was signed.")
        except StatedMeanwhile:
            stop("Somebody signed something else meanwhile. Nothing was signed.")
    for each in signed:
        typer.echo(f"in force: {each}")


def _member(session: Session, token: str, now: datetime) -> Member:
    member = members.resume(session, token, now)
    if not member.admitted:
        raise NotPermitted
    return member
