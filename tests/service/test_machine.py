"""The program as it runs: real processes, both databases."""

import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from app.casefile.tables import Case
from app.jobs.tables import JobRow
from tests.cast import CONSENTS, Cast, answers
from tests.service.client import Client
from tests.service.desk import Desk
from tests.service.founded import founded_machine
from tests.service.machine import Machine, serving, working
from tests.service.waiting import wait_for
from tests.service.warm import warm_program


@pytest.fixture
def machine(cast: Cast, tmp_path: Path) -> Machine:
    """A machine with the founded cast, once on SQLite and once on PostgreSQL."""
    return founded_machine(cast, tmp_path / "machine")


def test_server_and_worker_run_until_they_are_asked_to_stop(cast: Cast, machine: Machine) -> None:
    with serving(machine) as service, working(machine) as worker:
        with Client(service.port) as amina:
            draft = amina.get("/uk/report/safety").draft
            for step, fields in (
                ("safety", {"reply_safe": "yes", "go": "situation"}),
                ("situation", {"situation": "missing", "oblast": "na", "go": "consent"}),
                ("consent", {"consent_ngo": "yes", "go": "check"}),
            ):
                draft = amina.post_form(f"/uk/report/{step}", {"draft": draft, **fields}).draft
            code = amina.post_form("/uk/report/check", {"draft": draft, "go": "send"}).code
            assert amina.post_json("/api/v1/return", {"code": code}).json()["status"] == "new"
        with Client(service.port) as window:
            desk = Desk(window, "oksana", *cast.secrets("oksana"))
            assert desk.get(f"/desk/cases/{cast.case_of(code, datetime.now(UTC))}").status == 200
        wait_for(lambda: _recurring(cast) == {"forget", "plan_day"})
        # The server ends the work at hand and then lets the signal have its way.
        assert service.stop() == -signal.SIGTERM
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    assert machine.log("serve").read_text() == ""


def test_two_servers_on_one_database_make_one_case_of_one_draft(cast: Cast, machine: Machine) -> None:
    with warm_program() as program:
        ports = [program.serve(machine).port for _ in range(2)]
        report = {"version": "2026-11", "lang": "uk", "answers": answers(), "consents": CONSENTS}
        keys = [f"a key that two servers see at once {number}" for number in range(6)]

        def send(number: int) -> str:
            with Client(ports[number % 2]) as client:
                sent = client.post_json("/api/v1/reports", report, {"Idempotency-Key": keys[number // 4]})
            assert sent.status == 201, sent.text
            code = sent.json()["code"]
            assert isinstance(code, str)
            return code

        with ThreadPoolExecutor(8) as pool:
            codes = list(pool.map(send, range(4 * len(keys))))

    assert [len(set(codes[at : at + 4])) for at in range(0, len(codes), 4)] == [1] * len(keys)
    with cast.session() as session:
        assert session.exec(select(func.count()).select_from(Case)).one() == len(set(codes)) == len(keys)


def _recurring(cast: Cast) -> set[str]:
    with cast.session() as session:
        return set(session.exec(select(col(JobRow.kind)).where(col(JobRow.kind).in_(["forget", "plan_day"]))))
