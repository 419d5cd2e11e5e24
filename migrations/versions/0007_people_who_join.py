"""people who join: invitations, newcomers, spare codes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "invitation",
        sa.Column("locator", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("noted", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("locator", name="pk_invitation"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "newcomer",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_newcomer_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", name="pk_newcomer"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spare_code",
        sa.Column("locator", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_spare_code_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("locator", name="pk_spare_code"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_spare_code_account", "spare_code", ["account_id"])


def downgrade() -> None:
    """Take the database back."""
    op.drop_table("spare_code")
    op.drop_table("newcomer")
    op.drop_table("invitation")
