"""The worker: does what is due in the job table, holds no key, and may be killed at any moment.

The work of a job and its end are one transaction: a killed worker leaves nothing half done, and its job goes to
another when the lease ends. Two workers, or one job done twice, do no harm. The log tells kinds and counts alone.
"""

import logging
import signal
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread
from types import FrameType

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.clock import SteadyClock
from app.failures.counting import Failures, Part
from app.jobs.errors import LeaseLost
from app.jobs.queue import Job, call_back, claim, fail, finish, keep_recurring
from app.storage.sessions import session_scope

# Does one job by its key, in the transaction that also ends it, and says when it is to be done again, if ever. On
# SQLite nobody else writes meanwhile: much work is done in steps, by coming back at once for the next.
Handler = Callable[[Session, str, datetime], datetime | None]

LEASE = timedelta(minutes=10)
PREPARED_FOR = timedelta(hours=1)
PAUSE_SECONDS = 2.0
PAUSE_AFTER_TROUBLE_SECONDS = 15.0

log = logging.getLogger("rodyna.worker")


@dataclass(frozen=True)
class Worker:
    """What one worker does: a handler for each kind, and for each recurring kind the time from one to the next."""

    engine: Engine
    handlers: Mapping[str, Handler]
    recurring: Mapping[str, timedelta] = field(default_factory=dict)
    clock: Callable[[], datetime] = field(default_factory=SteadyClock)
    lease: timedelta = LEASE
    failures: Failures = field(default_factory=Failures)

    def prepare(self) -> None:
        """See to it that every recurring job is in the table, and none waits for a time that a wrong clock set."""
        with session_scope(self.engine) as session:
            now = self.clock()
            for kind, interval in self.recurring.items():
                # A night's work may be put off until the night after.
                keep_recurring(session, kind, now, now + 2 * interval)
            call_back(session, now, 2 * self.lease)

    def do_next(self) -> str | None:
        """Do the job that has been due longest; give its kind, or None where nothing is due."""
        with session_scope(self.engine) as session:
            job = claim(session, self.clock(), self.lease, self.handlers.keys())
        if job is None:
            return None
        try:
            self._do(job)
        except LeaseLost:
            log.warning("took longer than its lease, left to another worker: %s", job.kind)
        except Exception as error:  # noqa: BLE001 - Whatever one job runs into, the others must still be done.
            # The error's own words may carry what a statement carried; its class does not.
            log.warning("failed: %s, try %d, %s", job.kind, job.tries, type(error).__name__)
            self.failures.note(Part.WORK)
            self._put_back(job)
        return job.kind

    def _do(self, job: Job) -> None:
        with session_scope(self.engine) as session:
            now = self.clock()
            again_at = self.handlers[job.kind](session, job.key, now)
            if again_at is None and job.kind in self.recurring:
                again_at = now + self.recurring[job.kind]
            finish(session, job, again_at)

    def _put_back(self, job: Job) -> None:
        try:
            with session_scope(self.engine) as session:
                fail(session, job, self.clock())
        except LeaseLost:
            log.warning("left to another worker: %s", job.kind)


def run(worker: Worker, stop: Event, pause_seconds: float = PAUSE_SECONDS) -> None:
    """Do what is due until `stop` is set; the job at hand is ended first. A database that is away is waited for."""
    prepared: datetime | None = None
    while not stop.is_set():
        try:
            # Again when the clock was set back, and every hour all the same.
            now = worker.clock()
            if prepared is None or not prepared <= now < prepared + PREPARED_FOR:
                worker.prepare()
                prepared = now
            _do_all_due(worker, stop)
        except DBAPIError as error:
            log.warning("the database cannot be used: %s", type(error).__name__)
            stop.wait(PAUSE_AFTER_TROUBLE_SECONDS)
        stop.wait(pause_seconds)


def _do_all_due(worker: Worker, stop: Event) -> None:
    done: Counter[str] = Counter()
    try:
        while not stop.is_set() and (kind := worker.do_next()) is not None:
            done[kind] += 1
    finally:
        for kind, count in sorted(done.items()):
            log.info("jobs taken: %s, %d", kind, count)


def stop_on_signals() -> Event:
    """An event that SIGTERM and SIGINT set from now on, so that `run` ends the job at hand and returns."""
    stop = Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        # Not here: the signal may have come while this very thread holds the event's lock to look at it.
        Thread(target=stop.set).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    return stop
