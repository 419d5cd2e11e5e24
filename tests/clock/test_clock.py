"""The time of a process goes on evenly when the machine's clock jumps."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from app.clock import PATIENCE, STARTED, SteadyClock, since_start, told

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Machine:
    """A machine that has run for a day, and whose clock can be set."""

    def __init__(self, ran: timedelta = DAY) -> None:
        self.says, self.ran = NOON, ran
        self.clock = SteadyClock(lambda: self.says, lambda: self.ran)

    def later(self, by: timedelta) -> datetime:
        self.says += by
        self.ran += by
        return self.clock()


def test_it_is_what_the_clock_says() -> None:
    assert abs(SteadyClock()() - told()) < SECOND
    assert since_start() > timedelta()
    machine = Machine()
    assert [machine.later(HOUR), machine.later(DAY)] == [NOON + HOUR, NOON + HOUR + DAY]


@pytest.mark.parametrize("jump", [2 * DAY, -HOUR, -30 * DAY])
def test_a_jump_that_is_set_right_within_the_hour_was_never_there(
    jump: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    machine = Machine()
    machine.says += jump
    assert machine.later(MINUTE) == NOON + MINUTE
    assert machine.later(PATIENCE - SECOND) == NOON + MINUTE + PATIENCE - SECOND
    machine.says -= jump
    assert machine.later(MINUTE) == NOON + 2 * MINUTE + PATIENCE - SECOND
    machine.says += jump

    assert machine.later(PATIENCE) == NOON + 2 * MINUTE + 2 * PATIENCE - SECOND, "a new jump has an hour of its own"
    assert caplog.messages[0].startswith("the machine's clock jumped by ")
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_a_jump_that_stays_is_believed_after_an_hour() -> None:
    machine = Machine()
    machine.says += 2 * DAY
    assert machine.later(MINUTE) == NOON + MINUTE
    # It jumps once more meanwhile: what counts is that it has been wrong for an hour.
    machine.says += HOUR

    assert machine.later(PATIENCE) == machine.says
    assert machine.later(MINUTE) == machine.says


def test_small_corrections_and_those_of_a_machine_that_just_started_are_followed_at_once() -> None:
    machine, started = Machine(), Machine(ran=MINUTE)
    for _ in range(100):
        machine.says += SECOND
        assert machine.later(SECOND) == machine.says
    started.says += 300 * DAY

    assert started.later(SECOND) == started.says
    assert started.later(STARTED) == started.says
    started.says -= DAY
    assert started.later(SECOND) == started.says + DAY
