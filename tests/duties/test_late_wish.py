"""A wish for lockdown that nobody confirmed in time is ended by the worker, on the record, by the service itself."""

from datetime import timedelta

import pytest

from app.accounts.lockdown import LockdownState, LockdownWish, lockdown_state
from app.accounts.vouching import vouched
from tests.accounts.test_lockdown import do, state
from tests.cast import NOW, Cast
from tests.duties.test_duties import Shift, noted

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_the_worker_ends_a_wish_that_is_over_and_no_other(cast: Cast) -> None:
    shift = Shift(cast)
    assert do(cast, "petro", LockdownWish.ASK)
    shift.work_once(NOW + timedelta(minutes=10))
    assert state(cast).asked_by == cast.founded_account("petro")
    shift.work_once(NOW + timedelta(minutes=50))
    assert state(cast) == LockdownState()
    shift.work_once(NOW + timedelta(minutes=60))
    with cast.session() as session:
        assert lockdown_state(session).asked_by is None
        assert vouched(session).faults == {}
    assert [event["kind"] for event in noted(cast)].count("wish_ended_by_machine") == 1
    assert do(cast, "iryna", LockdownWish.ASK, timedelta(minutes=61))
    assert do(cast, "petro", LockdownWish.CONFIRM, timedelta(minutes=62))
    assert state(cast).closed
