"""A bad line between a client and a server: slow, late, and now and then cut off in the middle."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HOST = "127.0.0.1"
PIECE_BYTES = 1024


@dataclass
class Line:
    """What the line does: bytes a second each way, delay of each direction, and which connections it cuts.

    Connections are numbered from 1. `cut_up` are cut before the server has the whole request, `cut_down` after the
    server has worked and before the answer is through. `carried` counts the bytes of both directions.
    """

    bytes_per_second: int
    delay_seconds: float
    cut_up: frozenset[int] = frozenset()
    cut_down: frozenset[int] = frozenset()
    carried: int = 0
    connections: int = 0
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def number(self) -> int:
        """The number of one more connection."""
        with self._lock:
            self.connections += 1
            return self.connections

    def carry(self, count: int) -> None:
        """Take the time that `count` bytes need."""
        with self._lock:
            self.carried += count
        time.sleep(count / self.bytes_per_second)


@contextmanager
def slow_line(line: Line, server_port: int) -> Iterator[Line]:
    """Run the line in front of a server until the block ends."""
    with socket.create_server((HOST, 0)) as listener:
        line.port = listener.getsockname()[1]
        listener.settimeout(0.2)
        over = threading.Event()
        acceptor = threading.Thread(target=_accept, args=(listener, line, server_port, over))
        acceptor.start()
        try:
            yield line
        finally:
            over.set()
            acceptor.join()


def _accept(listener: socket.socket, line: Line, server_port: int, over: threading.Event) -> None:
    running = []
    while not over.is_set():
        try:
            client, _ = listener.accept()
        except TimeoutError:
            continue
        thread = threading.Thread(target=_join, args=(client, line, server_port, line.number()))
        thread.start()
        running.append(thread)
    for thread in running:
        thread.join(10)


def _join(client: socket.socket, line: Line, server_port: int, number: int) -> None:
    with client, socket.create_connection((HOST, server_port)) as server:
        for end in (client, server):
            end.settimeout(30)
        up = threading.Thread(target=_pass_on, args=(client, server, line, 300 if number in line.cut_up else None))
        up.start()
        _pass_on(server, client, line, 200 if number in line.cut_down else None)
        for end in (client, server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        up.join()


def _pass_on(source: socket.socket, sink: socket.socket, line: Line, cut_after: int | None) -> None:
    """Pass bytes on, the first of them late; after `cut_after` bytes both ends are hung up."""
    passed = 0
    with suppress(OSError):
        while piece := source.recv(PIECE_BYTES):
            if not passed:
                time.sleep(line.delay_seconds)
            if cut_after is not None:
                piece = piece[: cut_after - passed]
            line.carry(len(piece))
            sink.sendall(piece)
            passed += len(piece)
            if passed == cut_after:
                break
        else:
            sink.shutdown(socket.SHUT_WR)
            return
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
