"""Writing a row unless it is there already, the same way on both databases."""

from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.storage.columns import Row


def insert_if_absent(session: Session, table: type[Row], **values: Any) -> bool:
    """Insert a row at once; False where its key was taken (a transaction under way is waited for)."""
    return session.execute(_insertion(table, session.get_bind().dialect.name), values).first() is not None


def changed_rows(result: Any) -> int:
    """How many rows a statement touched."""
    return cast("CursorResult[tuple[()]]", result).rowcount


@cache
def _insertion(table: type[Row], dialect: str) -> Executable:
    # Building a statement takes longer than running it.
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    rows = table.__table__
    return insert(rows).on_conflict_do_nothing().returning(*rows.primary_key.columns)
