"""A program that is loaded once and started often: each start is a process of its own, forked from the loaded one.

Loading takes seconds, and a test that kills the server dozens of times would spend its time on that. What runs after
the fork is the command itself, from its first line: its own settings, engine, migrations, sockets. `loaded` is what is
loaded.
"""

import atexit
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

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
        [sys.executable, "-m", "tests.service.loaded"],
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
