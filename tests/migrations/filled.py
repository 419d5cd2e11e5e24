"""A row in every table, whatever tables there are, made from the shape of their columns."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, Engine, Integer, LargeBinary, String, insert
from sqlalchemy.types import TypeDecorator

from tests.keys.dump import tables

ROWS = 3
# What a check of the table asks for: nobody has agreed to anything.
ASKED_FOR = {("proposal", "agreed_by"): None}


def fill(engine: Engine) -> None:
    """Put as many rows into every table as their keys allow."""
    with engine.begin() as connection:
        for table in tables():
            # A table whose key is one number holds one row.
            single = [column.name for column in table.primary_key] == ["id"] and isinstance(table.c.id.type, Integer)
            for number in range(1 if single else ROWS):
                row = {column.name: value(column, number) for column in table.columns}
                row |= {name: given for (of, name), given in ASKED_FOR.items() if of == table.name}
                connection.execute(insert(table), [row])


def value(column: Column[Any], number: int) -> Any:
    """A value that fits a column and differs from row to row; references fit one another."""
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, Integer):
        return number + 1
    if isinstance(kind, Boolean):
        return bool(number % 2)
    if isinstance(kind, LargeBinary):
        return bytes([number]) * (kind.length or 300)
    if isinstance(kind, String):
        return f"text-{number}"[: kind.length]
    if isinstance(kind, Date):
        return date(2026, 11, 20 + number)
    return datetime(2026, 11, 20, number, tzinfo=UTC)
