"""One writer at a time, readers never waiting, and nothing held by whoever failed: on both databases."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import IntegrityError, OperationalError

import app.storage.engine as engine_module
from app.storage.engine import make_engine
from app.storage.erasing import erase_remains
from app.storage.sessions import session_scope

Beside = Callable[[Callable[[], object]], None]
only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def write(engine: Engine, organisation: str = "one") -> None:
    with session_scope(engine) as session:
        session.execute(text("INSERT INTO organisation (id, name) VALUES (:id, 'Name')"), {"id": organisation})


def count(engine: Engine) -> int:
    with session_scope(engine) as session:
        number: int = session.execute(text("SELECT count(*) FROM organisation")).scalar_one()
    return number


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_thread_that_raises_while_writing_gives_the_lock_back(
    engine: Engine, beside: Beside, failure: type[BaseException]
) -> None:
    def fail() -> None:
        with session_scope(engine) as session:
            session.execute(text("INSERT INTO organisation (id, name) VALUES ('lost', 'Name')"))
            raise failure

    with pytest.raises(failure):
        beside(fail)
    beside(lambda: write(engine))

    assert count(engine) == 1


def test_a_statement_that_is_interrupted_gives_the_lock_back(engine: Engine, beside: Beside) -> None:
    @event.listens_for(engine, "before_cursor_execute")
    def interrupt(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if "interrupted" in statement:
            raise KeyboardInterrupt

    def fail() -> None:
        with session_scope(engine) as session:
            session.execute(text("INSERT INTO organisation (id, name) VALUES ('lost', 'Name')"))
            session.execute(text("INSERT INTO organisation (id, name) VALUES ('interrupted', 'Name')"))

    with pytest.raises(KeyboardInterrupt):
        beside(fail)
    beside(lambda: write(engine))

    assert count(engine) == 1


def test_a_statement_that_the_database_refuses_gives_the_lock_back(engine: Engine, beside: Beside) -> None:
    write(engine)
    with pytest.raises(IntegrityError):
        beside(lambda: write(engine))
    beside(lambda: write(engine, "two"))

    assert count(engine) == 2


def test_a_connection_that_breaks_while_it_writes_leaves_no_lock(engine: Engine, beside: Beside) -> None:
    connection = engine.connect()
    connection.execute(text("INSERT INTO organisation (id, name) VALUES ('lost', 'Name')"))
    connection.invalidate()
    connection.close()
    beside(lambda: write(engine))

    assert count(engine) == 1


def test_reading_never_waits_for_a_writer(engine: Engine, beside: Beside) -> None:
    with session_scope(engine) as session:
        session.execute(text("INSERT INTO organisation (id, name) VALUES ('one', 'Name')"))
        seen: list[int] = []
        beside(lambda: seen.append(count(engine)))
    beside(lambda: seen.append(count(engine)))

    assert seen == [0, 1]


def test_each_statement_sees_what_was_committed_before_it(engine: Engine, beside: Beside) -> None:
    question = text("SELECT count(*) FROM organisation")
    with session_scope(engine) as session:
        before = session.execute(question).scalar_one()
        beside(lambda: write(engine))
        after = session.execute(question).scalar_one()

    assert (before, after) == (0, 1)


def test_writers_wait_for_one_another_and_lose_nothing(engine: Engine) -> None:
    with session_scope(engine) as session:
        session.execute(text("INSERT INTO job (kind, key, due, claims, tries) VALUES ('k', '', '2026-11-20', 0, 0)"))

    def count_up() -> None:
        for _ in range(20):
            with session_scope(engine) as session:
                session.execute(text("UPDATE job SET claims = claims + 1"))

    threads = [Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with session_scope(engine) as session:
        assert session.execute(text("SELECT claims FROM job")).scalar_one() == 160


@only_sqlite
def test_a_writer_of_another_process_is_waited_for_and_then_named(
    database_url: str, monkeypatch: pytest.MonkeyPatch, beside: Beside
) -> None:
    monkeypatch.setattr(engine_module, "BUSY_MILLISECONDS", 200)
    engine = make_engine(database_url)
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        # The web answers this error with "try again", and not with "something went wrong".
        with pytest.raises(OperationalError):
            beside(lambda: write(engine))
        other.execute("ROLLBACK")
    beside(lambda: write(engine))

    assert count(engine) == 1
    engine.dispose()


@only_sqlite
def test_every_connection_waits_for_the_disk_and_overwrites_what_is_deleted(engine: Engine) -> None:
    erase_remains(engine)
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "temp_store": 2}
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            found = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in wanted}
            assert found == wanted
            raw: Any = connection.connection.dbapi_connection
            # Otherwise the driver begins transactions of its own, and reads could wait.
            assert raw.isolation_level is None


def test_no_error_repeats_what_a_statement_carried(engine: Engine) -> None:
    write(engine)
    planted = {"id": "one", "name": "planted-content"}
    with pytest.raises(IntegrityError) as refused, session_scope(engine) as session:
        session.execute(text("INSERT INTO organisation (id, name) VALUES (:id, :name)"), planted)

    assert "planted-content" not in str(refused.value)


@pytest.mark.parametrize("waits", [True, False])
def test_only_what_is_made_up_does_not_wait_for_the_disk(database_url: str, waits: bool) -> None:
    engine = make_engine(database_url, waits_for_disk=waits)
    # Full, or as much as keeps the file whole; and who said so, since the tests' own server waits for nothing.
    sqlite = engine.dialect.name == "sqlite"
    source = "SELECT source FROM pg_settings WHERE name = 'synchronous_commit'"
    with engine.connect() as connection:
        found = connection.execute(text("PRAGMA synchronous" if sqlite else source)).scalar_one()
    engine.dispose()

    assert found == (2 if waits else 1) if sqlite else (found == "client") is not waits


def test_what_is_compiled_for_one_engine_of_the_tests_serves_the_next(new_database: Callable[[], str]) -> None:
    engines = [make_engine(new_database()) for _ in range(2)]
    engines[1].connect().close()
    engines.append(make_engine(new_database()))
    engines[2].connect().close()
    assert engines[2].dialect is make_engine(new_database()).dialect
    for engine in engines:
        engine.dispose()
