"""A process or a socket of the tests in a network namespace of its own (``ip netns``)."""

import ctypes
import os
import socket
import threading
from pathlib import Path

# setns(2); Python knows it from 3.12 on.
_CLONE_NEWNET = 0x40000000
_FOLDER = Path("/run/netns")


def enter(name: str) -> None:
    """Move this thread, and what it forks from now on, into the network of that name."""
    handle = os.open(_FOLDER / name, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if ctypes.CDLL(None, use_errno=True).setns(handle, _CLONE_NEWNET):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), name)
    finally:
        os.close(handle)


def door_in(name: str, address: tuple[str, int]) -> socket.socket:
    """A socket that listens in the network of that name, whoever holds it."""
    opened = list[socket.socket]()

    def open_there() -> None:
        enter(name)
        opened.append(socket.create_server(address, backlog=128))

    # Only the thread goes there.
    thread = threading.Thread(target=open_there)
    thread.start()
    thread.join()
    return opened[0]
