"""Wrong attempts are counted once each, whoever counts, and forgotten when their window is over."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app.accounts import attempts
from app.accounts.errors import TooManyAttempts
from app.accounts.tables import Attempts
from app.storage.sessions import session_scope
from tests.cast import NOW

LATER = NOW + timedelta(minutes=31)


def counted(engine: Engine) -> list[int]:
    with session_scope(engine) as session:
        return [row.failed for row in session.exec(select(Attempts))]


def fail(engine: Engine, name: str, now: object = NOW) -> None:
    with session_scope(engine) as session:
        attempts.note_failure(session, attempts.log_in_tag(session, name, NOW), now)  # type: ignore[arg-type]


def test_attempts_by_one_name_are_counted_together_however_it_is_written(engine: Engine) -> None:
    for name in ("daria", "Daria", "  DARIA "):
        fail(engine, name)
    fail(engine, "bohdan")

    assert sorted(counted(engine)) == [1, 3]


def test_the_tag_of_a_name_says_nothing_tomorrow(engine: Engine) -> None:
    with session_scope(engine) as session:
        today = attempts.log_in_tag(session, "daria", NOW)
        assert attempts.log_in_tag(session, "daria", NOW) == today
        assert attempts.log_in_tag(session, "daria", NOW + timedelta(days=1)) != today


def test_codes_are_counted_together_and_apart_from_names(engine: Engine) -> None:
    fail(engine, "")
    with session_scope(engine) as session:
        attempts.note_failure(session, attempts.code_tag(session, NOW), NOW)

    assert counted(engine) == [1, 1]


def test_attempts_that_fail_at_once_are_all_counted(engine: Engine) -> None:
    fail(engine, "daria")
    threads = [Thread(target=fail, args=[engine, "daria"]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counted(engine) == [9]


def test_the_last_attempt_that_is_allowed_passes_and_the_next_waits_until_the_window_ends(engine: Engine) -> None:
    with session_scope(engine) as session:
        tag = attempts.log_in_tag(session, "daria", NOW)
    fail(engine, "daria")
    with session_scope(engine) as session:
        attempts.refuse_when_too_many(session, tag, 2, NOW)
    fail(engine, "daria")
    with session_scope(engine) as session, pytest.raises(TooManyAttempts) as refusal:
        attempts.refuse_when_too_many(session, tag, 2, NOW)
    with session_scope(engine) as session:
        ends = session.get_one(Attempts, tag).ends

    assert refusal.value.retry_after_seconds == int((ends - NOW).total_seconds())
    with session_scope(engine) as session:
        attempts.refuse_when_too_many(session, tag, 2, ends)


def test_a_window_that_is_over_begins_anew(engine: Engine) -> None:
    for _ in range(5):
        fail(engine, "daria")
    fail(engine, "daria", LATER)

    assert counted(engine) == [1]


def test_counts_whose_window_is_over_are_forgotten(engine: Engine) -> None:
    fail(engine, "daria")
    fail(engine, "bohdan", LATER)
    with session_scope(engine) as session:
        assert attempts.forget_attempts(session, LATER) == 1

    assert counted(engine) == [1]
