"""of a case that is gone: through whom."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Bring the database to this shape."""
    op.add_column("withdrawal", sa.Column("cause", sa.String(length=20), nullable=True))
    # What went before was noted as families' doing already.
    op.execute("UPDATE withdrawal SET cause = 'family'")


def downgrade() -> None:
    """Take the database back to the shape before."""
    op.drop_column("withdrawal", "cause")
