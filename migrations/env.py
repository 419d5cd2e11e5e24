"""Alembic's environment: the address is passed in, the shape comes from the rooms' tables."""

from alembic import context
from sqlalchemy import Connection

import app.accounts.tables
import app.casefile.tables
import app.failures.tables
import app.intake.tables
import app.jobs.tables
import app.trail.tables  # noqa: F401 - importing them is what puts their tables into the metadata.
from app.storage.columns import metadata
from app.storage.engine import make_engine
from app.storage.migrate import is_newer

# Any number, as long as nothing else in the same database locks by it.
MIGRATING = 7263946


class DanglingReferences(Exception):
    """A migration left rows that refer to rows which are gone; it is rolled back."""


def run() -> None:
    """Run the migrations in one transaction, while no other process does."""
    engine = make_engine(context.config.attributes["url"], pool_size=1)
    try:
        with engine.connect() as connection:
            alone(connection)
            context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
            if context.config.attributes.get("leave_newer") and is_newer(connection):
                return
            with context.begin_transaction():
                context.run_migrations()
            check_references(connection)
            connection.commit()
    finally:
        engine.dispose()


def alone(connection: Connection) -> None:
    """Wait for whoever migrates already, as when several processes start at once."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")
        # Whoever waits for a table holds up all that come after: a backup must not make families wait.
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{context.config.attributes['table_seconds']}s'")
        return
    # A table that changes is copied and the old one dropped, and every row that refers to it would go with it.
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    # Writing is what takes SQLite's lock; Alembic makes this table in any case.
    connection.exec_driver_sql(
        "CREATE TABLE IF NOT EXISTS alembic_version "
        "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )


def check_references(connection: Connection) -> None:
    """See that rows still refer to rows that are there; PostgreSQL does so by itself."""
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise DanglingReferences("rows would refer to rows that are gone")


run()
