"""grants of a queue are found by their generation."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_index("ix_grant_queue", "grant", ["queue_id", "generation", "case_id"])


def downgrade() -> None:
    """Take this shape back."""
    op.drop_index("ix_grant_queue", "grant")
