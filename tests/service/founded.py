"""Machines on which the cast is already installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.accounts.permissions import Role
from app.accounts.setup import OrganisationPlan, PersonPlan, QueuePlan, found
from app.cli import SERVICE_KEY
from app.storage.engine import make_engine
from app.storage.migrate import upgrade
from app.storage.sessions import session_scope
from tests.cast import Cast
from tests.service.machine import Machine


def founded_machine(cast: Cast, folder: Path, *, measured: bool = False) -> Machine:
    """A machine on the cast's database, with the one key that lies beside it."""
    machine = Machine(folder, cast.url, measured=measured)
    (machine.data / SERVICE_KEY).write_text(cast.founded.service_private.hex(), encoding="ascii")
    return machine


@contextmanager
def small_cast(url: str) -> Iterator[Cast]:
    """A small installation in an empty database: Daria and Bohdan in the one queue, Petro administers and audits."""
    worker = (Role.CASEWORKER,)
    plan = OrganisationPlan(
        "Установа",
        (QueuePlan("triage", "triage"),),
        (
            PersonPlan("daria", "Дарія", worker, ("triage",), ("triage",)),
            PersonPlan("bohdan", "Богдан", worker, ("triage",)),
            PersonPlan("petro", "Петро", (Role.ADMINISTRATOR, Role.AUDITOR)),
        ),
    )
    upgrade(url)
    engine = make_engine(url)
    with session_scope(engine) as session:
        founded = found(session, [plan], practice=True)
    try:
        yield Cast(engine, url, founded)
    finally:
        engine.dispose()
