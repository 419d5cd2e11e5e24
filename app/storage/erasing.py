"""Making deleted rows unreadable in the files as well as in the tables."""

from sqlalchemy import Engine, text


class StillRead(Exception):
    """Somebody was reading, so the journal could not be emptied; try again."""


def erase_remains(engine: Engine) -> None:
    """Empty SQLite's journal, or let PostgreSQL reuse what was deleted.

    SQLite overwrites deleted rows (``secure_delete``), but what was in the journal stays there
    until the journal is cut off. PostgreSQL marks the space as free; what it overwrites when is
    its own affair, and README says so.

    Raises: :class:`StillRead`.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one()
            if busy:
                raise StillRead
        else:
            connection.execute(text("VACUUM"))
