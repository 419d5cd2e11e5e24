"""The row of a job."""

from datetime import datetime

from app.storage.columns import WORK_ROWS, Row, coarse_time, short_text


class JobRow(Row, table=True):
    """Something due. `claims` counts how often it was taken: who holds an older number has lost it."""

    __tablename__ = "job"
    __table_args__ = (WORK_ROWS,)

    kind: str = short_text(primary=True)
    key: str = short_text(primary=True)
    due: datetime = coarse_time(index=True)
    leased_until: datetime | None = coarse_time(nullable=True)
    claims: int = 0
    tries: int = 0
    # Asked for while a worker had it: it must run once more, since that worker may have read already.
    asked: datetime | None = coarse_time(nullable=True)
