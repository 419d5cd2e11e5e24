"""What failed is counted, whoever counts beside it and whatever the database does, and tells no running hour."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from app.failures.counting import Failures, Part, failed, forget_failures
from app.storage.engine import make_engine
from app.storage.sessions import session_scope
from tests.cast import NOW
from tests.keys.dump import dump
from tests.service.waiting import wait_for

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FOUR = 4


def shown(engine: Engine, minutes: float, period: timedelta = HOUR) -> dict[Part, int]:
    """What is told so many minutes after the beginning of the hour in which things failed, where it is anything."""
    begun = NOW.replace(minute=0, second=0)
    with session_scope(engine) as session:
        return {part: times for part, times in failed(session, begun + minutes * MINUTE, period).items() if times}


def test_processes_that_count_at_once_add_up(engine: Engine) -> None:
    processes = [Failures() for _ in range(FOUR)]

    def work(one: Failures) -> None:
        for _ in range(10):
            for part in (Part.WORK, Part.DESK, Part.FAMILY):
                one.note(part)
            one.write_down(engine, NOW)

    with ThreadPoolExecutor(FOUR) as pool:
        list(pool.map(work, processes))
    processes[0].write_down(engine, NOW)

    assert shown(engine, 70) == {Part.WORK: 40, Part.DESK: 40, Part.FAMILY: 40}


def test_what_failed_for_families_is_told_when_the_hour_is_over_on_every_machine(engine: Engine) -> None:
    counted = Failures()
    for part in Part:
        counted.note(part)
    counted.write_down(engine, NOW)
    everything = dict.fromkeys(Part, 1)
    of_staff = {Part.DESK: 1, Part.WORK: 1}

    assert [shown(engine, minutes) for minutes in (59, 64)] == [of_staff, of_staff]
    assert [shown(engine, minutes) for minutes in (65, 124)] == [everything, everything]
    assert shown(engine, 125) == {}
    assert shown(engine, 125, 24 * HOUR) == everything


def test_what_is_written_late_belongs_to_the_hour_of_writing(engine: Engine) -> None:
    counted = Failures()
    counted.note(Part.FAMILY)
    counted.write_down(engine, NOW + HOUR)

    assert shown(engine, 70) == {}
    assert shown(engine, 130) == {Part.FAMILY: 1}


def test_while_the_database_is_away_it_is_kept(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    away = make_engine("postgresql+psycopg://nobody@127.0.0.1:9/nowhere")
    counted = Failures()
    for _ in range(2):
        counted.note(Part.API)
        counted.write_down(away, NOW)
    assert "cannot be counted yet: OperationalError" in caplog.text
    for _ in range(2):
        counted.write_down(engine, NOW)

    assert shown(engine, 70) == {Part.API: 2}


def test_it_is_written_down_beside_the_work_and_at_its_end(engine: Engine) -> None:
    counted = Failures()
    with counted.written_down(engine, lambda: NOW, 0.02):
        counted.note(Part.WORK)
        wait_for(lambda: shown(engine, 70) == {Part.WORK: 1})
    with counted.written_down(engine, lambda: NOW, 600):
        counted.note(Part.WORK)

    assert shown(engine, 70) == {Part.WORK: 2}


def test_after_two_days_it_is_forgotten(engine: Engine) -> None:
    counted = Failures()
    counted.note(Part.DESK)
    counted.write_down(engine, NOW)
    with session_scope(engine) as session:
        assert forget_failures(session, NOW + 47 * HOUR) == 0
        assert forget_failures(session, NOW + 49 * HOUR) == 1

    assert dump(engine)["failure"] == []
