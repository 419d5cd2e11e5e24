"""A killed server, with its database, journals, logs and temporary folders, holds nothing that anybody said.

Planted texts go into every field, header and address that the service takes them from, refused requests included. Then
everything is killed, and every byte of the machine is searched.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.main import build
from app.settings import Settings
from tests.cluster import Cluster, find_programs
from tests.seized import families, staff, strangers
from tests.seized.marked import Marked
from tests.seized.planted import Planted
from tests.seized.search import Finding, Needle, find, tree
from tests.service.founded import DATABASE, durable_database
from tests.service.machine import STOP_SECONDS, Machine, Service
from tests.service.warm import TEMPLATES, Keeper, warm_program

CONTROL = "Контрольний-рядок-Q7"
KINDS = ("triage", "protection", "legal", "tracing", "psychosocial", "documentation")


@dataclass
class Seized:
    """What the thieves carry away, and what stood in none of it when it was written."""

    machine: Machine
    planted: Planted
    opened_elsewhere: list[str]
    cluster: Cluster | None = None

    def blobs(self) -> Iterator[tuple[str, bytes]]:
        """Every file of the machine, and of the database server with its logs, and a dump of the database."""
        yield from tree([self.machine.folder])
        # The program of the tests keeps what it compiled of templates in a folder that others use as well.
        yield from tree(sorted(Path(os.environ[TEMPLATES]).glob("*.cache")))
        if self.cluster is not None:
            yield from tree([self.cluster.folder])
            yield "dump", dump(self.cluster, DATABASE)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def seized(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seized]:
    """A service that was founded, used by everybody, and killed."""
    planted, folder = Planted(), tmp_path_factory.mktemp("machine")
    with ExitStack() as until_searched:
        database = until_searched.enter_context(durable_database(request.param, folder))
        cluster = database.cluster
        # SQLite's own place is the data folder, and nothing needs to be set for it.
        machine = Machine(folder, database.url if cluster else "")
        with warm_program() as program:
            people = _found(program, machine, planted, tmp_path_factory.mktemp("paper"))
            service, worker = program.serve(machine), program.start(machine, "work")
            _everybody(service, planted, people)
            elsewhere = opened_outside(machine, service.process.pid, worker.pid)
            service.kill()
            worker.send_signal(signal.SIGKILL)
            worker.wait(STOP_SECONDS)
            program.run(machine, "verify")
        if cluster:
            with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
                connection.execute("CHECKPOINT")
        yield Seized(machine, planted, elsewhere, cluster)


def test_nothing_that_was_planted_is_on_the_machine(seized: Seized) -> None:
    blobs = list(seized.blobs())

    assert sum(len(blob) for _, blob in blobs) > 300_000
    assert find([*seized.planted.needles, Needle("control", CONTROL)], blobs) == []


def test_everything_was_planted(seized: Seized) -> None:
    labels = seized.planted.labels()
    asked = families.open_questions()
    assert len(asked) > 30
    for code in asked:
        assert f"interface: {code}" in labels
        assert any(label.startswith("family") and label.endswith(f": {code}") for label in labels), code
    assert len(seized.planted.needles) > 300


def test_the_processes_had_nothing_open_that_was_not_searched(seized: Seized) -> None:
    assert seized.opened_elsewhere == []


def test_what_stands_in_a_row_in_clear_is_found(seized: Seized, tmp_path: Path) -> None:
    if seized.cluster is None:
        copied = Path(shutil.copytree(seized.machine.data, tmp_path / "data"))
        with closing(sqlite3.connect(copied / "rodyna.db")) as connection:
            connection.execute(WRITE_IN_CLEAR, {"name": CONTROL})
            connection.commit()
            # Read while the journal is there: closing the last connection empties it into the database.
            found = find([Needle("control", CONTROL)], tree([copied]))
        names = {Path(finding.name).name for finding in found}
        assert "rodyna.db-wal" in names
        assert any(finding.form == "cell: utf-8" for finding in found)
    else:
        assert _places(_written_into_a_copy(seized.cluster)) == {"table", "log of changes", "dump"}


@pytest.mark.parametrize("place", ["logs/serve.log", "tmp/upload", "home/.cache", "data/core"])
def test_what_stands_in_a_file_of_the_machine_is_found(seized: Seized, tmp_path: Path, place: str) -> None:
    copied = Path(shutil.copytree(seized.machine.folder, tmp_path / "machine"))
    with (copied / place).open("ab") as file:
        file.write(b"POST /uk/return?code=" + CONTROL.encode("utf-16-le"))

    assert [Path(finding.name) for finding in find([Needle("control", CONTROL)], tree([copied]))] == [copied / place]


# A case's number is clear by design; here it stands for any column that would hold content.
WRITE_IN_CLEAR = "INSERT INTO organisation (id, name) VALUES ('control', :name)"


def _found(program: Keeper, machine: Machine, planted: Planted, paper: Path) -> dict[str, dict[str, Any]]:
    """Found an installation whose people have planted names; give their secrets by role."""
    names = {
        role: planted.latin(f"log-in name of the {role}") for role in ("lead", "colleague", "administrator", "auditor")
    }
    desk = {"roles": ["caseworker"], "queues": list(KINDS)}
    duties: dict[str, dict[str, Any]] = {
        "lead": {**desk, "leads": list(KINDS)},
        "colleague": desk,
        "administrator": {"roles": ["administrator"]},
        "auditor": {"roles": ["auditor"]},
    }
    people = [{"name": names[role], "shown": planted.text(f"name of the {role}"), **duties[role]} for role in names]
    queues = [{"id": kind, "kind": kind} for kind in KINDS]
    # Plan and secrets lie elsewhere: they are handed out on paper, and never stay on the machine.
    (paper / "plan.json").write_text(json.dumps([{"name": "Установа", "queues": queues, "people": people}]))
    program.run(machine, "init", str(paper / "plan.json"), "--secrets", str(paper / "secrets.json"))
    secrets = json.loads((paper / "secrets.json").read_text())
    for key in ("root_private", "backup_private"):
        planted.remember(key, bytes.fromhex(secrets[key]))
    for person in secrets["people"]:
        planted.remember(f"passphrase of {person['name']}", person["passphrase"])
        planted.remember(f"second factor of {person['name']}", bytes.fromhex(person["totp_secret"]))
    by_name = {person["name"]: person for person in secrets["people"]}
    return {role: by_name[name] for role, name in names.items()}


def _everybody(service: Service, planted: Planted, people: dict[str, dict[str, Any]]) -> None:
    """Families report and come back, staff answer, strangers send whatever comes to their minds."""
    codes = {}
    for situation in families.SITUATIONS:
        with Marked(service.port, planted, f"family {situation}") as family:
            codes[situation] = families.report_by_form(family, situation)
    with Marked(service.port, planted, "hotline") as hotline:
        code = families.report_by_interface(hotline, planted)
        families.return_by_interface(hotline, code)
    with Marked(service.port, planted, "family again") as family:
        families.return_by_form(family, codes["on_trial_ua"])
    with Marked(service.port, planted, "lead") as lead:
        lawyer = people["lead"]
        staff.log_in(lead, lawyer["name"], lawyer["passphrase"], bytes.fromhex(lawyer["totp_secret"]))
        cases = staff.look_for(lead, "legal")
        assert len(cases) == 1
        staff.work(lead, cases[0])
        routes = strangers.posted_routes(build(Settings(data_dir=service.machine.temporary)))
        strangers.send_everywhere(lead, [route for route in routes if not route.endswith("/logout")])
        staff.write_without_a_session(lead, cases[0])
    with Marked(service.port, planted, "family gone") as family:
        families.take_everything_back(family, codes["killed"])
    with Marked(service.port, planted, "stranger") as stranger:
        strangers.send_everywhere(stranger, routes)
        strangers.ask_for_what_is_not_there(stranger)
        strangers.send_what_cannot_be_read(stranger)
        strangers.try_codes(stranger)
        strangers.leave_in_the_middle(stranger)


def opened_outside(machine: Machine, *pids: int) -> list[str]:
    """The files that these processes hold open for writing and that lie outside the machine's folder."""
    found = []
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            # What is closed while we look was not held open.
            with suppress(FileNotFoundError):
                target = str(handle.readlink())
                flags = int(Path(f"/proc/{pid}/fdinfo/{handle.name}").read_text().split("flags:")[1].split()[0], 8)
                kept = handle.is_file() and flags & os.O_ACCMODE != os.O_RDONLY
                if kept and not Path(target).is_relative_to(machine.folder):
                    found.append(target)
    return sorted(found)


def _written_into_a_copy(cluster: Cluster) -> list[Finding]:
    """Write the control text into a copy of the database; search its files, the log of changes, and a dump."""
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE copy TEMPLATE {DATABASE}")
    with psycopg.connect(cluster.conninfo("copy"), autocommit=True) as connection:
        connection.execute(WRITE_IN_CLEAR.replace(":name", "%(name)s"), {"name": CONTROL})
        connection.execute("CHECKPOINT")
        found = connection.execute("SELECT oid FROM pg_database WHERE datname = 'copy'").fetchone()
    assert found is not None
    data = cluster.folder / "data"
    files = tree([data / "base" / str(found[0]), data / "pg_wal"])
    return find([Needle("control", CONTROL)], [*files, ("dump", dump(cluster, "copy"))])


def _places(found: list[Finding]) -> set[str]:
    kinds = {"base": "table", "pg_wal": "log of changes", "dump": "dump"}
    return {kinds[part] for finding in found for part in Path(finding.name).parts if part in kinds}


def dump(cluster: Cluster, database: str) -> bytes:
    """A dump of a database, as backups are made."""
    programs = find_programs()
    assert programs is not None
    command = [str(programs / "pg_dump"), "--host=127.0.0.1", f"--port={cluster.port}", "--username=postgres", database]
    return subprocess.run(command, capture_output=True, check=True).stdout
