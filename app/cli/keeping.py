"""``rodyna migrate``, ``purge`` and ``verify``: the newest shape, what has ended erased, what was done checked."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError

from app import duties
from app.accounts.alarms import RootUse, alarms, root_uses
from app.accounts.record import actor_keys
from app.accounts.vouching import vouched
from app.accounts.vouching_states import INSTALLATION
from app.cli.surroundings import commands, installed, migrated, stop
from app.in_force import watch
from app.settings import Settings
from app.statistics import ledger, releases
from app.storage.erasing import StillRead, erase_remains
from app.storage.sessions import Session, session_scope
from app.trail.chain import Verdict, check


@commands.command()
def migrate() -> None:
    """Bring the database to the shape of this release and do nothing else; founding, serving and working do it too."""
    with migrated(Settings()):
        pass
    typer.echo("The database has the shape of this release.")


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


BREAKS = {
    "missing": "an entry was removed here",
    "altered": "this entry was altered",
    "reordered": "the entries were put into another order here",
    "forged": "this entry was not signed by the person it names: it is forged",
    "unknown_actor": "this entry names somebody who was never vouched for: it is forged",
    "repeated": "this entry is a copy of an earlier one: it is forged",
    "cut_off": "the end was cut off here, or an entry was put behind it",
}
ENOUGH_TO_MEASURE = 100


@commands.command()
def verify(noted: Annotated[str | None, typer.Argument(help="a head of the record noted earlier")] = None) -> None:
    """Check what was signed about keys and people, and the record of staff actions from its first entry to its last."""
    with installed(Settings()) as engine, session_scope(engine) as session:
        chains = len(vouched(session).numbers)
        begun = perf_counter()
        verdict = verdict_on_record(session, noted)
        seconds = perf_counter() - begun
        broken, uses = list(_not_as_signed(session)), list(root_uses(session, datetime.now(UTC)))
        unsigned = watch.in_force(session).unsigned
    for line in broken:
        typer.echo(f"Not as it was signed: {line}", err=True)
    for use in uses:
        typer.echo(_of_the_root(use))
    if verdict.broken_at is not None:
        words = BREAKS[verdict.reason or ""]
        stop(f"The record is broken at entry {verdict.broken_at}: {words}. {verdict.entries} entries before it hold.")
    if verdict.reason is not None:
        stop(_without(noted or "", verdict))
    typer.echo(f"{verdict.entries} entries hold. Head: {verdict.head}")
    if broken:
        stop("The record holds, and something else is not as it was signed.")
    typer.echo(f"{chains} chains of statements about keys and people hold, up to the root.")
    if unsigned:
        kinds = ", ".join(kind.rstrip(":") for kind in unsigned)
        typer.echo(f"Not signed yet, so the program's own count: {kinds}. Sign at /admin/in-force or by `rodyna sign`.")
    typer.echo(_how_long(seconds, verdict.entries))
    typer.echo("Entries of the service itself prove less: whoever has the machine can sign in its name.")


def _not_as_signed(session: Session) -> Iterator[str]:
    """What the database says otherwise than it was signed: keys and people, what is in force, released figures."""
    for each in (*alarms(session), *watch.raised(session)):
        yield f"{each.alarm.value} {each.subject}: {each.detail}"
    for name in releases.unsound(session):
        yield f"release {name}"
    for entry in ledger.read_ledger(session):
        if not entry.holds:
            yield f"ledger_entry {entry.number}"


def _of_the_root(use: RootUse) -> str:
    """What the root did, for whoever keeps its paper to say whether they did it."""
    signed = use.signed
    whom = ", ".join(signed.whom) or "no person"
    of = f"organisation {signed.organisation_id}"
    if signed.organisation_id == INSTALLATION:
        of = "the installation itself"
    elif signed.is_new:
        of = f"the new {of}"
    return (
        f"The root's own key signed for {whom} in {of}; this machine met that on {use.met.isoformat()}."
        " Whoever keeps the paper knows whether they did it."
    )


def _how_long(seconds: float, entries: int) -> str:
    """How long the record took, and how long a million entries take by that."""
    if not entries:
        return "How long a million entries take is measured once there are some."
    million = seconds / entries * 1_000_000
    rough = "" if entries >= ENOUGH_TO_MEASURE else ", by these few"
    return f"That took {seconds:.2f} seconds; a million entries would take about {million:.0f} on this machine{rough}."


def verdict_on_record(session: Session, noted: str | None = None) -> Verdict:
    """The record checked by the keys of those who acted."""
    known = vouched(session)
    return check(session, partial(actor_keys, known), noted)


def _without(noted: str, verdict: Verdict) -> str:
    """What it means that a head which was noted is not in a record that holds in itself."""
    number = noted.strip().partition("-")[0]
    if not (number.isascii() and number.isdecimal()):
        return f"“{noted}” is no head of a record: a head looks like {verdict.head}."
    if int(number) > verdict.entries:
        return (
            f"The record is broken: it holds in itself and ends at entry {verdict.entries}, but when this head was"
            f" noted it had {number}. Its end was cut off, or an older database was put back."
        )
    return (
        f"The record is broken: it holds in itself, but entry {number} is not the one that was noted. The record was"
        " written anew from there or from before it."
    )
