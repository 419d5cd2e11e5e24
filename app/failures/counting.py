"""What failed: counted in each process's memory, written from there to the database, which may have been the cause.

A process that is killed takes along what it counted in its last minute; one whose line breaks in the very moment of a
commit counts that minute twice. Neither matters for a figure that says whether to look at the log.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Event, Lock, Thread

from sqlalchemy import Engine, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from app.failures.tables import FailureRow
from app.storage.columns import hour_of
from app.storage.conflicts import changed_rows
from app.storage.sessions import session_scope

KEPT = timedelta(days=2)
PAUSE_SECONDS = 60.0
# Whoever ends a process waits for the last words no longer than that.
LAST_WORDS_SECONDS = 3.0
# The clocks of machines differ, and an hour is over when it is over on all of them.
OVER_AFTER = timedelta(minutes=5)

log = logging.getLogger("rodyna.failures")


class Part(StrEnum):
    """Where something failed: a side, or the background work."""

    FAMILY = "family"
    API = "api"
    DESK = "desk"
    WORK = "work"


# Whoever reads a figure often must not learn from it when a family was there.
OF_FAMILIES = frozenset({Part.FAMILY, Part.API})


class Failures:
    """What failed in this process and is not in the database yet; counted from any thread, and at once."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock, self._counted = Lock(), Counter[Part]()

    def note(self, part: Part) -> None:
        """Count one."""
        with self._lock:
            self._counted[part] += 1

    def write_down(self, engine: Engine, now: datetime) -> None:
        """Add what was counted to the hour of ``now``; what cannot be written stays for the next time.

        The hour is that of writing: one that is over never changes again, however long the database was away, so that
        a count that grows late tells nobody which minutes it belongs to.
        """
        with self._lock:
            counted, self._counted = self._counted, Counter()
        if not counted:
            return
        try:
            with session_scope(engine) as session:
                # In one order in every process, so that none waits for the other's row while it holds its own.
                for part in sorted(counted):
                    _add(session, part, counted[part], hour_of(now))
        except Exception as error:  # noqa: BLE001 - Whatever stands in the way of a figure, nothing else suffers by it.
            with self._lock:
                self._counted += counted
            log.warning("what failed cannot be counted yet: %s", type(error).__name__)

    @contextmanager
    def written_down(
        self, engine: Engine, clock: Callable[[], datetime], pause_seconds: float = PAUSE_SECONDS
    ) -> Iterator[None]:
        """Write down what was counted every minute while the block lasts, beside all other work, and when it ends."""
        stop = Event()

        def go_on() -> None:
            while not stop.wait(pause_seconds):
                self.write_down(engine, clock())
            self.write_down(engine, clock())

        writing = Thread(target=go_on, name="failures", daemon=True)
        writing.start()
        try:
            yield
        finally:
            stop.set()
            writing.join(LAST_WORDS_SECONDS)


def failed(session: Session, now: datetime, period: timedelta) -> dict[Part, int]:
    """How often each part failed in the whole hours of ``period`` that are over.

    For the desk and the background work with what failed since: nobody learns from that when a family came.
    """
    over = hour_of(now - OVER_AFTER)
    hours = col(FailureRow.hour) >= over - period, col(FailureRow.hour) <= now
    fresh = col(FailureRow.part).not_in(OF_FAMILIES) | (col(FailureRow.hour) < over)
    query = select(FailureRow.part, func.sum(col(FailureRow.times))).where(*hours, fresh).group_by(FailureRow.part)
    found = {Part(part): int(times) for part, times in session.exec(query)}
    return {part: found.get(part, 0) for part in Part}


def forget_failures(session: Session, now: datetime) -> int:
    """Delete the counts of hours that nobody asks for any more; say how many."""
    return changed_rows(session.execute(delete(FailureRow).where(col(FailureRow.hour) < now - KEPT)))


def _add(session: Session, part: Part, times: int, hour: datetime) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    wanted = insert(FailureRow).values(part=part.value, hour=hour, times=times)
    more = {"times": col(FailureRow.times) + wanted.excluded.times}
    session.execute(wanted.on_conflict_do_update(index_elements=["part", "hour"], set_=more))
