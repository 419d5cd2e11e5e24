"""The time of a running process: it goes on evenly when the machine's clock jumps, and waits to see whether that holds.

Deadlines, the day's keys of drafts, sessions and second factors go by it. A clock that a broken time server or a slip
of the hand sets two days ahead, or an hour back, would end drafts that families are writing, miss deadlines that are
not over, take back offers, and turn away everybody's six digits; and most of that stays when it is set right again.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

# A correction as time servers make it every day is followed at once, and so is any while the machine has just started:
# then the clock was wrong before.
SMALL = timedelta(minutes=1)
STARTED = timedelta(minutes=10)
# Who set it by mistake has so long to notice. A process that is started anew believes the clock at once.
PATIENCE = timedelta(hours=1)

log = logging.getLogger("rodyna.clock")


def since_start() -> timedelta:
    """How long the machine has run, the time that it slept included where the system counts it."""
    return timedelta(seconds=time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)))


def told() -> datetime:
    """What the machine's clock says."""
    return datetime.now(UTC)


class SteadyClock:
    """The time, in UTC; asked from many threads."""

    def __init__(
        self, tells: Callable[[], datetime] | None = None, runs: Callable[[], timedelta] = since_start
    ) -> None:
        """Begin at what the clock ``tells``, the machine's own without one; ``runs`` is time that never jumps."""
        self._tells, self._runs, self._lock = tells or told, runs, Lock()
        self._zero = self._tells() - runs()
        self._jumped: timedelta | None = None

    def __call__(self) -> datetime:
        """Now."""
        with self._lock:
            says, ran = self._tells(), self._runs()
            wrong = says - (self._zero + ran)
            if abs(wrong) <= SMALL or ran < STARTED:
                if self._jumped is not None:
                    log.warning("the machine's clock is back where it should be")
                self._zero, self._jumped = says - ran, None
            elif self._jumped is None:
                self._jumped = ran
                log.warning(
                    "the machine's clock jumped by %d s and is not believed for an hour; if it is right now, restart",
                    wrong.total_seconds(),
                )
            elif ran - self._jumped >= PATIENCE:
                log.warning("the machine's clock stayed where it jumped to and is believed")
                self._zero, self._jumped = says - ran, None
            return self._zero + ran
