"""Writing a row unless it is there already, the same way on both databases."""

from typing import Any, cast

from sqlalchemy import CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.storage.columns import Row


def insert_if_absent(session: Session, table: type[Row], **values: Any) -> bool:
    """Insert a row at once; False where its key was taken (a transaction under way is waited for)."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    columns = table.__table__.primary_key.columns  # type: ignore[attr-defined]
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(*columns)
    return session.execute(statement).first() is not None


def changed_rows(result: Any) -> int:
    """How many rows a statement touched."""
    return cast("CursorResult[tuple[()]]", result).rowcount
