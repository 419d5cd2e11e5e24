"""A service that is restarted while families send turns nobody away: systemd holds the door, the requests wait."""

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from time import sleep

import pytest

from app.cli.serving import HEARD_OUT_SECONDS
from tests.cast import Cast
from tests.durability.kept import check_all_kept
from tests.durability.stubborn import Stubborn, send_by_form, send_by_interface
from tests.service.client import Answer, Client
from tests.service.founded import founded_machine
from tests.service.machine import (
    HOST,
    PROGRAM,
    START_SECONDS,
    STOP_SECONDS,
    Machine,
    ended_afterwards,
    wait_until_ready,
)
from tests.service.waiting import wait_for

# What systemd does: the socket is number 3, and the process is told that it is meant.
HAND_OVER = 'exec 3<&"$1"; shift; export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@"'
MORE = 3
# A restart takes seconds of a processor, which may be shared with a whole run of tests.
PATIENCE_SECONDS = 2 * START_SECONDS


class Unforgiving(Stubborn):
    """One who takes no broken connection for an answer, and no 503; a connection for each request, as the proxy has."""

    def insist(self, request: Callable[[Client], Answer]) -> Answer:
        """Send a request once."""
        with Client(self.port, timeout_seconds=PATIENCE_SECONDS) as client:
            answer = request(client)
        assert answer.status in {200, 201}, answer.status
        return answer


@pytest.fixture
def database_kind() -> str:
    """What waits in the socket does not know the database."""
    return "sqlite"


@contextmanager
def handed_over(machine: Machine, door: socket.socket, workers: int) -> Iterator[subprocess.Popen[bytes]]:
    """``rodyna serve`` on a socket that somebody else holds."""
    words = ["bash", "-c", HAND_OVER, "bash", str(door.fileno()), PROGRAM, "serve", "--side", "family"]
    words += ["--workers", str(workers)]
    with machine.log("serve").open("ab") as log:
        process = subprocess.Popen(
            words,
            cwd=machine.home,
            env=machine.environment(),
            pass_fds=[door.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    with ended_afterwards(process):
        yield process


def more_came(senders: Sequence[Stubborn], before: Sequence[int], failures: Sequence[BaseException]) -> bool:
    """Whether each sender has been shown some more codes, or one has failed."""
    return bool(failures) or all(len(each.shown) >= old + MORE for each, old in zip(senders, before, strict=True))


def test_a_restart_turns_nobody_away(cast: Cast, tmp_path: Path) -> None:
    machine, stop, failures = founded_machine(cast, tmp_path / "machine"), threading.Event(), list[BaseException]()
    with socket.create_server((HOST, 0), backlog=128) as door:
        port = door.getsockname()[1]
        senders = [Unforgiving(port, way, rest_seconds=0.2) for way in (send_by_form, send_by_interface)]

        def send(sender: Unforgiving) -> None:
            try:
                sender.run(stop)
            except BaseException as failure:  # noqa: BLE001 - a thread's failure must reach the test.
                failures.append(failure)

        threads = [threading.Thread(target=send, args=[sender]) for sender in senders]
        try:
            for number in range(2):
                with handed_over(machine, door, 1) as process:
                    wait_until_ready(machine, port, process)
                    if number == 0:
                        for thread in threads:
                            thread.start()
                    before = [len(each.shown) for each in senders]
                    wait_for(partial(more_came, senders, before, failures), PATIENCE_SECONDS)
                    process.terminate()
                    process.wait(STOP_SECONDS)
            # The last one answers whoever still waits.
            stop.set()
            with handed_over(machine, door, 1):
                for thread in threads:
                    thread.join(PATIENCE_SECONDS)
        finally:
            stop.set()

    assert failures == []
    assert not any(thread.is_alive() for thread in threads)
    check_all_kept(cast, [one for sender in senders for one in sender.shown], "oksana")


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that serve, of one that started several."""
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def sockets(pid: int) -> set[str]:
    """The sockets that a process holds."""
    with suppress(OSError):
        names = [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
        return {name for name in names if name.startswith("socket:")}
    return set()


def test_each_of_several_processes_hears_out_whom_it_let_in(cast: Cast, tmp_path: Path) -> None:
    """Somebody is let in and silent while the processes are asked to end; what they then say is answered."""
    machine = founded_machine(cast, tmp_path / "machine")
    with socket.create_server((HOST, 0), backlog=128) as door, handed_over(machine, door, 2) as process:
        held = str(Path(f"/proc/self/fd/{door.fileno()}").readlink())
        wait_until_ready(machine, door.getsockname()[1], process)
        # On a machine that is too busy even patience may be over too early; impatience never has an answer.
        for _ in range(6):
            if answer := said_late(door, process, held):
                break
            wait_until_ready(machine, door.getsockname()[1], process)
    assert answer.startswith(b"HTTP/1.1 ")


def said_late(door: socket.socket, process: subprocess.Popen[bytes], held: str) -> bytes:
    """Come, be silent until the door is shut, and speak then; give the beginning of what is answered."""
    address, serving = door.getsockname(), children(process)
    before = {pid: sockets(pid) for pid in serving}
    with socket.create_connection(address, timeout=PATIENCE_SECONDS) as caller:
        wait_for(lambda: any(sockets(pid) - before[pid] for pid in serving), PATIENCE_SECONDS)
        for pid in serving:
            os.kill(pid, signal.SIGTERM)
        # An impatient process hangs up in the moment in which it shuts the door.
        wait_for(lambda: not any(held in sockets(pid) for pid in serving), PATIENCE_SECONDS)
        sleep(HEARD_OUT_SECONDS)
        with suppress(ConnectionError):
            caller.sendall(f"GET /healthz HTTP/1.1\r\nHost: {HOST}:{address[1]}\r\nConnection: close\r\n\r\n".encode())
            return caller.recv(100)
    return b""
