"""The list of what stands: a tag for every row that is there, so that what is gone does not come back with a backup.

It is of a later moment than the backup that it is held against: whatever the backup holds and the list does not was
deleted meanwhile, be it a case, a grant whose consent was withdrawn, a code that was replaced, or a person. A row that
is there and was emptied has a tag for that as well. The tags tell nothing to whoever has not the rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, and_, delete, select, update
from sqlalchemy.sql.elements import ColumnElement

from app.storage.columns import FLEETING, WORK
from app.storage.copying import ROWS_AT_ONCE, revision_of, shape_of, tables_marked, write_piece
from app.vault.context import Purpose, context
from app.vault.digest import sha256

TAG_BYTES = 16
TAGS_AT_ONCE = 4096
CASES = "case"


@dataclass(frozen=True)
class Gone:
    """What did not come back: cases with the queue that had them, and rows of all kinds."""

    cases: tuple[tuple[str, str], ...]
    rows: int


def list_standing(connection: Connection, made: datetime) -> Iterator[bytes]:
    """The pieces of the list: when and of which shape it is, then the tags of each table."""
    yield write_piece({"made": made, "revision": revision_of(connection)})
    for table in _listed(connection):
        tags: list[bytes] = []
        for row in _rows(connection, table):
            tags.append(_tag(table, row))
            tags += [_tag(table, row, emptied.name) for emptied in _emptiable(table) if row[emptied.name]]
            if len(tags) >= TAGS_AT_ONCE:
                yield write_piece({"table": table.name, "tags": b"".join(tags)})
                tags.clear()
        yield write_piece({"table": table.name, "tags": b"".join(tags)})


def apply_standing(connection: Connection, contents: Iterable[dict[str, Any]]) -> Gone:
    """Delete every row that the list does not know, and empty what it knows as emptied."""
    tags: dict[str, set[bytes]] = {}
    for content in contents:
        if "table" in content:
            found = content["tags"]
            known = tags.setdefault(content["table"], set())
            known.update(found[at : at + TAG_BYTES] for at in range(0, len(found), TAG_BYTES))
    cases: list[tuple[str, str]] = []
    rows = 0
    # Those that refer to others first, so that each is counted where it stands.
    for table in reversed(_listed(connection)):
        if table.name not in tags:
            continue
        gone, emptied = _compare(connection, table, tags[table.name])
        if table.name == CASES:
            cases = [_case(connection, table, key) for key in gone]
        for key in gone:
            connection.execute(delete(table).where(_is(table, key)))
        for key, column in emptied:
            connection.execute(update(table).where(_is(table, key)).values({column: None}))
        rows += len(gone) + len(emptied)
    return Gone(tuple(cases), rows)


Row = dict[str, Any]


def _compare(connection: Connection, table: Table, known: set[bytes]) -> tuple[list[Row], list[tuple[Row, str]]]:
    gone: list[Row] = []
    emptied: list[tuple[Row, str]] = []
    for row in _rows(connection, table):
        if _tag(table, row) not in known:
            gone.append(row)
            continue
        emptied += [
            (row, column.name)
            for column in _emptiable(table)
            if not row[column.name] and _tag(table, row, column.name) in known
        ]
    return gone, emptied


def _listed(connection: Connection) -> list[Table]:
    unlisted = tables_marked(FLEETING) | tables_marked(WORK)
    return [table for table in shape_of(connection).values() if table.name not in unlisted]


def _rows(connection: Connection, table: Table) -> Iterator[Row]:
    """The key of every row, and for each column that can be emptied whether it is."""
    empty = [column.is_(None).label(column.name) for column in _emptiable(table)]
    query = select(*table.primary_key.columns, *empty).execution_options(yield_per=ROWS_AT_ONCE * 10)
    with connection.execute(query) as found:
        for row in found.mappings():
            yield dict(row)


def _emptiable(table: Table) -> list[Any]:
    keys = set(table.primary_key.columns)
    return [
        column
        for column in table.columns
        if column.nullable and column not in keys and isinstance(column.type, LargeBinary)
    ]


def _tag(table: Table, row: Row, emptied: str = "") -> bytes:
    key = [_as_text(row[column.name]) for column in table.primary_key.columns]
    return sha256(context(Purpose.STANDING_ROW, table.name, emptied, *key))[:TAG_BYTES]


def _as_text(value: Any) -> str | bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _is(table: Table, row: Row) -> ColumnElement[bool]:
    return and_(*(column == row[column.name] for column in table.primary_key.columns))


def _case(connection: Connection, table: Table, row: Row) -> tuple[str, str]:
    found = connection.execute(select(table.c.id, table.c.queue_id).where(_is(table, row))).one()
    return str(found[0]), str(found[1])
