"""who is on duty, and who is away; what a person has, in its order."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

OPEN = "status <> 'closed'"


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "roster",
        sa.Column("queue_id", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name="fk_roster_queue_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("queue_id", name="pk_roster"),
        sqlite_with_rowid=False,
    )
    op.drop_index("ix_case_assignee", "case")
    _index("assignee", "queue_id", "priority", "due", "id", "status")


def downgrade() -> None:
    """Take the database back."""
    op.drop_index("ix_case_assignee", "case")
    _index("assignee", "queue_id")
    op.drop_table("roster")


def _index(*columns: str) -> None:
    op.create_index("ix_case_assignee", "case", columns, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN))
