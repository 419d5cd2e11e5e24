"""The line to PostgreSQL: how it is watched, and whether anybody is at its other end.

A machine that is cut off must notice in seconds, and so must the server: a request then ends as one that cannot be
stored, and what was locked is free for the others again. Left to themselves, both ends would wait for hours.
"""

import select
import time
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

if TYPE_CHECKING:
    # The driver is not loaded where the database is SQLite.
    import psycopg

CUT_OFF_SECONDS = 15
CONNECT_SECONDS = 5
_PROBES = {"keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3}
_USED = "rodyna_used"
# PGRES_EMPTY_QUERY of libpq.
_EMPTY_QUERY = 0


def postgresql_engine(url: str, pool_size: int, *, waits_for_disk: bool) -> Engine:
    """Open a PostgreSQL; a connection of the pool is given to nobody before the other end has answered."""
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        connect_args=_watched(waits_for_disk=waits_for_disk),
    )

    @event.listens_for(engine, "checkout")
    def ask_first(connection: DBAPIConnection, record: ConnectionPoolEntry, _given: object) -> None:
        if _USED not in record.info:
            # It was made for this very moment.
            record.info[_USED] = True
            return
        if not answers(cast("psycopg.Connection[Any]", connection), CUT_OFF_SECONDS):
            raise InvalidatePoolError

    return engine


def answers(connection: "psycopg.Connection[Any]", seconds: float) -> bool:
    """Whether the other end says a word within ``seconds``.

    SQLAlchemy's own question has no limit but the system's, which begins anew with every sign of life: where only what
    we send is lost, a server that asks whether we are there held a family up for 37 seconds.
    """
    until, line, well = time.monotonic() + seconds, connection.pgconn, False
    try:
        line.send_query(b"")
        heard = select.poll()
        heard.register(line.socket, select.POLLIN)
        while True:
            while line.is_busy():
                if not heard.poll(max(0.0, until - time.monotonic()) * 1000):
                    return False
                line.consume_input()
            result = line.get_result()
            if result is None:
                return well
            # An empty question has an empty answer.
            well = result.status == _EMPTY_QUERY
    except connection.Error:
        return False


def _watched(*, waits_for_disk: bool) -> dict[str, Any]:
    """How the line is watched, by this end and, as it is asked to, by the other."""
    near = {
        "connect_timeout": CONNECT_SECONDS,
        "keepalives": 1,
        **_PROBES,
        "tcp_user_timeout": CUT_OFF_SECONDS * 1000,
    }
    far = {**{f"tcp_{name}": value for name, value in _PROBES.items()}, "tcp_user_timeout": CUT_OFF_SECONDS * 1000}
    asked = far if waits_for_disk else {**far, "synchronous_commit": "off"}
    options = " ".join(f"-c {name}={value}" for name, value in asked.items())
    return {**near, "options": options, "application_name": "rodyna"}
