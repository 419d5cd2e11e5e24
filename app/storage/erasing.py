"""Making deleted rows unreadable in the files as well as in the tables."""

from sqlalchemy import Engine, text

from app.storage.columns import FLEETING
from app.storage.copying import tables_marked
from app.storage.rewriting import StillRead, rewrite_tables

__all__ = ["StillRead", "erase_remains"]


def erase_remains(engine: Engine, *, rewrite: bool = False, small_alone: bool = False) -> bool:
    """Empty SQLite's journal, or write PostgreSQL's fleeting tables anew; with ``rewrite`` the whole database.

    SQLite overwrites deleted rows (``secure_delete``), but what was in the journal stays there
    until the journal is cut off, and when rows move between pages a copy of them may stay behind
    in unused space, where a later deletion does not find it. With ``rewrite`` the whole file is
    written anew (about ten seconds for a gigabyte), and nothing but living rows is in it.
    PostgreSQL overwrites nothing by itself: :mod:`app.storage.rewriting` says what is done there.

    Say whether large tables were left for later, as ``small_alone`` allows on PostgreSQL.

    Raises: :class:`StillRead`.
    """
    if engine.dialect.name == "postgresql":
        return rewrite_tables(engine, None if rewrite else tables_marked(FLEETING), small_alone=small_alone)
    with engine.connect() as connection:
        # Our connections begin no transaction by themselves; an option to say so would not outlive its use.
        if rewrite:
            connection.execute(text("VACUUM"))
        busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one()
        if busy:
            raise StillRead
    return False
