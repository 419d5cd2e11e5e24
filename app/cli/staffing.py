"""``rodyna staff``: who was appointed, by random ids alone, and what is missing before families may be let in."""

from datetime import UTC, datetime

import typer

from app.accounts.holding import holds
from app.accounts.readiness import lacks
from app.accounts.vouching import vouched
from app.cli.surroundings import commands, installed
from app.settings import Settings
from app.storage.sessions import Session, session_scope
from app.web.admin.readiness import WORDS
from app.web.origin import read_origins, safely_reached

staff = typer.Typer(no_args_is_help=True, help="Who was appointed, and what is missing.")
commands.add_typer(staff, name="staff")


@staff.command(name="list")
def list_() -> None:
    """Show everybody who was appointed, by the random ids that stand in the database: names open for nobody here."""
    with installed(Settings()) as engine, session_scope(engine) as session:
        _show_people(session)


@staff.command()
def missing() -> None:
    """Say what is missing before families may be let in; end with 1 where they must wait."""
    settings = Settings()
    with installed(settings) as engine, session_scope(engine) as session:
        found = lacks(session, datetime.now(UTC), safely_reached=safely_reached(read_origins(settings.origin)))
    for lack in found:
        what, remedy = WORDS[lack.what]
        place = f" ({lack.where})" if lack.where else ""
        typer.echo(f"{'FAMILIES WAIT' if lack.families_wait else 'note'}: {what}{place}\n  {remedy}")
    if not found:
        typer.echo("Nothing is missing.")
    if any(lack.families_wait for lack in found):
        raise typer.Exit(1)


def _show_people(session: Session) -> None:
    known = vouched(session)
    for organisation_id, state in known.organisations.items():
        stands = "  ended" if state.ended else "  leaving" if state.leaving else ""
        typer.echo(f"{state.name}  {organisation_id}{stands}")
        for account, person in sorted(state.people.items()):
            held = sorted(
                f"{ring}{' (leads)' if ring_state.holders[account].lead else ''}"
                for ring, ring_state in known.rings.items()
                if holds(known, ring, account)
            )
            typer.echo(f"  {account}  {', '.join(sorted(person.roles))}  {', '.join(held) or '-'}")
