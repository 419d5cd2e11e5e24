"""clocks that stand still and end, grants that are offered, escalations."""

import sqlalchemy as sa
from alembic import op

from app.storage.columns import UtcTime

revision = "0009"
down_revision = "0008"

_OF_CASES = (
    ("acknowledged_on", sa.Date()),
    ("acted_on", sa.Date()),
    ("escalate_at", UtcTime()),
    ("escalated", sa.Integer()),
    ("waits_until", UtcTime()),
    ("left_hours", sa.Integer()),
    ("paused_hours", sa.Integer()),
    ("silent_since", sa.Date()),
)
_OF_GRANTS = (
    ("standing", sa.String(length=20)),
    ("answer_by", UtcTime()),
)
_INDEXES = (
    ("ix_case_unacknowledged", "case", "acknowledge_by IS NOT NULL AND escalated IS NULL", ["acknowledge_by"]),
    ("ix_case_escalate", "case", "escalate_at IS NOT NULL", ["escalate_at"]),
    ("ix_case_escalated", "case", "escalated IS NOT NULL", ["queue_id", "priority", "due"]),
    ("ix_case_waits", "case", "waits_until IS NOT NULL", ["waits_until"]),
    ("ix_case_acted", "case", "acted_on IS NOT NULL", ["queue_id", "acted_on"]),
    ("ix_grant_guest", "grant", "standing IS NOT NULL", ["queue_id", "case_id"]),
    ("ix_grant_offered", "grant", "answer_by IS NOT NULL", ["answer_by"]),
)


def upgrade() -> None:
    """Bring the database to this shape."""
    for table, columns in (("case", _OF_CASES), ("grant", _OF_GRANTS)):
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    for name, table, where, columns in _INDEXES:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        "escalation",
        sa.Column("case_id", sa.String(length=8), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("reminded", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_escalation_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", name="pk_escalation"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the database back to the shape before."""
    op.drop_table("escalation")
    for name, table, _where, _columns in _INDEXES:
        op.drop_index(name, table)
    for table, columns in (("grant", _OF_GRANTS), ("case", _OF_CASES)):
        for name, _kind in columns:
            op.drop_column(table, name)
