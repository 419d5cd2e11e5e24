"""Waiting for what another process does."""

import time
from collections.abc import Callable


def wait_for(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds, and fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited for in vain"
        time.sleep(0.02)
