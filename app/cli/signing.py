"""``rodyna sign``: what a release brought, signed to be in force by an administrator who logs in for it."""

from typing import Annotated

import typer

from app.accounts.errors import MayNotState, NotPermitted, StatedMeanwhile
from app.cli.administering import administered
from app.cli.surroundings import commands, installed, stop
from app.in_force.signing import Group, bring_into_force
from app.in_force.watch import in_force
from app.settings import Settings
from app.storage.sessions import session_scope


@commands.command()
def sign(
    group: Annotated[
        Group | None, typer.Argument(help="what to bring into force; without it, what waits is shown")
    ] = None,
) -> None:
    """Bring into force what this release carries; it asks for an administrator's log-in."""
    with installed(Settings()) as engine, session_scope(engine) as session:
        stands = in_force(session)
    for name in stands.waiting:
        typer.echo(f"waits: {name}")
    if group is None or not any(name.startswith(group.kinds) for name in stands.waiting):
        typer.echo("Nothing was signed.")
        return
    with administered() as here:
        try:
            with session_scope(here.engine) as session:
                signed = bring_into_force(session, here.member, group, here.now)
        except (MayNotState, NotPermitted):
            stop("Only an administrator of the organisation that receives signs this. Nothing was signed.")
        except StatedMeanwhile:
            stop("Somebody signed something else meanwhile. Nothing was signed.")
    for each in signed:
        typer.echo(f"in force: {each}")
