"""Times go in with their zone and come out with it, and are rounded so that they tell little."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import StatementError

from app.accounts.tables import SessionRow
from app.casefile.tables import Case
from app.storage.columns import day_of, hour_up, quarter_up
from app.storage.sessions import session_scope

ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1999, 1, 1), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001 - zones are drawn


def test_a_time_comes_back_as_the_moment_it_was_in_whatever_zone(engine: Engine) -> None:
    kyiv = datetime(2026, 11, 20, 13, 15, tzinfo=timezone(timedelta(hours=2)))
    with session_scope(engine) as session:
        session.add(SessionRow(locator=bytes(32), account_id=None, sealed=b"x", ends=kyiv))
    with session_scope(engine) as session:
        ends = session.get_one(SessionRow, bytes(32)).ends

    assert ends == kyiv
    assert ends.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    naive = datetime(2026, 11, 20, 13, 15)  # noqa: DTZ001 - that is what must be refused
    with pytest.raises(StatementError, match="without a zone"), session_scope(engine) as session:
        session.add(SessionRow(locator=bytes(32), account_id=None, sealed=b"x", ends=naive))


def test_no_time_stays_no_time(engine: Engine) -> None:
    case = Case(
        id="CASE2345",
        queue_id="legal",
        status="new",
        priority=1,
        received=date(2026, 11, 20),
        due=datetime(2026, 11, 20, tzinfo=UTC),
    )
    with session_scope(engine) as session:
        session.add(case)
    with session_scope(engine) as session:
        kept = session.get_one(Case, "CASE2345")
        stored = session.execute(text('SELECT act_by FROM "case"')).scalar_one()

    assert (kept.act_by, stored) == (None, None)


@given(MOMENTS)
def test_deadlines_are_kept_at_the_next_full_hour_and_no_finer(moment: datetime) -> None:
    rounded = hour_up(moment)

    assert timedelta(0) <= rounded - moment < timedelta(hours=1)
    assert (rounded.minute, rounded.second, rounded.microsecond, rounded.tzinfo) == (0, 0, 0, UTC)


@given(MOMENTS)
def test_sessions_end_at_the_next_quarter_of_an_hour_and_no_finer(moment: datetime) -> None:
    rounded = quarter_up(moment)

    assert timedelta(0) <= rounded - moment < timedelta(minutes=15)
    assert (rounded.minute % 15, rounded.second, rounded.microsecond, rounded.tzinfo) == (0, 0, 0, UTC)


def test_a_day_is_the_day_in_utc() -> None:
    assert day_of(datetime(2026, 11, 21, 1, 0, tzinfo=timezone(timedelta(hours=2)))) == date(2026, 11, 20)
