"""The engine: SQLite with one writer at a time, or PostgreSQL, behind the same isolation.

Both sides behave as READ COMMITTED: a statement sees what was committed before it
began. On SQLite reads run outside a transaction; the first statement that writes takes
a lock of this process and then the database's own (``BEGIN IMMEDIATE``), and both are
given back when the transaction ends. Waiting in the process is fair and cheap, where
SQLite's busy handler polls: with many writing threads its p99 was near a second.
"""

import sqlite3
import threading
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor, ExecutionContext
from sqlalchemy.pool import ConnectionPoolEntry

from app.storage.line import postgresql_engine

POOL_SIZE = 24
BUSY_MILLISECONDS = 15_000
_WRITING = "rodyna_writing"
# An option of a statement that reads many sealings: PostgreSQL sends them as they are, and not twice as long, written
# out in hexadecimal digits. SQLite does so always.
AS_BYTES: Mapping[str, bool] = {"rodyna_as_bytes": True}
_WRITE_WORDS = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP")


def make_engine(url: str, pool_size: int = POOL_SIZE, *, waits_for_disk: bool = True) -> Engine:
    """Open ``url`` (``sqlite:///…`` or ``postgresql+psycopg://…``) with a pool of ``pool_size`` connections.

    Without ``waits_for_disk`` a commit returns before it is on the disk: a power cut may lose the last ones, and breaks
    nothing. That is for made-up cases alone.
    """
    if url.startswith("sqlite"):
        return _sqlite(url, pool_size, waits_for_disk=waits_for_disk)
    engine = postgresql_engine(url, pool_size, waits_for_disk=waits_for_disk)
    event.listen(engine, "before_cursor_execute", _ask_for_bytes)
    return engine


def _ask_for_bytes(
    _connection: Connection, cursor: Any, _statement: str, _parameters: Any, context: ExecutionContext, _many: bool
) -> None:
    if AS_BYTES.items() <= context.execution_options.items():
        # By what the driver itself gives, which is not loaded where the database is SQLite.
        cursor.format = type(cursor.format).BINARY


def _sqlite(url: str, pool_size: int, *, waits_for_disk: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        _configure(connection, "FULL" if waits_for_disk else "NORMAL")

    _let_one_write(engine)
    return engine


def _let_one_write(engine: Engine) -> None:
    """Take the lock of this process, then the database's, with the first statement that writes."""
    writers = threading.Lock()

    @event.listens_for(engine, "before_cursor_execute")
    def begin_writing(connection: Connection, cursor: DBAPICursor, statement: str, *_rest: Any) -> None:
        info = connection.connection.info
        if _WRITING in info or not statement.lstrip().upper().startswith(_WRITE_WORDS):
            return
        writers.acquire()
        info[_WRITING] = True
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except BaseException:
            del info[_WRITING]
            writers.release()
            raise

    @event.listens_for(engine, "reset")
    def end_writing(connection: DBAPIConnection, record: ConnectionPoolEntry, _state: Any) -> None:
        # The pool resets a connection when its transaction is over, committed or not.
        if connection.in_transaction:
            connection.rollback()
        give_back(connection, record)

    # One that was interrupted in the middle of a statement is closed instead, and never reset.
    @event.listens_for(engine, "close")
    def give_back(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        if record.info.pop(_WRITING, False):
            writers.release()


def _configure(connection: DBAPIConnection, synchronous: str) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        f"synchronous={synchronous}",
        "secure_delete=ON",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MILLISECONDS}",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
