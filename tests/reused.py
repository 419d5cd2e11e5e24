"""One database on PostgreSQL for many tests, emptied and filled again in between: cheaper than another copy."""

from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from tests.cluster import Cluster

# What is deleted stays in the files as dead rows, which every later search goes past: then a fresh copy is cheaper.
TIMES = 60


@dataclass
class Reused:
    """A database ``name`` that was copied from ``source``, and the statements that make it so again."""

    cluster: Cluster
    source: str
    name: str
    again: bytes = b""
    used: int = field(default=TIMES)
    _line: psycopg.Connection | None = None

    def fresh(self) -> str:
        """The address of the database, as the source is; whoever still uses it is cut off."""
        if self.used >= TIMES:
            self._copy()
            self.used = 0
        else:
            # One line for all times: a server's process that has just begun reads everything about the tables first.
            self._line = self._line or psycopg.connect(self.cluster.conninfo(self.name), autocommit=True)
            self._line.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            self._line.execute(self.again, prepare=False)
        self.used += 1
        return self.cluster.url(self.name)

    def close(self) -> None:
        """Leave the database; it goes with the server."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _copy(self) -> None:
        self.close()
        with psycopg.connect(self.cluster.conninfo(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)'.encode())
            copy_database(connection, self.name, self.source)
        if not self.again:
            with psycopg.connect(self.cluster.conninfo(self.name), autocommit=True) as connection:
                self.again = _statements(connection)


def copy_database(connection: psycopg.Connection, name: str, source: str) -> None:
    """Make ``name`` a copy of ``source``."""
    # Copying files takes a sixth of the time that writing every page to the log does, which newer servers prefer.
    strategy = " STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
    connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"{strategy}'.encode())


def _statements(connection: psycopg.Connection) -> bytes:
    """One transaction that empties every table and puts back the rows of now; triggers rest meanwhile."""
    names = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    parts: list[sql.Composable] = [sql.SQL("BEGIN; SET LOCAL session_replication_role = replica")]
    parts += [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in names]
    for name in names:
        rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))).fetchall()
        values = (sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Literal, row))) for row in rows)
        if rows:
            parts.append(sql.SQL("INSERT INTO {} VALUES {}").format(sql.Identifier(name), sql.SQL(", ").join(values)))
    return sql.SQL("; ").join([*parts, sql.SQL("COMMIT")]).as_bytes(connection)
