"""The whole database as a thief has it: every row of every table, whatever tables there are."""

from typing import Any

import sqlalchemy
from sqlalchemy import Engine, Table
from sqlmodel import Session

import app.accounts.tables
import app.casefile.tables
import app.failures.tables
import app.intake.tables
import app.jobs.tables
import app.statistics.tables
import app.trail.tables  # noqa: F401 - The tables must be known before the metadata lists them.
from app.storage.columns import metadata
from app.storage.sessions import session_scope

Rows = list[dict[str, Any]]
Dump = dict[str, Rows]


def tables() -> list[Table]:
    """Every table, those that others refer to first."""
    return metadata.sorted_tables


def rows_of(session: Session, table: Table) -> Rows:
    """Every row of one table."""
    return [dict(row) for row in session.execute(sqlalchemy.select(table)).mappings()]


def dump(engine: Engine) -> Dump:
    """Every row of every table, by the tables' names."""
    with session_scope(engine) as session:
        return {table.name: rows_of(session, table) for table in tables()}


def put_back(engine: Engine, rows: Dump) -> None:
    """Every row of a dump into an empty database of either kind."""
    with session_scope(engine) as session:
        for table in tables():
            if rows[table.name]:
                session.execute(sqlalchemy.insert(table), rows[table.name])
