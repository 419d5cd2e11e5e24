"""Making deleted rows unreadable in the files as well as in the tables."""

from sqlalchemy import Engine, text

from app.storage.errors import RodynaError


class StillRead(RodynaError):
    """Somebody was reading, so the journal could not be emptied; try again."""


def erase_remains(engine: Engine, *, rewrite: bool = False) -> None:
    """Empty SQLite's journal, or let PostgreSQL reuse what was deleted.

    SQLite overwrites deleted rows (``secure_delete``), but what was in the journal stays there
    until the journal is cut off, and when rows move between pages a copy of them may stay behind
    in unused space, where a later deletion does not find it. With ``rewrite`` the whole file is
    written anew (about ten seconds for a gigabyte), and nothing but living rows is in it.
    PostgreSQL marks the space as free; what it overwrites when is its own affair, and README
    says so.

    Raises: :class:`StillRead`.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Our connections begin no transaction by themselves; an option to say so would not outlive its use.
            if rewrite:
                connection.execute(text("VACUUM"))
            busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one()
            if busy:
                raise StillRead
        else:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM"))
