"""PostgreSQL takes no samples of what is sealed: kept beside the tables, they would outlive the rows.

Those that it took before go when a table is next written anew (:mod:`app.storage.rewriting`); no table is held here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_SEALED = sa.text(
    "SELECT format('ALTER TABLE %I ALTER COLUMN %I', c.relname, a.attname) FROM pg_attribute a"
    " JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'"
    " WHERE c.relnamespace = current_schema()::regnamespace AND a.atttypid = 'bytea'::regtype AND NOT a.attisdropped"
    " ORDER BY c.relname, a.attname"
)


def upgrade() -> None:
    """Bring the database to this shape."""
    for column in _columns():
        op.execute(f"{column} SET STATISTICS 0")


def downgrade() -> None:
    """Take the database back to the shape before."""
    for column in _columns():
        op.execute(f"{column} SET STATISTICS -1")


def _columns() -> list[str]:
    connection = op.get_bind()
    return list(connection.scalars(_SEALED)) if connection.dialect.name == "postgresql" else []
