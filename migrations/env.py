"""Alembic's environment: the address is passed in, the shape comes from the rooms' tables."""

from alembic import context

import app.accounts.tables
import app.casefile.tables
import app.intake.tables
import app.jobs.tables
import app.trail.tables  # noqa: F401
from app.storage.columns import metadata
from app.storage.engine import make_engine


def run() -> None:
    """Run the migrations in one transaction where the database can."""
    engine = make_engine(context.config.attributes["url"], pool_size=1)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
