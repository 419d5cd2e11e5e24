"""A clock stands still only while the family is waited for, fourteen days in all; then the case is back, flagged."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from app import duties
from app.casefile import clocks
from app.casefile.cases import NOTHING_DUE, Status
from app.casefile.tables import Case
from app.casework import actions, junk, watch
from app.casework.errors import NotAllowedNow
from app.intake import returning
from app.storage.columns import hour_up
from app.worker import Worker
from tests.casework.desk import while_reading
from tests.cast import NOW, Cast

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The legal queue promises to act within a day.
ACT_WITHIN = DAY


@pytest.fixture
def code(cast: Cast) -> str:
    """The code of a family that is waited for since two hours after it sent its report."""
    sent, daria = cast.report(), cast.member("daria")
    case_id = cast.case_of(sent)
    with cast.session() as session:
        actions.acknowledge(session, daria, case_id, 1, NOW)
    for version, status in ((2, "in_progress"), (3, "awaiting_family")):
        with cast.session() as session:
            actions.set_status(session, daria, case_id, version, status, NOW + 2 * HOUR)
    return sent


def the_case(cast: Cast) -> Case:
    with cast.session() as session:
        return session.exec(select(Case)).one()


def watched(cast: Cast, moment: datetime) -> Case:
    """The worker's look at the clocks, and the case after it."""
    with cast.session() as session:
        watch.end_waiting(session, moment)
    return the_case(cast)


def test_while_the_family_is_waited_for_nothing_runs_out(cast: Cast, code: str) -> None:
    row = watched(cast, NOW + 13 * DAY)
    assert (row.status, row.act_by, row.due) == ("awaiting_family", None, NOTHING_DUE)
    # The act clock had a day; two hours were over, and what was left is kept in whole hours.
    assert row.left_hours == 23
    assert row.silent_since is None


def aside(cast: Cast, moment: datetime) -> None:
    row = the_case(cast)
    with cast.session() as session:
        junk.set_aside(session, cast.member("daria"), row.id, row.version, moment)


def given_back(cast: Cast, moment: datetime) -> Case:
    with cast.session() as session:
        junk.give_back(session, cast.member("daria"), the_case(cast).id, moment)
    return the_case(cast)


def test_what_was_set_aside_while_its_family_was_waited_for_is_not_forgotten_when_it_is_given_back(
    cast: Cast, code: str
) -> None:
    aside(cast, NOW + 10 * DAY)
    assert given_back(cast, NOW + 11 * DAY).status == "awaiting_family"
    aside(cast, NOW + 12 * DAY)
    moment = NOW + 20 * DAY
    assert watched(cast, moment).status == "closed"
    row = given_back(cast, moment)
    # The fourteen days ended meanwhile: the clock runs again with what was left, and somebody is told.
    assert (row.status, row.waits_until, row.left_hours) == ("in_progress", None, None)
    assert row.act_by == row.due == hour_up(moment + 23 * HOUR)
    assert (row.silent_since, row.paused_hours) == (moment.date(), 14 * 24)


def test_what_is_given_back_waits_for_no_family_that_wrote_meanwhile(cast: Cast, code: str) -> None:
    aside(cast, NOW + 3 * HOUR)
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
        returning.write_message(session, opened, "Ми тут.", NOW + 4 * HOUR)
    row = given_back(cast, NOW + 5 * HOUR)
    assert (row.status, row.unread, row.silent_since) == ("in_progress", True, None)
    assert row.act_by == row.due == hour_up(NOW + 28 * HOUR)


def test_after_fourteen_days_the_case_is_back_with_the_time_that_was_left(cast: Cast, code: str) -> None:
    before = the_case(cast)
    end = hour_up(NOW + 2 * HOUR + 14 * DAY)
    assert watched(cast, end - HOUR).status == "awaiting_family"
    row = watched(cast, end)
    assert (row.status, row.waits_until, row.left_hours) == ("in_progress", None, None)
    assert row.act_by == row.due == end + 23 * HOUR
    assert (row.silent_since, row.paused_hours) == (end.date(), 14 * 24)
    # A page of before the end is out of date.
    assert row.version == before.version + 1


def test_done_twice_it_changes_nothing_more(cast: Cast, code: str) -> None:
    end = NOW + 15 * DAY
    first = watched(cast, end)
    again = watched(cast, end + HOUR)
    assert {**first.model_dump()} == {**again.model_dump()}


def test_a_family_that_writes_lets_the_clock_run_on_and_only_the_rest_can_stand_still_later(
    cast: Cast, code: str
) -> None:
    daria, wrote = cast.member("daria"), NOW + 2 * HOUR + 10 * DAY
    with cast.session() as session:
        _, opened = returning.open_return(session, code, wrote)
    with cast.session() as session:
        returning.write_message(session, opened, "Ось відповідь.", wrote)
    row = the_case(cast)
    assert (row.status, row.act_by, row.silent_since) == ("in_progress", hour_up(wrote + 23 * HOUR), None)
    with cast.session() as session:
        actions.set_status(session, daria, row.id, row.version, "awaiting_family", wrote + HOUR)
    waits_until = the_case(cast).waits_until
    assert waits_until is not None
    assert timedelta(days=3, hours=20) < waits_until - wrote <= timedelta(days=4, hours=3)
    end = watched(cast, waits_until)
    assert (end.status, end.paused_hours) == ("in_progress", 14 * 24)
    # Nothing is left of the fourteen days: waiting goes on, and the clock with it.
    with cast.session() as session:
        actions.set_status(session, daria, end.id, end.version, "awaiting_family", waits_until + HOUR)
    row = the_case(cast)
    assert (row.status, row.act_by, row.due) == ("awaiting_family", end.act_by, end.act_by)


def in_progress(cast: Cast) -> tuple[str, Case]:
    """A case that is worked on, and its family's code."""
    code, daria = cast.report(), cast.member("daria")
    case_id = cast.case_of(code)
    with cast.session() as session:
        actions.acknowledge(session, daria, case_id, 1, NOW)
    with cast.session() as session:
        actions.set_status(session, daria, case_id, 2, "in_progress", NOW)
    return code, the_case(cast)


def wait_for_the_family(cast: Cast, row: Case, seen: int) -> None:
    """As the form does that a page with so many messages of the family carries."""
    with cast.session() as session:
        actions.set_status(session, cast.member("daria"), row.id, row.version, "awaiting_family", NOW + HOUR, seen)


@pytest.mark.parametrize("while_it_is_set", [False, True])
def test_no_family_is_waited_for_that_wrote_after_the_page_was_shown(cast: Cast, while_it_is_set: bool) -> None:
    code, before = in_progress(cast)

    def write() -> None:
        with cast.session() as session:
            _, opened = returning.open_return(session, code, NOW)
        with cast.session() as session:
            returning.write_message(session, opened, "Ось відповідь.", NOW)

    if while_it_is_set:
        while_reading(cast, "case", write)
    else:
        write()
    with pytest.raises(NotAllowedNow, match="family_wrote"):
        wait_for_the_family(cast, before, seen=0)
    row = the_case(cast)
    assert (row.status, row.unread, row.version, row.act_by) == ("in_progress", True, before.version, before.act_by)
    # Whoever has read it may wait for the family all the same, also before it is marked as read.
    wait_for_the_family(cast, row, seen=1)
    assert the_case(cast).status == "awaiting_family"


@pytest.mark.parametrize("status", [Status.NEW, Status.ACKNOWLEDGED, Status.IN_PROGRESS, Status.CLOSED])
def test_no_other_status_stops_a_clock_or_is_ended(cast: Cast, status: Status) -> None:
    cast.report()
    with cast.session() as session:
        row = session.exec(select(Case)).one()
        row.status, row.waits_until = status.value, NOW
        session.add(row)
    before, after = the_case(cast), watched(cast, NOW + 20 * DAY)
    assert (after.status, after.act_by, after.silent_since) == (status.value, before.act_by, None)
    assert clocks.resumed(after, NOW) == {}


def test_what_is_late_already_does_not_stand_still(cast: Cast) -> None:
    late = Case(**{**_row(), "act_by": NOW - HOUR, "due": NOW - HOUR})
    assert clocks.waiting(late, NOW).keys() == {"status", "waits_until"}


def _row() -> dict[str, Any]:
    times = {"act_by": hour_up(NOW + ACT_WITHIN), "due": hour_up(NOW + ACT_WITHIN), "acknowledge_by": None}
    return {
        "id": "2345abcd",
        "queue_id": "legal",
        "status": "in_progress",
        "priority": 1,
        "received": NOW.date(),
        **times,
    }


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 30)), max_size=8))
def test_however_often_it_is_waited_for_a_clock_stands_still_for_fourteen_days_in_all(
    spans: list[tuple[int, int]],
) -> None:
    """Each span is how many hours the family was waited for and how many were worked between."""
    values, now, worked = _row(), NOW, timedelta()
    promised = values["act_by"]
    for waited, between in spans:
        values |= clocks.waiting(Case(**values), now)
        until = values["waits_until"]
        now = min(now + waited * HOUR, until) if until else now + waited * HOUR
        values |= clocks.resumed(Case(**values), now)
        now += between * HOUR
        worked += between * HOUR
    # Each of the pauses may add the rest of an hour that was begun, and no more.
    assert values["act_by"] <= promised + clocks.MOST_WAITING + len(spans) * 2 * HOUR
    assert (values.get("paused_hours") or 0) <= 14 * 24


def test_the_worker_ends_the_waiting_with_no_key_that_opens(cast: Cast, code: str) -> None:
    end = NOW + 2 * HOUR + 14 * DAY + HOUR
    worker = Worker(cast.engine, {duties.CLOCKS: duties.watch_clocks}, {duties.CLOCKS: HOUR}, clock=lambda: end)
    worker.prepare()
    assert worker.do_next() == duties.CLOCKS
    row = the_case(cast)
    assert (row.status, row.silent_since) == ("in_progress", end.date())


@pytest.mark.parametrize("where", ["UPDATE case", 'UPDATE "case"', "UPDATE job", "DELETE FROM job"])
def test_a_worker_that_is_killed_on_the_way_has_it_done_once(cast: Cast, code: str, where: str) -> None:
    moment = [NOW + 15 * DAY]
    worker = Worker(cast.engine, {duties.CLOCKS: duties.watch_clocks}, {duties.CLOCKS: HOUR}, clock=lambda: moment[0])
    worker.prepare()
    dying, met = [True], []

    @event.listens_for(cast.engine, "before_cursor_execute")
    def die(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        met.append(statement)
        if statement.startswith(where) and dying:
            dying.clear()
            raise OperationalError("the power is gone", None, Exception())

    for _ in range(4):
        try:
            worker.do_next()
        except OperationalError:
            assert the_case(cast).status == "awaiting_family"
        moment[0] += 6 * HOUR
    if dying:
        # The other kind of database names its table without quotes, or ends its jobs in another way.
        assert not any(statement.startswith(where) for statement in met)
    row = the_case(cast)
    assert (row.status, row.paused_hours, row.version) == ("in_progress", 14 * 24, 5)
