"""What `make run` starts once the environment is there: demonstration, worker, server; and how they end."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.files import CHECKOUT

# Stands in for the program: writes down how it was called, and when it was asked to stop.
STAND_IN = """#!/bin/sh
calls="$(dirname "$0")/calls"
trap 'echo "$1 stopped" >> "$calls"; exit 0' TERM
echo "$* $RODYNA_ORIGIN" >> "$calls"
case "$1" in
    demo) exit 0;;
    serve) [ ! -e "$(dirname "$0")/port-is-taken" ] || { sleep 0.5; exit 3; };;
esac
while :; do sleep 0.05; done
"""


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """A shell can trap no signal that was ignored when it began, as it is where tests run in the background."""
    ignored = [number for number in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, lambda *_args: None)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """The file in which the stand-in, beside it, writes its calls."""
    program = tmp_path / "rodyna"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    return tmp_path / "calls"


@pytest.fixture
def started(calls: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The script at work, with server and worker up."""
    with start(calls) as running:
        wait_for(calls, "work http://127.0.0.1:8123", "serve --host 127.0.0.1 --port 8123 http://127.0.0.1:8123")
        yield running
        running.terminate()


def start(calls: Path) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if name != "RODYNA_ORIGIN"}
    return subprocess.Popen([CHECKOUT / "deploy" / "run-demo", calls.with_name("rodyna"), "8123"], env=environment)


def wait_for(calls: Path, *lines: str) -> None:
    for _ in range(200):
        if calls.exists() and set(lines) <= set(calls.read_text().splitlines()):
            return
        time.sleep(0.05)
    pytest.fail(f"waited for {lines} in {calls.read_text()}")


def test_the_demonstration_is_filled_before_anything_is_served(calls: Path, started: subprocess.Popen[bytes]) -> None:
    assert calls.read_text().splitlines()[0] == "demo http://127.0.0.1:8123"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_whoever_ends_it_ends_server_and_worker(
    calls: Path, started: subprocess.Popen[bytes], number: signal.Signals
) -> None:
    started.send_signal(number)

    assert started.wait(90) == 0
    wait_for(calls, "serve stopped", "work stopped")


def test_a_server_that_cannot_start_takes_the_worker_with_it(calls: Path) -> None:
    calls.with_name("port-is-taken").touch()

    with start(calls) as running:
        assert running.wait(90) == 3

    wait_for(calls, "work stopped")
