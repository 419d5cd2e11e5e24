"""The worker as a process of its own leaves what failed in the database when it ends."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.failures.counting import Part, failed
from tests.cast import Cast
from tests.service.founded import founded_machine
from tests.service.machine import HOST, Machine, ended_afterwards, free_port
from tests.service.waiting import wait_for
from tests.service.warm import warm_program


@dataclass(frozen=True)
class WithoutMail(Machine):
    """A machine whose mail server is away."""

    def environment(self) -> dict[str, str]:
        """With the address of a server that nobody runs."""
        mail = {"RODYNA_SMTP_URL": f"smtp://{HOST}:{free_port()}", "RODYNA_HEAD_TO": "head@example.org"}
        return super().environment() | mail


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_worker_counts_jobs_that_failed(cast: Cast, tmp_path: Path) -> None:
    machine = founded_machine(cast, tmp_path / "machine")
    machine = WithoutMail(machine.folder, machine.url)
    with warm_program() as program, ended_afterwards(program.start(machine, "work")):
        wait_for(lambda: "failed: mail_head" in machine.log("work").read_text())

    with cast.session() as session:
        assert failed(session, datetime.now(UTC), timedelta(hours=1))[Part.WORK] >= 1
