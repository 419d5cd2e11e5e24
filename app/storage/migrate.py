"""Migrations: the database brought to the newest shape, or to a named one.

They run while processes of the release before go on with their work, so each leaves everything that they read and
write. A process that starts finds a database of its own shape, an older one, which it brings up, or a later one, which
it leaves as it is: on another machine the next release was begun already.
"""

import logging
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
# A table that somebody reads (a backup does for minutes) is waited for so long, then everybody else has a turn. Whoever
# waits longer holds up all that come after.
TABLE_SECONDS = 2
_PAUSE_SECONDS, _TRIES = 5.0, 120
# PostgreSQL's own word for it (Appendix A, lock_not_available).
_IN_USE = "55P03"

log = logging.getLogger(__name__)


def configuration(url: str) -> Config:
    """Alembic's configuration for ``url``, without an ini file that could hold a password."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes.update(url=url, table_seconds=TABLE_SECONDS)
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at ``url`` up to ``revision``; the newest shape leaves one alone that is newer still.

    While tables are in use it is tried again for ten minutes.

    Raises: ``OperationalError`` where they were in use for longer.
    """
    config = configuration(url)
    config.attributes["leave_newer"] = revision == "head"
    for left in reversed(range(_TRIES)):
        try:
            command.upgrade(config, revision)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _IN_USE or not left:
                raise
            log.warning("tables are in use, the database gets its new shape later")
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def downgrade(url: str, revision: str) -> None:
    """Take the database at ``url`` back down to ``revision``."""
    command.downgrade(configuration(url), revision)


def is_newer(connection: Connection) -> bool:
    """Whether a later release has given the database its shape, of which nothing is known here."""
    known = {each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    return not set(MigrationContext.configure(connection).get_current_heads()) <= known
