"""``rodyna init``: an installation founded in an empty database."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from app.accounts.errors import InstalledAlready, RefusedPlan
from app.accounts.permissions import Role
from app.accounts.readiness import Lacking
from app.accounts.setup import Founded, OrganisationPlan, PersonPlan, QueuePlan, found
from app.cli.surroundings import commands, keep_outside, migrated, stop
from app.demonstration.cast import write_private
from app.in_force.carried import carried
from app.intake.sending import ready
from app.settings import Settings
from app.storage.sessions import session_scope
from app.web.admin.readiness import WORDS


@commands.command()
def init(
    plan: Annotated[Path, typer.Argument(help="JSON: organisations with their queues and people")],
    secrets: Annotated[Path, typer.Option(help="where the log-ins and paper keys are written, once")],
) -> None:
    """Found an installation in an empty database."""
    settings = Settings()
    if secrets.exists():
        stop(f"{secrets} is there already and is not overwritten.")
    with migrated(settings) as engine:
        try:
            plans = _read_plan(plan)
            with session_scope(engine) as session:
                # A dot for each person and no name: what a command says may end in a log.
                founded = found(session, plans, in_force=carried(), progress=lambda _name: typer.echo(".", nl=False))
                keep_outside(settings, engine, founded)
                write_private(secrets, _paper(founded))
        except InstalledAlready:
            stop("This database holds an installation already. Nothing was changed.")
        except (RefusedPlan, ValueError, KeyError, TypeError, OSError) as error:
            stop(f"The plan cannot be used: {error}. Nothing was changed.")
        typer.echo()
        typer.echo(f"Founded. {secrets} holds every passphrase and the paper keys: hand out, print, then destroy it.")
        with session_scope(engine) as session:
            if not ready(session):
                typer.echo("No queue can receive yet: a queue needs two members who hold its key.")
        # So it is at first, whatever the plan says; afterwards `rodyna staff missing` and the doctor say it.
        what, remedy = WORDS[Lacking.RECOVERY]
        typer.echo(f"{what}. {remedy}")


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
