"""Each event is a line of JSON without a word that somebody wrote."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.logs import Lines, write_lines
from app.web.pages import language_of
from tests.cast import Cast
from tests.service.founded import founded_machine
from tests.service.waiting import wait_for
from tests.service.warm import warm_program

SECRET = "Аміна з вулиці Садової"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What is set for the whole process is taken back."""
    ours, root = logging.getLogger("rodyna"), logging.getLogger()
    level, handlers = ours.level, root.handlers[:]
    yield
    ours.setLevel(level)
    root.handlers[:] = handlers


def line(name: str, message: str, *args: object, error: BaseException | None = None) -> dict[str, Any]:
    """One event, as it is written."""
    info = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord(name, logging.WARNING, __file__, 7, message, args, info)
    written = Lines().format(record)
    assert "\n" not in written
    found: dict[str, Any] = json.loads(written)
    return found


def test_our_own_words_are_found_by_their_kind() -> None:
    assert line("rodyna.worker", "failed: %s, try %d", "erase", 2) == {
        "level": "warning",
        "part": "rodyna.worker",
        "said": "failed: erase, try 2",
        "event": "failed: %s, try %d",
    }


def test_what_a_library_says_is_left_out() -> None:
    said = line("uvicorn.error", f"request of {SECRET} failed")

    assert said == {"level": "warning", "part": "uvicorn.error", "event": "test_lines:7"}


def test_of_an_error_its_kind_and_our_place_are_told() -> None:
    broken: Any = SECRET
    try:
        language_of(broken)
    except AttributeError as error:
        said = line("uvicorn.error", "Exception in ASGI application", error=error)

    assert said["error"] == "AttributeError"
    assert said["at"].startswith("app/web/")
    assert SECRET not in str(said)


def test_lines_are_written_once_however_often_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    for _ in range(2):
        write_lines()
    logging.getLogger("rodyna.worker").warning("left to another worker: %s", "erase")

    assert json.loads(capsys.readouterr().err)["said"] == "left to another worker: erase"


def test_lines_that_cannot_be_written_stop_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    full = io.StringIO()
    full.close()
    monkeypatch.setattr(sys, "stderr", full)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    write_lines()

    logging.getLogger("rodyna.worker").warning("left to another worker: %s", "erase")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_worker_writes_lines(cast: Cast, tmp_path: Path) -> None:
    machine = founded_machine(cast, tmp_path / "machine")
    log = machine.log("work")
    with warm_program() as program:
        program.start(machine, "work")
        wait_for(lambda: log.exists() and "jobs taken" in log.read_text())
    lines = [json.loads(each) for each in log.read_text().splitlines()]

    assert {(each["level"], each["part"]) for each in lines} == {("info", "rodyna.worker")}
    assert {each["event"] for each in lines} == {"jobs taken: %s, %d"}
