"""A line to a server that can be cut: what goes through it is passed on until somebody pulls the plug."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.service.machine import HOST

# Closed like this, a connection ends with a reset and not politely.
_AT_ONCE = struct.pack("ii", 1, 0)


@dataclass
class Relay:
    """A relay on ``port``: ``away`` it turns away whoever comes, ``silent`` it takes all and passes nothing on."""

    port: int
    away: bool = False
    silent: bool = False
    cuts: int = 0
    _open: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def cut(self) -> None:
        """Break every connection where it stands."""
        with self._lock:
            broken, self._open = self._open, set()
        for each in broken:
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
                each.shutdown(socket.SHUT_RDWR)
        self.cuts += len(broken) // 2

    def take(self, near: socket.socket, target: int) -> None:
        """Pass on what one connection carries, both ways."""
        if self.away:
            near.close()
            return
        far = socket.create_connection((HOST, target))
        with self._lock:
            self._open |= {near, far}
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self._pass_on, args=[source, sink], daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(1 << 16):
                if not self.silent:
                    sink.sendall(piece)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextmanager
def relay_to(target: int) -> Iterator[Relay]:
    """A relay to a port of this machine while the block lasts."""
    with socket.create_server((HOST, 0), backlog=64) as door:
        relay = Relay(door.getsockname()[1])

        def listen() -> None:
            with suppress(OSError):
                while True:
                    relay.take(door.accept()[0], target)

        threading.Thread(target=listen, daemon=True).start()
        try:
            yield relay
        finally:
            relay.cut()
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)
