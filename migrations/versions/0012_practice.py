"""cases that were made for practice, as their makers signed it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "practice_case",
        sa.Column("case_id", sa.String(length=8), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_practice_case_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", name="pk_practice_case"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the database back: without their marks cases for practice would pass for families' own."""
    op.execute("DELETE FROM item WHERE case_id IN (SELECT case_id FROM practice_case)")
    op.execute('DELETE FROM "grant" WHERE case_id IN (SELECT case_id FROM practice_case)')
    op.execute('DELETE FROM "case" WHERE id IN (SELECT case_id FROM practice_case)')
    op.drop_table("practice_case")
