"""A whole database as pieces of bytes and back, whatever its shape is and whichever database holds it.

The shape is read from the database itself, so that a copy made by an earlier release goes into tables of its own time,
and is migrated afterwards. Rows go in the order of their keys, which are random: the order of writing stays behind.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, column, insert, inspect, select
from sqlalchemy import table as table_named

from app.storage.columns import FLEETING, metadata
from app.storage.errors import RodynaError

ROWS_AT_ONCE = 100
VERSION_TABLE = "alembic_version"
_LENGTH_BYTES = 4
_DAY, _MOMENT, _BYTES = "day", "moment", "bytes"


class NotEmpty(RodynaError):
    """There is something in the database already."""


class Unreadable(RodynaError):
    """The pieces are not ones that were made here."""


def tables_marked(mark: str) -> frozenset[str]:
    """The names of the tables that carry a mark of ``storage.columns``."""
    return frozenset(table.name for table in metadata.sorted_tables if table.info.get(mark))


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment for as long as it is used; others go on writing."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            # Before the moment is taken, which the first question does: a table that were emptied and filled anew in
            # between would be empty at that moment, while the program waits with that where somebody reads.
            kept = (table for table in metadata.sorted_tables if not table.info.get(FLEETING))
            quoted = map(connection.dialect.identifier_preparer.format_table, kept)
            connection.exec_driver_sql(f"LOCK TABLE {', '.join(quoted)} IN ACCESS SHARE MODE")
        yield connection


def shape_of(connection: Connection) -> dict[str, Table]:
    """The tables as they are, those that others refer to first; what the migrations keep for themselves is left out."""
    shape = MetaData()
    shape.reflect(connection)
    return {table.name: table for table in shape.sorted_tables if table.name != VERSION_TABLE}


def revision_of(connection: Connection) -> str:
    """The last migration that the database had."""
    return str(connection.scalar(select(column("version_num")).select_from(table_named(VERSION_TABLE))))


def copy_out(connection: Connection, left_out: Collection[str]) -> Iterator[bytes]:
    """Every row of every table but those left out, some at a time; the last piece says how many there were."""
    counts: Counter[str] = Counter()
    for table in shape_of(connection).values():
        if table.name in left_out:
            continue
        counts[table.name] = 0
        query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=ROWS_AT_ONCE)
        with connection.execute(query) as found:
            for rows in found.partitions():
                counts[table.name] += len(rows)
                yield write_piece(
                    {"table": table.name, "columns": [*found.keys()], "rows": [list(row) for row in rows]}
                )
    yield write_piece({"counts": dict(counts)})


def copy_in(connection: Connection, pieces: Iterable[bytes]) -> dict[str, int]:
    """Put what :func:`copy_out` gave into the empty tables of a database of the same shape; give the counts.

    Raises: :class:`NotEmpty`, :class:`Unreadable` where a row is missing.
    """
    shape, counts, told = shape_of(connection), Counter[str](), dict[str, int]()
    if any(connection.execute(select(table).limit(1)).first() for table in shape.values()):
        raise NotEmpty
    for piece in map(read_piece, pieces):
        if "counts" in piece:
            told = piece["counts"]
            continue
        table = shape.get(piece["table"])
        if table is None:
            raise Unreadable(piece["table"])
        connection.execute(insert(table), [dict(zip(piece["columns"], row, strict=True)) for row in piece["rows"]])
        counts[table.name] += len(piece["rows"])
    if {name: counts[name] for name in told} != told or not told:
        raise Unreadable("rows are missing")
    return told


def is_bare(engine: Engine) -> bool:
    """Whether there is no row in any table."""
    with engine.connect() as connection:
        if not inspect(connection).get_table_names():
            return True
        return not any(connection.execute(select(table).limit(1)).first() for table in shape_of(connection).values())


def write_piece(content: dict[str, Any]) -> bytes:
    """JSON behind its length, with the bytes of all its values behind it, one after the other."""
    values: list[bytes] = []

    def encode(value: object) -> dict[str, Any]:
        if isinstance(value, bytes | memoryview):
            values.append(bytes(value))
            return {_BYTES: len(value)}
        if isinstance(value, datetime):
            return {_MOMENT: value.isoformat()}
        if isinstance(value, date):
            return {_DAY: value.isoformat()}
        raise TypeError(type(value).__name__)

    text = json.dumps(content, default=encode, ensure_ascii=False, separators=(",", ":")).encode()
    return len(text).to_bytes(_LENGTH_BYTES, "big") + text + b"".join(values)


def read_piece(piece: bytes) -> dict[str, Any]:
    """What :func:`write_piece` was given.

    Raises: :class:`Unreadable`.
    """
    at = _LENGTH_BYTES + int.from_bytes(piece[:_LENGTH_BYTES], "big")

    def decode(value: dict[str, Any]) -> Any:
        nonlocal at
        match value:
            case {"bytes": int(length)}:
                at += length
                return piece[at - length : at]
            case {"moment": str(text)}:
                return datetime.fromisoformat(text)
            case {"day": str(text)}:
                return date.fromisoformat(text)
            case _:
                return value

    try:
        content: dict[str, Any] = json.loads(piece[_LENGTH_BYTES:at], object_hook=decode)
    except ValueError:
        raise Unreadable("a piece cannot be read") from None
    if at != len(piece):
        raise Unreadable("a piece has another length")
    return content
