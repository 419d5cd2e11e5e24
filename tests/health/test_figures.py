"""Figures for a machine that watches: in the form that it reads, and without telling when anybody did anything."""

import http.client
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from typer.testing import CliRunner

from app.cli import commands
from app.failures.counting import Failures, Part
from app.health.figures import as_text, figures
from app.intake import returning
from app.jobs.queue import enqueue
from app.storage.blobs import Folder
from tests.cast import NOW, Cast
from tests.service.founded import founded_machine
from tests.service.machine import HOST, ended_afterwards, free_port
from tests.service.waiting import wait_for


def read(cast: Cast, folder: Path, now: datetime) -> dict[tuple[str, str], float]:
    """The figures as a watching machine reads them: name, and queue or part -> value."""
    with cast.session() as session:
        text = as_text(figures(session, Folder(folder), now))
    return {
        (sample.name, "".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
        for sample in family.samples
    }


def test_what_families_do_shows_when_the_day_is_over(cast: Cast, tmp_path: Path) -> None:
    before = read(cast, tmp_path, NOW)
    code = cast.report()
    cast.report()
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
        returning.withdraw(session, opened, code, NOW)

    assert read(cast, tmp_path, NOW + timedelta(minutes=1)) == before, "nobody learns the minute"
    tomorrow = read(cast, tmp_path, NOW + timedelta(days=1))
    assert tomorrow["rodyna_reports_received_yesterday", ""] == 1
    assert tomorrow["rodyna_cases_withdrawn_yesterday", ""] == 1
    assert tomorrow["rodyna_queue_oldest_new_days", "legal"] == 1
    assert tomorrow["rodyna_queue_late", "legal"] == 1
    assert tomorrow["rodyna_can_receive", ""] == 1


def test_what_failed_shows_for_families_when_the_hour_is_over(cast: Cast, tmp_path: Path) -> None:
    failures = Failures()
    for part in (Part.FAMILY, Part.DESK, Part.DESK):
        failures.note(part)
    failures.write_down(cast.engine, NOW)
    at_once, later = (read(cast, tmp_path, NOW + timedelta(hours=hours)) for hours in (0, 1))

    assert [at_once["rodyna_failed", part] for part in Part] == [0, 0, 2, 0]
    assert [later["rodyna_failed", part] for part in Part] == [1, 0, 2, 0]


def test_a_worker_that_is_behind_and_a_backup_that_is_old_show(cast: Cast, tmp_path: Path) -> None:
    with cast.session() as session:
        enqueue(session, "forget", "", NOW - timedelta(hours=1))
    (tmp_path / "rodyna-2026-11-20-aa.backup").write_bytes(b"")
    found = read(cast, tmp_path, NOW)

    assert found["rodyna_worker_lag_seconds", ""] >= 55 * 60
    assert found["rodyna_jobs_failing", ""] == 0
    assert ("rodyna_backup_age_hours", "") in found


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_they_are_printed_and_served_apart_from_the_pages(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine, port = founded_machine(cast, tmp_path / "machine"), free_port()
    for name, value in machine.environment().items():
        if name.startswith("RODYNA_"):
            monkeypatch.setenv(name, value)
    printed = CliRunner().invoke(commands, ["metrics"]).output
    process = machine.start("metrics", "--port", str(port))
    with ended_afterwards(process):
        wait_for(lambda: "metrics" in machine.log("metrics").read_text())
        answers = []
        for path in ("/metrics", "/"):
            connection = http.client.HTTPConnection(HOST, port, timeout=30)
            connection.request("GET", path)
            answer = connection.getresponse()
            answers.append((answer.status, answer.read().decode()))
            connection.close()

    assert answers[0] == (200, printed)
    assert answers[1][0] == 404
    assert printed.endswith("# EOF\n")
    assert "GET" not in machine.log("metrics").read_text()
