"""PostgreSQL's tables written anew, so that nothing of a deleted row is left in its files.

PostgreSQL only marks deleted rows, and its journal keeps what was written in segments that it uses again. Here a table
is written anew in the order of its (random) primary key, which leaves behind its old file with all indexes and
oversized values, and then the journal's old segments are given up: with ``wal_recycle = off`` they are deleted.
Whoever reads an older state meanwhile, a backup for one, keeps the rows that they see; then it is done another time.
"""

import time
from collections.abc import Callable, Collection
from functools import partial

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from app.storage.errors import RodynaError

# While a table is written nobody else uses it: about a second for so much. What is larger waits for the night.
SMALL_BYTES = 128 << 20
# Whoever comes meanwhile stands behind us in the line, so we do not stand in it for long.
_LOCK_WAIT = "SET LOCAL lock_timeout = '2s'"
_LOCK_NOT_AVAILABLE = "55P03"
_TRIES = 5
_PAUSE_SECONDS = 0.3
_TABLES = text(
    "SELECT t.relname, format('CLUSTER %I.%I USING %I', n.nspname, t.relname, k.relname), pg_relation_size(t.oid),"
    " pg_total_relation_size(t.oid) FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace"
    " JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary JOIN pg_class k ON k.oid = i.indexrelid"
    " WHERE n.nspname = current_schema() AND t.relkind = 'r' ORDER BY t.relname"
)
# The rewritten table's `relfrozenxid` is the oldest transaction that any reader could still ask about: rows that were
# deleted by older ones were left out.
_LEFT_OUT = text(
    "SELECT age(relfrozenxid) <= age(CAST(:mark AS xid)) FROM pg_class"
    " WHERE relnamespace = current_schema()::regnamespace AND relname = :name"
)

# What the server once sampled of a sealed column goes where the column is given a type, be it the one that it has.
_SAMPLED = text(
    "SELECT format('ALTER TABLE %I.%I ALTER COLUMN %I TYPE bytea', schemaname, tablename, attname) FROM pg_stats"
    " JOIN pg_attribute a USING (attname) WHERE schemaname = current_schema() AND tablename = :name"
    " AND a.attrelid = format('%I.%I', schemaname, tablename)::regclass AND a.atttypid = 'bytea'::regtype"
)

# The role that may ask for a checkpoint exists since PostgreSQL 15.
_MAY_GIVE_UP = text(
    "SELECT has_function_privilege('pg_switch_wal()', 'EXECUTE') AND EXISTS (SELECT FROM pg_roles"
    " WHERE rolname = 'pg_checkpoint' AND pg_has_role(oid, 'MEMBER'))"
)


class StillRead(RodynaError):
    """Somebody was reading, so that not everything could be erased; try again."""


def rewrite_tables(engine: Engine, only: Collection[str] | None = None, *, small_alone: bool = False) -> bool:
    """Write every table anew, or ``only`` some; say whether large ones were left out because of ``small_alone``.

    Each table is a transaction of its own. Afterwards the journal before this moment is given up, where our role may.

    Raises: :class:`StillRead`.
    """
    with engine.begin() as connection:
        # What was deleted until now was deleted by transactions older than this one.
        mark = connection.scalar(text("SELECT CAST(pg_current_xact_id() AS xid)::text"))
        found = [table for table in connection.execute(_TABLES) if only is None or table[0] in only]
    left = False
    for name, statement, own_bytes, all_bytes in found:
        if small_alone and all_bytes > SMALL_BYTES:
            left = True
        elif own_bytes:
            _insist(partial(_rewrite, engine, name, statement, mark))
    _give_up_journal(engine)
    return left


def may_give_up_journal(connection: Connection) -> bool:
    """Whether our role may have the journal's segments changed and written back."""
    return bool(connection.scalar(_MAY_GIVE_UP))


def _insist(rewritten: Callable[[], bool]) -> None:
    for _ in range(_TRIES):
        if rewritten():
            return
        time.sleep(_PAUSE_SECONDS)
    raise StillRead


def _rewrite(engine: Engine, name: str, statement: str, mark: str) -> bool:
    try:
        with engine.begin() as connection:
            connection.execute(text(_LOCK_WAIT))
            connection.execute(text(statement))
            for forgetting in connection.scalars(_SAMPLED, {"name": name}).all():
                connection.execute(text(forgetting))
            return bool(connection.scalar(_LEFT_OUT, {"mark": mark, "name": name}))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        return False


def _give_up_journal(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not may_give_up_journal(connection):
            # It goes with PostgreSQL's own checkpoints, some minutes later; the doctor says how to have it at once.
            return
        connection.execute(text("SELECT pg_switch_wal()"))
        connection.execute(text("CHECKPOINT"))
