"""The least that any such program must do for one report, done as often and on as many threads as is wanted.

That is: stretching the code, drawing and sealing the keys and the items of a case, sealing the locker, and one durable
insert into a bare table of the same kind of database.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import LifoQueue
from secrets import token_bytes
from time import perf_counter, process_time

import psycopg

from app.casefile.cases import Arrival, Sealed, seal_case
from app.intake.codes import Contents, seal_locker
from app.vault.code import new_code
from app.vault.unlock import unlock_code
from tests.service.load import CLIENTS, in_threads

Insert = Callable[[bytes], None]


@dataclass(frozen=True)
class Least:
    """How long it took in all, and how much of the processors."""

    seconds: float
    processor_seconds: float


def do_the_least(reports: Sequence[Arrival], insert: Insert, threads: int) -> Least:
    """Do the least for each report."""
    salt, now = token_bytes(32), datetime.now(UTC)

    def work(take: Callable[[], Arrival | None]) -> None:
        while (arrival := take()) is not None:
            unlocked = unlock_code(new_code(), salt)
            case = seal_case(arrival, now)
            contents = Contents(case.case_id, "uk", case.replies_key, case.inbox_public, bytes(32))
            insert(seal_locker(unlocked, contents) + _sealed_bytes(case))

    begun, used = perf_counter(), process_time()
    in_threads(threads, reports, work)
    return Least(perf_counter() - begun, process_time() - used)


@contextmanager
def durable_insert(url: str, folder: Path) -> Iterator[Insert]:
    """What stores some bytes durably in a bare table, from any thread; `url` says on which kind of database."""
    with ExitStack() as opened:
        if url.startswith("postgresql"):
            yield _into_postgresql(url.replace("+psycopg", ""), opened)
        else:
            yield _into_sqlite(folder / "bare.db", opened)


def _sealed_bytes(case: Sealed) -> bytes:
    return b"".join(row["sealed"] for _, rows in case.rows for row in rows if "sealed" in row)


def _into_sqlite(path: Path, opened: ExitStack) -> Insert:
    connections: LifoQueue[sqlite3.Connection] = LifoQueue()
    for number in range(CLIENTS):
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connections.put(opened.enter_context(closing(connection)))
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        if not number:
            connection.execute("CREATE TABLE kept (content BLOB)")
    writing = threading.Lock()

    def insert(content: bytes) -> None:
        connection = connections.get()
        with writing:
            connection.execute("INSERT INTO kept VALUES (?)", (content,))
        connections.put(connection)

    return insert


def _into_postgresql(address: str, opened: ExitStack) -> Insert:
    connections: LifoQueue[psycopg.Connection] = LifoQueue()
    for number in range(CLIENTS):
        connection = opened.enter_context(psycopg.connect(address, autocommit=True))
        connections.put(connection)
        if not number:
            connection.execute("CREATE TABLE kept (content bytea)")

    def insert(content: bytes) -> None:
        connection = connections.get()
        connection.execute("INSERT INTO kept VALUES (%s)", (content,))
        connections.put(connection)

    return insert
