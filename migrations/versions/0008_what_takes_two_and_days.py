"""what takes two people, days on which something is due, junk, and address cards."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "proposal",
        sa.Column("case_id", sa.String(length=8), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("agreed_by", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.CheckConstraint("agreed_by IS NULL OR agreed_by <> proposed_by", name="ck_proposal_two_people"),
        sa.CheckConstraint("(state = 'agreed') = (agreed_by IS NOT NULL)", name="ck_proposal_agreed"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_proposal_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "id", name="pk_proposal"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_proposal_state", "proposal", ["state", "ends"])
    op.create_table(
        "reminder",
        sa.Column("case_id", sa.String(length=8), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_reminder_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "id", name="pk_reminder"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reminder_day", "reminder", ["day", "case_id"])
    op.create_table(
        "junk",
        sa.Column("case_id", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_junk_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", name="pk_junk"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_junk_ends", "junk", ["ends"])
    op.create_table(
        "address_card",
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_address_card_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_address_card"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_received", "case", ["received", "id"])


def downgrade() -> None:
    """Take the database back."""
    op.drop_index("ix_case_received", "case")
    for table in ("address_card", "junk", "reminder", "proposal"):
        op.drop_table(table)
