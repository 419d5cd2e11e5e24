"""The job table: asked for, taken, ended."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session

from app.jobs.errors import LeaseLost
from app.jobs.queue import LONGEST_DELAY, Job, call_back, claim, enqueue, fail, finish, keep_recurring
from app.jobs.tables import JobRow
from app.storage.sessions import session_scope

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=10)


def ask(engine: Engine, key: str = "one", due: datetime = NOON, kind: str = "task") -> None:
    with session_scope(engine) as session:
        enqueue(session, kind, key, due)


def take(engine: Engine, now: datetime = NOON) -> Job | None:
    with session_scope(engine) as session:
        return claim(session, now, LEASE, ["task"])


def took(engine: Engine, now: datetime = NOON) -> Job:
    job = take(engine, now)
    assert job is not None
    return job


def end(engine: Engine, job: Job, again_at: datetime | None = None) -> None:
    with session_scope(engine) as session:
        finish(session, job, again_at)


def rows(engine: Engine) -> list[JobRow]:
    with session_scope(engine) as session:
        return list(session.scalars(select(JobRow)))


def test_a_job_is_taken_when_it_is_due_and_not_before(engine: Engine) -> None:
    ask(engine, due=NOON)

    assert take(engine, NOON - MINUTE) is None
    assert took(engine, NOON).key == "one"


def test_a_job_asked_for_twice_is_one_job_at_the_earlier_time(engine: Engine) -> None:
    ask(engine, due=NOON + HOUR)
    ask(engine, due=NOON)
    ask(engine, due=NOON + 2 * HOUR)

    end(engine, took(engine))

    assert rows(engine) == []


def test_jobs_are_taken_in_the_order_in_which_they_fell_due(engine: Engine) -> None:
    for key, minutes in (("second", 2), ("third", 3), ("first", 1)):
        ask(engine, key, NOON + minutes * MINUTE)

    assert [took(engine, NOON + HOUR).key for _ in range(3)] == ["first", "second", "third"]


def test_a_job_of_another_kind_is_left_to_others(engine: Engine) -> None:
    ask(engine, kind="newer than this worker")

    assert take(engine) is None


def test_a_taken_job_is_nobody_elses_until_its_lease_ends(engine: Engine) -> None:
    ask(engine)
    took(engine)

    assert take(engine, NOON + LEASE - MINUTE) is None
    assert took(engine, NOON + LEASE).tries == 2


def test_who_lost_the_lease_can_neither_finish_nor_put_back(engine: Engine) -> None:
    ask(engine)
    slow = took(engine)
    quick = took(engine, NOON + LEASE)

    with pytest.raises(LeaseLost):
        end(engine, slow)
    with pytest.raises(LeaseLost):
        end(engine, slow, again_at=NOON)
    with pytest.raises(LeaseLost), session_scope(engine) as session:
        fail(session, slow, NOON)

    end(engine, quick)
    assert rows(engine) == []


def test_a_finished_job_comes_back_when_it_was_told_to(engine: Engine) -> None:
    ask(engine)
    end(engine, took(engine), again_at=NOON + HOUR)

    assert take(engine, NOON + HOUR - MINUTE) is None
    assert took(engine, NOON + HOUR).tries == 1


def test_a_job_asked_for_while_it_is_done_runs_once_more(engine: Engine) -> None:
    ask(engine)
    job = took(engine)
    ask(engine, due=NOON + MINUTE)
    end(engine, job)

    again = took(engine, NOON + MINUTE)
    end(engine, again)
    assert rows(engine) == []


@pytest.mark.parametrize(("asked", "told", "next_time"), [(1, 2, 1), (2, 1, 1), (5, 1, 1)])
def test_the_earlier_of_asked_for_and_told_to_come_back_counts(
    engine: Engine, asked: int, told: int, next_time: int
) -> None:
    ask(engine)
    job = took(engine)
    ask(engine, due=NOON + asked * HOUR)
    end(engine, job, again_at=NOON + told * HOUR)

    assert take(engine, NOON + next_time * HOUR - MINUTE) is None
    assert take(engine, NOON + next_time * HOUR) is not None


def test_what_was_asked_for_later_outlives_a_killed_worker(engine: Engine) -> None:
    ask(engine)
    took(engine)
    ask(engine, due=NOON + HOUR)
    # The first worker was killed; a second one finishes what the first had begun.
    end(engine, took(engine, NOON + LEASE))

    assert take(engine, NOON + HOUR - MINUTE) is None
    assert take(engine, NOON + HOUR) is not None


def test_what_was_asked_for_before_the_second_worker_began_is_not_done_twice(engine: Engine) -> None:
    ask(engine)
    took(engine)
    ask(engine, due=NOON + MINUTE)
    end(engine, took(engine, NOON + LEASE))

    assert rows(engine) == []


def test_a_failed_job_waits_longer_each_time_and_never_too_long(engine: Engine) -> None:
    ask(engine)
    now = NOON
    waits = []
    for _ in range(12):
        with session_scope(engine) as session:
            fail(session, took(engine, now), now)
        waits.append(rows(engine)[0].due - now)
        now += waits[-1]

    assert waits[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert waits[-1] == LONGEST_DELAY


def test_a_job_that_went_well_has_its_tries_forgotten(engine: Engine) -> None:
    ask(engine)
    with session_scope(engine) as session:
        fail(session, took(engine), NOON)
    end(engine, took(engine, NOON + HOUR), again_at=NOON + 2 * HOUR)

    assert took(engine, NOON + 2 * HOUR).tries == 1


def test_a_recurring_job_that_is_there_keeps_its_time(engine: Engine) -> None:
    with session_scope(engine) as session:
        keep_recurring(session, "task", NOON + HOUR, NOON + 2 * HOUR)
    with session_scope(engine) as session:
        keep_recurring(session, "task", NOON, NOON + HOUR)

    assert [row.due for row in rows(engine)] == [NOON + HOUR]


def test_no_time_is_kept_finer_than_a_minute(engine: Engine) -> None:
    uneven = NOON + timedelta(seconds=17, microseconds=5)
    ask(engine, due=uneven)
    job = took(engine, uneven)
    ask(engine, due=uneven)

    row = rows(engine)[0]
    assert (row.due, row.asked, row.leased_until) == (NOON, NOON, NOON + LEASE + MINUTE)

    with session_scope(engine) as session:
        fail(session, job, uneven)
    assert rows(engine)[0].due == NOON + 2 * MINUTE


def test_two_who_look_at_the_same_time_take_different_jobs(engine: Engine) -> None:
    ask(engine, "one")
    ask(engine, "two")

    first, second = Session(engine), Session(engine)
    with first, second:
        # On SQLite the first must end its transaction before the second may write; PostgreSQL skips the locked row.
        one = claim(first, NOON, LEASE, ["task"])
        if engine.dialect.name == "sqlite":
            first.commit()
        two = claim(second, NOON, LEASE, ["task"])
        first.commit()
        second.commit()

    assert one is not None
    assert two is not None
    assert {one.key, two.key} == {"one", "two"}


def test_what_a_clock_that_was_ahead_has_put_off_is_taken_up(engine: Engine) -> None:
    """Two days ahead for a while: one came back for then, one is held until then, one failed then."""
    ahead = NOON + 48 * HOUR
    with session_scope(engine) as session:
        keep_recurring(session, "task", ahead, ahead + 2 * HOUR)
    for key in ("held", "failed"):
        ask(engine, key)
    held, failed = took(engine, ahead), took(engine, ahead)
    with session_scope(engine) as session:
        fail(session, failed, ahead)
    assert take(engine, NOON + HOUR) is None
    with session_scope(engine) as session:
        keep_recurring(session, "task", NOON, NOON + 2 * HOUR)
        call_back(session, NOON, 2 * LEASE)

    assert sorted(took(engine, NOON + MINUTE).key for _ in range(3)) == ["", "failed", "held"]
    with pytest.raises(LeaseLost):
        end(engine, held)
