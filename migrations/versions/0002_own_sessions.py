"""own sessions: each tells its owner when it began."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Bring the database to this shape."""
    op.add_column("session", sa.Column("about", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take this shape back."""
    # No batch: it would make the table anew, and forget on the way that its rows have no order.
    op.drop_column("session", "about")
