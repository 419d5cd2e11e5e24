"""a search walks the newest cases of each queue."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_index("ix_case_newest", "case", ["queue_id", "received", "id"])
    op.drop_index("ix_case_received", "case")


def downgrade() -> None:
    """Take the database back to the shape before."""
    op.create_index("ix_case_received", "case", ["received", "id"])
    op.drop_index("ix_case_newest", "case")
