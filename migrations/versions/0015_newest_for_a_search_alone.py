"""the newest of a queue are for a search alone: SQLite would walk them for other questions too."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_ALWAYS = sa.text("received IS NOT NULL")


def upgrade() -> None:
    """Bring the database to this shape."""
    op.drop_index("ix_case_newest", "case")
    columns = ["queue_id", "received", "id"]
    op.create_index("ix_case_newest", "case", columns, sqlite_where=_ALWAYS, postgresql_where=_ALWAYS)


def downgrade() -> None:
    """Take the database back to the shape before."""
    op.drop_index("ix_case_newest", "case")
    op.create_index("ix_case_newest", "case", ["queue_id", "received", "id"])
