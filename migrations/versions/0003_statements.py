"""statements, and links between the generations of a ring."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "ring_link",
        sa.Column("ring", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ring", "generation", name="pk_ring_link"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statement",
        sa.Column("chain", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signer", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "number", name="pk_statement"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_table("statement")
    op.drop_table("ring_link")
