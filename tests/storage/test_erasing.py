"""What was deleted is gone from the files as well, the journal included."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, delete

from app.accounts.tables import SessionRow
from app.storage.columns import quarter_up
from app.storage.erasing import StillRead, erase_remains
from app.storage.sessions import session_scope
from tests.cast import NOW

only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def files_of(url: str) -> Iterator[bytes]:
    path = Path(url.removeprefix("sqlite:///"))
    for name in (path, path.with_name(f"{path.name}-wal")):
        yield name.read_bytes()


def keep_sealed(engine: Engine, *contents: bytes) -> None:
    with session_scope(engine) as session:
        for content in contents:
            session.add(SessionRow(locator=os.urandom(32), sealed=content, ends=quarter_up(NOW)))


def delete_sessions(engine: Engine) -> None:
    with session_scope(engine) as session:
        session.execute(delete(SessionRow).where(col(SessionRow.ends) <= quarter_up(NOW)))


@only_sqlite
@pytest.mark.parametrize("size", [300, 1_000, 5_000, 70_000])
def test_deleted_bytes_are_in_no_file_once_they_were_erased(engine: Engine, database_url: str, size: int) -> None:
    contents = [os.urandom(size) for _ in range(20)]
    keep_sealed(engine, *contents)
    assert any(contents[0][:100] in file for file in files_of(database_url)), "the search would find them"
    delete_sessions(engine)
    assert any(contents[0][:100] in file for file in files_of(database_url)), "the journal keeps them until it is cut"
    erase_remains(engine)

    remains = [content for content in contents for file in files_of(database_url) if content[:100] in file]
    assert remains == []


@only_sqlite
def test_no_copy_stays_behind_where_rows_were_moved(engine: Engine, database_url: str) -> None:
    # Copies come about when pages are divided, and only some divisions leave any: these are known to.
    drawn = Random(7)
    items = [(drawn.randbytes(8), drawn.randbytes(16), drawn.randbytes(size)) for size in [285, 541] * 420]
    with session_scope(engine) as session:
        session.execute(text("CREATE TABLE moved (a BLOB, b BLOB, c BLOB, PRIMARY KEY (a, b)) WITHOUT ROWID"))
        for a, b, c in items:
            session.execute(text("INSERT INTO moved VALUES (:a, :b, :c)"), {"a": a, "b": b, "c": c})
    gone = items[::2]
    with session_scope(engine) as session:
        for a, _, _ in gone:
            session.execute(text("DELETE FROM moved WHERE a = :a"), {"a": a})
    erase_remains(engine, rewrite=True)

    kept = list(files_of(database_url))
    assert [b for _, b, c in gone for file in kept if b in file or c[-40:] in file] == []
    assert all(any(c[-40:] in file for file in kept) for _, _, c in items[1::2])


@only_sqlite
def test_a_journal_that_somebody_reads_is_emptied_another_time(engine: Engine, database_url: str) -> None:
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM session").fetchone()
        keep_sealed(engine, os.urandom(300))
        engine.dispose()
        with engine.connect() as connection:
            # Fifteen seconds of patience are for writers; a job of the worker may come back.
            connection.execute(text("PRAGMA busy_timeout = 100"))
        with pytest.raises(StillRead):
            erase_remains(engine)
    erase_remains(engine)


def test_erasing_harms_nothing_that_is_kept(engine: Engine) -> None:
    keep_sealed(engine, b"kept")
    erase_remains(engine)
    with session_scope(engine) as session:
        assert session.execute(text("SELECT sealed FROM session")).scalar_one() == b"kept"
