"""Machines on which an installation is founded already, and databases that really wait for the disk."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from app.accounts.permissions import Role
from app.accounts.setup import OrganisationPlan, PersonPlan, QueuePlan, found
from app.accounts.vouching_anchor import anchor_to
from app.cli import SERVICE_KEY
from app.in_force.carried import carried
from app.settings import ROOT_FINGERPRINT
from app.storage.engine import make_engine
from app.storage.migrate import upgrade
from app.storage.sessions import session_scope
from tests.cast import Cast
from tests.cluster import Cluster, running_cluster
from tests.service.machine import Machine

DATABASE = "rodyna"


@dataclass(frozen=True)
class Durable:
    """The address of an empty database that waits for the disk, and its server if it has one."""

    url: str
    cluster: Cluster | None


def keep_beside(cast: Cast, data: Path) -> None:
    """Put into a data folder what lies beside the cast's database: the service's key and the root's fingerprint."""
    (data / SERVICE_KEY).write_text(cast.founded.service_private.hex(), encoding="ascii")
    (data / ROOT_FINGERPRINT).write_text(cast.founded.fingerprint.hex(), encoding="ascii")


def founded_machine(cast: Cast, folder: Path) -> Machine:
    """A machine on the cast's database, with the one key that lies beside it."""
    machine = Machine(folder, cast.url)
    keep_beside(cast, machine.data)
    return machine


@contextmanager
def durable_database(kind: str, folder: Path) -> Iterator[Durable]:
    """A database of ``sqlite``, in a folder, or of ``postgresql``, on a server of its own."""
    if kind == "sqlite":
        yield Durable(f"sqlite:///{folder / 'rodyna.db'}", None)
        return
    if os.environ.get("RODYNA_TEST_WITHOUT_POSTGRESQL") == "1":
        pytest.skip("nothing is tested on PostgreSQL")
    with running_cluster(durable=True) as cluster:
        with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        yield Durable(cluster.url(DATABASE), cluster)


@contextmanager
def founded_cast(url: str, plans: Sequence[OrganisationPlan]) -> Iterator[Cast]:
    """Found an installation in an empty database."""
    upgrade(url)
    engine = make_engine(url)
    try:
        with session_scope(engine) as session:
            founded = found(session, plans, practice=True, in_force=carried())
        anchor_to(engine, founded.fingerprint)
        yield Cast(engine, url, founded)
    finally:
        engine.dispose()


def small_plan() -> list[OrganisationPlan]:
    """Daria and Bohdan in the one queue, Petro administers and audits: few passphrases to stretch."""
    worker = (Role.CASEWORKER,)
    return [
        OrganisationPlan(
            "Установа",
            (QueuePlan("triage", "triage"),),
            (
                PersonPlan("daria", "Дарія", worker, ("triage",), ("triage",)),
                PersonPlan("bohdan", "Богдан", worker, ("triage",)),
                PersonPlan("petro", "Петро", (Role.ADMINISTRATOR, Role.AUDITOR)),
            ),
        )
    ]
