"""One after another: what a transaction reads once it has its turn stays so until it ends."""

from sqlalchemy import func, select
from sqlmodel import Session

from app.storage.columns import Row


def take_turn(session: Session, table: type[Row]) -> None:
    """Wait until no other transaction that takes its turn with ``table`` is under way; it ends with this transaction.

    It is to be the first that a transaction writes, after all cryptography: on SQLite it is the one write lock.
    """
    rows = table.__table__
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(rows.name))))
    else:
        session.connection().exec_driver_sql(f"DELETE FROM {rows.name} WHERE 0")  # noqa: S608 - the name of our table
