"""The row of what failed in an hour."""

from datetime import datetime

from app.storage.columns import FLEETING_ROWS, Row, coarse_time, short_text


class FailureRow(Row, table=True):
    """How often a part failed, by the hour in which a process said so."""

    __tablename__ = "failure"
    __table_args__ = (FLEETING_ROWS,)

    part: str = short_text(8, primary=True)
    hour: datetime = coarse_time(primary=True)
    times: int
