"""statistics: facets, releases, the ledger of what they drew."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "facet",
        sa.Column("id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_facet"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "release",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("made_signature", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed_signature", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "period", name="pk_release"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "counted",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "period", "step", name="pk_counted"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_entry",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("epsilon_milli", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("epsilon_milli > 0 AND epsilon_milli <= 4000", name="ck_ledger_entry_within_budget"),
        sa.PrimaryKeyConstraint("number", name="pk_ledger_entry"),
        sa.UniqueConstraint("kind", "period", name="uq_ledger_entry_kind_period"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the database back to the shape before."""
    for table in ("ledger_entry", "counted", "release", "facet"):
        op.drop_table(table)
