"""what is shared with a queue is put in order along an index alone, without reading the sealed keys beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_GUEST = sa.text("standing IS NOT NULL")


def upgrade() -> None:
    """Bring the database to this shape."""
    columns = ["queue_id", "case_id", "standing", "answer_by"]
    op.create_index("ix_grant_shared", "grant", columns, sqlite_where=_GUEST, postgresql_where=_GUEST)
    op.drop_index("ix_grant_guest", "grant")


def downgrade() -> None:
    """Take the database back to the shape before."""
    columns = ["queue_id", "case_id"]
    op.create_index("ix_grant_guest", "grant", columns, sqlite_where=_GUEST, postgresql_where=_GUEST)
    op.drop_index("ix_grant_shared", "grant")
