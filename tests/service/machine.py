"""A machine for the program: a folder of its own, and in it the real commands as processes of their own.

Whatever these processes may write to lies below the folder: data, home, temporary files, logs. Only processes that
were started here are ever ended here.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PROGRAM = str(Path(sys.executable).with_name("rodyna"))
HOST = "127.0.0.1"
# Two cores may be shared with a whole run of tests.
START_SECONDS = 120
STOP_SECONDS = 90
COMMAND_SECONDS = 120


class Running(Protocol):
    """A process that was started here, however it was."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """How it ended, or None while it runs."""

    def wait(self, timeout: float) -> int:
        """Wait for its end."""

    def send_signal(self, number: int) -> None:
        """Send it a signal."""


@dataclass(frozen=True)
class Machine:
    """A folder that stands for a whole machine; without `url` the database is the data folder's own SQLite file."""

    folder: Path
    url: str = ""

    def __post_init__(self) -> None:
        """Make the folders that its processes write to."""
        for each in (self.data, self.home, self.temporary, self.logs):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def home(self) -> Path:
        """The home and the working directory of the processes."""
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        """Where temporary files go."""
        return self.folder / "tmp"

    @property
    def logs(self) -> Path:
        """One log for each command, with all its words."""
        return self.folder / "logs"

    def environment(self) -> dict[str, str]:
        """Everything that the processes know of the world outside."""
        settings = {"RODYNA_DATA_DIR": str(self.data), **({"RODYNA_DATABASE_URL": self.url} if self.url else {})}
        places = {"HOME": str(self.home), "TMPDIR": str(self.temporary)}
        return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", **places, **settings}

    def run(self, *arguments: str) -> str:
        """Run a command of ``rodyna`` to its end and give its words, which go to its log as well."""
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=self.home,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        with self.log(arguments[0]).open("ab") as log:
            log.write(done.stdout)
        assert done.returncode == 0, done.stdout.decode(errors="replace")
        return done.stdout.decode()

    def start(self, *arguments: str, wrapped_in: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Start a command of ``rodyna`` and leave it running; `wrapped_in` is a program that runs it."""
        with self.log(arguments[0]).open("ab") as log:
            return subprocess.Popen(
                [*wrapped_in, PROGRAM, *arguments],
                cwd=self.home,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def log(self, command: str) -> Path:
        """The log of a command."""
        return self.logs / f"{command}.log"


@dataclass
class Service:
    """A running ``rodyna serve``."""

    machine: Machine
    port: int
    process: Running

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://{HOST}:{self.port}"

    def kill(self) -> None:
        """End it as a power cut would: nothing of it runs any more when this returns."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def stop(self) -> int:
        """Ask it to end, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)


@contextmanager
def serving(machine: Machine, *options: str, wrapped_in: Sequence[str] = ()) -> Iterator[Service]:
    """``rodyna serve`` on a free port while the block lasts."""
    port = free_port()
    process = machine.start("serve", "--port", str(port), *options, wrapped_in=wrapped_in)
    with ended_afterwards(process):
        wait_until_ready(machine, port, process)
        yield Service(machine, port, process)


@contextmanager
def working(machine: Machine) -> Iterator[subprocess.Popen[bytes]]:
    """``rodyna work`` while the block lasts."""
    process = machine.start("work")
    with ended_afterwards(process):
        yield process


@contextmanager
def ended_afterwards(process: Running) -> Iterator[None]:
    """Whatever happens in the block: this process, and no other, has ended when it is left."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait(STOP_SECONDS)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def wait_until_ready(machine: Machine, port: int, process: Running, host: str = HOST) -> None:
    """Wait until a report could be taken."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"it ended at once: {_last_words(machine)}"
        with suppress(OSError, http.client.HTTPException):
            if health(port, host) == 200:
                return
        time.sleep(0.02)
    raise AssertionError(f"nothing could be sent after {START_SECONDS} s: {_last_words(machine)}")


def health(port: int, host: str = HOST) -> int:
    """The status of ``/healthz``."""
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    finally:
        connection.close()


def _last_words(machine: Machine) -> str:
    log = machine.log("serve")
    return log.read_text(errors="replace")[-2000:] if log.exists() else "nothing was said"
