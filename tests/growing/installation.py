"""An installation on several machines: each has a network, a data folder and rights, and nothing else of its own."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.accounts.permissions import Role
from app.accounts.setup import OrganisationPlan, PersonPlan
from tests.cast import Cast
from tests.cluster import Cluster, running_cluster
from tests.deploy.rights import DESK, FAMILY, give_rights
from tests.growing.network import Network, Place, network
from tests.service.client import Client
from tests.service.founded import DATABASE, founded_cast, founded_machine, small_plan
from tests.service.machine import STOP_SECONDS, Machine, Running, ended_afterwards, wait_until_ready
from tests.service.warm import Keeper, warm_program

PORT = 8000
OWNER = "postgres"
WITNESS = "witness.json"
# Of all addresses that it has, which are those of its own network.
SERVE = ("serve", "--host", "0.0.0.0", "--port", str(PORT), "--side")  # noqa: S104
# A machine that is silent is given up by whoever asks it.
PATIENCE_SECONDS = 4


@dataclass
class Station:
    """One machine and the one process that runs on it."""

    machine: Machine
    place: Place
    program: Keeper
    command: tuple[str, ...]
    process: Running | None = None
    door: socket.socket | None = None

    def start(self) -> None:
        """Start its process, and wait until it could take a report if it serves."""
        door = None if self.door is None else self.door.fileno()
        self.process = self.program.start(self.machine, *self.command, network=self.place.name, door=door)
        if self.command[0] == "serve":
            wait_until_ready(self.machine, PORT, self.process, self.place.address)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def saw(self) -> Any:
        """The highest numbers of statements that it has seen, by chain."""
        return json.loads((self.machine.data / WITNESS).read_text())

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(STOP_SECONDS)

    def client(self, timeout_seconds: float = 60) -> Client:
        """A connection to it from outside."""
        return Client(PORT, timeout_seconds=timeout_seconds, host=self.place.address)


@dataclass
class Grown:
    """The whole: the switch, the database, and who can be asked to start."""

    network: Network
    cluster: Cluster
    cast: Cast
    program: Keeper
    folder: Path

    def url(self, role: str) -> str:
        """How a machine reaches the database: by TLS, and only if it is the right one."""
        there = f"postgresql+psycopg://{role}@{self.network.database}:{self.cluster.port}/{DATABASE}"
        return f"{there}?sslmode=verify-full&sslrootcert={self.cluster.folder / 'server.pem'}"

    @contextmanager
    def station(self, role: str, *command: str, started: bool = True) -> Iterator[Station]:
        """A machine while the block lasts, with a data folder that holds what every machine is given."""
        place = self.network.machine()
        machine = founded_machine(replace(self.cast, url=self.url(role)), self.folder / place.name)
        made = Station(machine, place, self.program, command)
        if started:
            made.start()
        try:
            yield made
        finally:
            if made.process is not None:
                with ended_afterwards(made.process):
                    pass

    def families(self, *, started: bool = True) -> AbstractContextManager[Station]:
        """A machine for families."""
        return self.station(FAMILY, *SERVE, "family", started=started)

    def desk(self) -> AbstractContextManager[Station]:
        """A machine for staff."""
        return self.station(DESK, *SERVE, "desk")


def plan() -> list[OrganisationPlan]:
    """Daria and Bohdan in the one queue; two administrators, so that two people can close the desk."""
    (only,) = small_plan()
    return [replace(only, people=(*only.people, PersonPlan("iryna", "Ірина", (Role.ADMINISTRATOR,))))]


@contextmanager
def grown(folder: Path) -> Iterator[Grown]:
    """An installation whose database is on the switch; the tests themselves reach it as its owner."""
    if os.environ.get("RODYNA_TEST_WITHOUT_POSTGRESQL") == "1":
        pytest.skip("several machines share a PostgreSQL, and nothing is tested on it")
    with network() as switch, running_cluster(durable=True, outside=switch.database) as cluster:
        with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        with founded_cast(cluster.url(DATABASE), plan()) as cast, warm_program() as program:
            give_rights(cast.url)
            yield Grown(switch, cluster, cast, program, folder)
