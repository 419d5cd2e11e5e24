"""how many requests and background jobs failed in which hour."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "failure",
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("hour", sa.DateTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("part", "hour", name="pk_failure"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the database back: what failed was for figures alone."""
    op.drop_table("failure")
