"""A program that is loaded once and started often: each start is a process of its own, forked from the loaded one.

Loading takes seconds, and a test that kills the server dozens of times would spend its time on that. What runs after
the fork is the command itself, from its first line: its own settings, engine, migrations, sockets.

As a program this file is the loaded one. It takes a line of JSON for each process to start, answers with its number,
and ends all that it started when its input ends.
"""

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache

from tests.house.files import CHECKOUT
from tests.service.machine import (
    COMMAND_SECONDS,
    START_SECONDS,
    STOP_SECONDS,
    Machine,
    Service,
    free_port,
    wait_until_ready,
)
from tests.service.namespaces import enter

# What systemd calls the one socket that it hands over (sd_listen_fds(3)).
FIRST_HANDED_OVER = 3

CLOCK = "TEST_CLOCK"
# The folder of templates that any process of the tests compiled.
TEMPLATES = "TEST_TEMPLATES"


@dataclass
class Forked:
    """One started process; the loaded one is its parent and waits for it."""

    keeper: "Keeper"
    pid: int
    ended: int | None = None

    def poll(self) -> int | None:
        """How it ended, or None while it runs."""
        if self.ended is None:
            self.ended = self.keeper.ask(look_at=self.pid)["ended"]
        return self.ended

    def wait(self, timeout: float) -> int:
        """Wait for its end.

        Raises: ``TimeoutExpired``.
        """
        deadline = time.monotonic() + timeout
        while (ended := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.005)
        return ended

    def send_signal(self, number: int) -> None:
        """Send it a signal; whoever has ended gets none, so that no stranger with its number does."""
        if self.poll() is None:
            os.kill(self.pid, number)


@dataclass
class Keeper:
    """Whoever has processes started by the loaded one, which is spoken to over its input and output."""

    process: subprocess.Popen[str]
    started: list[Forked] = field(default_factory=list)

    def ask(self, **order: Any) -> dict[str, Any]:
        """Send an order and read its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def start(self, machine: Machine, *arguments: str, network: str = "", door: int | None = None) -> Forked:
        """Start a command of ``rodyna`` on a machine, in a network namespace of its own if one is named.

        `door` is a socket that was handed to the loaded program, and that this process is given as systemd would.
        """
        # There from the beginning, as it is where a shell opens it.
        machine.log(arguments[0]).touch(mode=0o600)
        answer = self.ask(
            start=["rodyna", *arguments],
            environment=machine.environment(),
            folder=str(machine.home),
            log=str(machine.log(arguments[0])),
            network=network,
            door=door,
        )
        self.started.append(Forked(self, answer["pid"]))
        return self.started[-1]

    def end(self) -> None:
        """End whatever was started here and still runs."""
        for each in self.started:
            self.ask(end=each.pid)

    def run(self, machine: Machine, *arguments: str) -> None:
        """Run a command of ``rodyna`` to its end; its words are in its log."""
        assert self.start(machine, *arguments).wait(COMMAND_SECONDS) == 0, machine.log(arguments[0]).read_text()

    def serve(self, machine: Machine, port: int | None = None, side: str = "both") -> Service:
        """Start ``rodyna serve`` and wait until it answers."""
        port = port or free_port()
        process = self.start(machine, "serve", "--port", str(port), "--side", side)
        wait_until_ready(machine, port, process)
        return Service(machine, port, process)


@contextmanager
def warm_program(doors: Sequence[int] = ()) -> Iterator[Keeper]:
    """Have the program loaded; when the block is left, all that was started in it has ended.

    `doors` are sockets that it may give to what it starts; without any it is loaded once for all such blocks.
    """
    process = _load(doors) if doors else _loaded()
    keeper = Keeper(process)
    try:
        yield keeper
    finally:
        keeper.end()
        if doors:
            _unload(process)


@cache
def _loaded() -> subprocess.Popen[str]:
    process = _load(())
    atexit.register(_unload, process)
    return process


def _load(doors: Sequence[int]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.service.warm"],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        pass_fds=doors,
    )


def _unload(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    with process:
        process.stdin.close()
        process.wait(START_SECONDS + STOP_SECONDS)


def main() -> None:
    """Load the program, then do as the lines of the input say."""
    from app.cli import main as rodyna  # noqa: PLC0415 - the tests themselves import this file without the program.

    _read_what_never_changes()
    children: dict[int, int | None] = {}
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            pid = os.fork()
            if pid == 0:
                _become(order)
                _go_by_a_clock_that_is_told()
                rodyna()
                os._exit(0)
            children[pid] = None
            answer: dict[str, int | None] = {"pid": pid}
        elif "end" in order:
            answer = {"ended": _end(children, order["end"])}
        else:
            answer = {"ended": _look_at(children, order["look_at"])}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in children:
        _end(children, pid)


def _read_what_never_changes() -> None:
    """Read the texts, questions and routes that each process would read for itself before it answers."""
    from app.in_force.carried import carried  # noqa: PLC0415 - as above.
    from app.main import build  # noqa: PLC0415 - as above.
    from app.settings import Settings  # noqa: PLC0415 - as above.
    from app.web import pages  # noqa: PLC0415 - as above.
    from app.web.languages import offered  # noqa: PLC0415 - as above.
    from tests.web.ways_in import walked  # noqa: PLC0415 - as above.

    if TEMPLATES in os.environ:
        pages.COMPILED = FileSystemBytecodeCache(os.environ[TEMPLATES])
    with tempfile.TemporaryDirectory() as nowhere:
        settings = Settings(database_url=f"sqlite:///{nowhere}/none.db", data_dir=Path(nowhere))
        application = build(settings)
        assert walked(application)
        application.state.site.close()
    carried()
    offered()
    # As the program itself has it: what is read here is there for good.
    gc.collect()
    gc.freeze()


def _become(order: dict[str, Any]) -> None:
    """Turn the forked process into one that might have been started from a shell."""
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    if order["network"]:
        enter(order["network"])
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    if order["door"] is not None:
        os.dup2(order["door"], FIRST_HANDED_OVER)
        os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
    sys.argv = order["start"]
    # Where temporary files go is asked once in a process, and was asked before.
    tempfile.tempdir = None


def _go_by_a_clock_that_is_told() -> None:
    """Let the machine's clock be as many seconds ahead as a file says, if one is named; it has run for long by then."""
    from app import clock  # noqa: PLC0415 - as above.

    if CLOCK in os.environ:
        clock.STARTED = timedelta()
        ahead = Path(os.environ[CLOCK])
        clock.told = lambda: datetime.now(UTC) + timedelta(seconds=float(ahead.read_text(encoding="ascii")))


def _look_at(children: dict[int, int | None], pid: int) -> int | None:
    if children[pid] is None:
        with suppress(ChildProcessError):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                children[pid] = os.waitstatus_to_exitcode(status)
    return children[pid]


def _end(children: dict[int, int | None], pid: int) -> int | None:
    if _look_at(children, pid) is None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        children[pid] = -signal.SIGKILL
    return children[pid]


if __name__ == "__main__":
    main()
