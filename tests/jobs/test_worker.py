"""The worker, in this process and as processes of their own that are stopped and killed."""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from app.failures.counting import Part, failed
from app.jobs.queue import enqueue
from app.jobs.tables import JobRow
from app.storage.engine import make_engine
from app.storage.sessions import session_scope
from app.worker import LEASE, Worker, run
from tests.jobs.workplace import mark, marks

CHECKOUT = Path(__file__).parents[2]
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def ask(engine: Engine, *keys: str, due: datetime = NOON) -> None:
    with session_scope(engine) as session:
        for key in keys:
            enqueue(session, "task", key, due)


def done(engine: Engine) -> list[str]:
    with session_scope(engine) as session:
        return marks(session)


def waiting(engine: Engine) -> list[str]:
    with session_scope(engine) as session:
        return sorted(session.scalars(select(col(JobRow.key)).where(col(JobRow.kind) == "task")))


@contextmanager
def process(url: str, handler: str = "mark", *, minutes_ahead: int = 0) -> Iterator[subprocess.Popen[str]]:
    """A worker of its own; killed when the block ends, unless it has ended by then."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.workplace", url, str(minutes_ahead), handler],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def said(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline().strip()


def wait_until_nothing_waits(engine: Engine) -> None:
    for _ in range(600):
        if not waiting(engine):
            return
        time.sleep(0.05)
    pytest.fail(f"still waiting: {waiting(engine)}")


def test_everything_due_is_done_once_and_the_rest_waits(engine: Engine) -> None:
    ask(engine, "one", "two")
    ask(engine, "later", due=NOON + HOUR)
    worker = Worker(engine, {"task": mark}, clock=Clock())

    assert [worker.do_next() for _ in range(3)] == ["task", "task", None]

    assert done(engine) == ["one", "two"]
    assert waiting(engine) == ["later"]


def test_a_failed_job_leaves_nothing_behind_and_is_tried_again(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(session: Session, key: str, now: datetime) -> None:
        mark(session, key, now)
        if clock.now == NOON:
            raise RuntimeError("the words of an error may hold anything")

    ask(engine, "one")
    clock = Clock()
    worker = Worker(engine, {"task": stumble}, clock=clock)

    assert [worker.do_next(), worker.do_next()] == ["task", None]
    assert done(engine) == []
    assert caplog.messages == ["failed: task, try 1, RuntimeError"]
    worker.failures.write_down(engine, NOON)
    with session_scope(engine) as session:
        assert failed(session, NOON, HOUR)[Part.WORK] == 1

    clock.now += HOUR
    assert worker.do_next() == "task"
    assert done(engine) == ["one"]


@pytest.mark.parametrize("ending", ["well", "badly"])
def test_a_job_that_outlasts_its_lease_is_rolled_back_and_left_to_who_has_it(
    engine: Engine, caplog: pytest.LogCaptureFixture, ending: str
) -> None:
    clock = Clock()
    quick = Worker(engine, {"task": mark}, clock=clock)

    def slow(session: Session, key: str, now: datetime) -> None:
        clock.now += LEASE
        assert quick.do_next() == "task"
        if ending == "badly":
            raise RuntimeError
        mark(session, key, now)

    ask(engine, "one")
    assert Worker(engine, {"task": slow}, clock=clock).do_next() == "task"

    assert done(engine) == ["one"]
    assert waiting(engine) == []
    assert "another worker" in caplog.messages[-1]


def test_a_recurring_job_comes_back_after_its_time(engine: Engine) -> None:
    clock = Clock()
    worker = Worker(engine, {"task": mark}, recurring={"task": HOUR}, clock=clock)
    worker.prepare()
    worker.prepare()

    assert [worker.do_next(), worker.do_next()] == ["task", None]
    clock.now += HOUR
    assert [worker.do_next(), worker.do_next()] == ["task", None]
    assert len(done(engine)) == 2


def test_a_handler_that_comes_back_at_once_works_in_steps(engine: Engine) -> None:
    steps = iter([NOON, NOON, None])

    def step(session: Session, key: str, now: datetime) -> datetime | None:
        mark(session, key, now)
        return next(steps)

    ask(engine, "one")
    worker = Worker(engine, {"task": step}, clock=Clock())

    assert [worker.do_next() for _ in range(4)] == ["task", "task", "task", None]
    assert done(engine) == ["one"] * 3


def test_the_log_tells_kinds_and_counts_alone(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    stop = Event()

    def last(session: Session, key: str, now: datetime) -> None:
        if key == "b":
            stop.set()

    ask(engine, "a")
    ask(engine, "b", due=NOON + timedelta(minutes=1))
    clock = Clock()
    clock.now += HOUR
    with caplog.at_level(logging.INFO, "rodyna.worker"):
        run(Worker(engine, {"task": last}, clock=clock), stop, pause_seconds=0)

    assert caplog.messages == ["jobs taken: task, 2"]


def test_a_database_that_cannot_be_used_is_waited_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.worker.PAUSE_AFTER_TROUBLE_SECONDS", 0)
    stop = Event()
    # Each time it looks twice: whether to prepare, and for when.
    looks = iter([NOON] * 4)

    def clock() -> datetime:
        try:
            return next(looks)
        except StopIteration:
            stop.set()
            return NOON

    engine = make_engine(f"sqlite:///{tmp_path / 'without-tables.db'}")
    run(Worker(engine, {"task": mark}, recurring={"task": HOUR}, clock=clock), stop, pause_seconds=0)
    engine.dispose()

    assert caplog.messages == ["the database cannot be used: OperationalError"] * 3


def test_a_killed_workers_job_is_done_once_by_another(database_url: str, engine: Engine) -> None:
    ask(engine, "one", "two")
    with process(database_url, "hang") as victim:
        assert said(victim) == "in the middle"
        victim.kill()
        victim.wait()

    assert len(waiting(engine)) == 2
    assert done(engine) == []
    # Long before the lease has ended in reality: the second worker's clock goes ahead.
    with process(database_url, minutes_ahead=20):
        wait_until_nothing_waits(engine)

    assert done(engine) == ["one", "two"]


def test_two_workers_share_the_work_and_do_nothing_twice(database_url: str, engine: Engine) -> None:
    keys = sorted(f"key{number:02}" for number in range(60))
    ask(engine, *keys)

    with process(database_url), process(database_url):
        wait_until_nothing_waits(engine)

    assert done(engine) == keys


def test_a_worker_asked_to_stop_ends_the_job_at_hand(database_url: str, engine: Engine) -> None:
    ask(engine, "one", "two")
    with process(database_url, "rest") as worker:
        assert said(worker) == "resting"
        worker.terminate()
        assert worker.wait(30) == 0

    assert len(done(engine)) == 1
    assert len(waiting(engine)) == 1
