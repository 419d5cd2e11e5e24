"""Waiting for what another process does."""

import time
from collections.abc import Callable

# What takes a second or two alone; a machine that others use as well is given time, and only what fails costs it.
LONGEST_SECONDS = 120


def wait_for(holds: Callable[[], bool], seconds: float = LONGEST_SECONDS) -> None:
    """Wait until something holds, and fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited for in vain"
        time.sleep(0.02)
