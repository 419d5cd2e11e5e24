"""recovery: copies of rings' keys for trustees, and what they gave back."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "recovery_copy",
        sa.Column("ring", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recovery", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_recovery_copy_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ring", "generation", "recovery", name="pk_recovery_copy"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recovered_key",
        sa.Column("ring", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_recovered_key_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ring", "generation", "account_id", name="pk_recovered_key"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_table("recovered_key")
    op.drop_table("recovery_copy")
