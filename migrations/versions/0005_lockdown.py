"""lockdown, and the record by person."""

import sqlalchemy as sa
from alembic import op

from app.storage.columns import UtcTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "lockdown",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=True),
        sa.Column("asked_until", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_lockdown"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_trail_entry_actor_seq", "trail_entry", ["actor", "seq"])


def downgrade() -> None:
    """Take this shape back."""
    op.drop_index("ix_trail_entry_actor_seq", "trail_entry")
    op.drop_table("lockdown")
