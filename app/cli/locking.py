"""``rodyna lockdown``: the desk closed, or opened again, by whoever has the machine."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app import duties
from app.accounts.errors import NotVouched
from app.accounts.lockdown import lockdown_state, set_by_machine
from app.cli.surroundings import SERVICE_KEY, commands, installed, service_key, stop
from app.settings import Settings
from app.storage.sessions import session_scope

GONE = (
    "The newest signatures on the lockdown were taken away or written over in the database, so the desk stays closed."
    " Find out who did it. Then put a backup back, or stop the service, move witness.json away, and do this again."
)


@commands.command()
def lockdown(lift: Annotated[bool, typer.Option("--lift", help="open the desk again")] = False) -> None:
    """End all sessions of staff and close the desk; families can still send and read."""
    settings = Settings()
    now = datetime.now(UTC)
    with installed(settings) as engine, session_scope(engine) as session:
        private = service_key(settings)
        changed = lockdown_state(session).closed is lift
        if changed:
            kind = "opened_by_machine" if lift else "lockdown_by_machine"
            duties.note_event(session, private, {"kind": kind, "at": now.isoformat()})
            try:
                set_by_machine(session, private, now, closed=not lift)
            except NotVouched:
                stop(f"{SERVICE_KEY} is not the key that the root signed. Nothing was changed.")
            session.commit()
            if lockdown_state(session).closed is lift:
                stop(GONE)
    if not changed:
        typer.echo("The desk is open already." if lift else "The desk is closed already.")
    elif lift:
        typer.echo("The desk is open: people can log in again. The machine's signature proves less than two people's.")
    else:
        typer.echo("The desk is closed and every session has ended. Families can still send and read.")
        typer.echo("Two people who lead here open it at /desk/lockdown, or this command does with --lift.")
