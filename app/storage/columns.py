"""Column types, the naming of constraints, and the coarse times that rows may show."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Column, DateTime, LargeBinary, MetaData, String, Table
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMES)

# SQLite would otherwise keep a rowid, and with it the order in which rows came.
UNORDERED: dict[str, Any] = {"sqlite_with_rowid": False}

# Marks of tables, for backups. Rows of a fleeting table are over soon, or must be: no backup ever holds one. Any other
# row that was deleted since a backup was made does not come back with it, except where it stood for work: what was done
# since is lost with the rest, and must be done again.
FLEETING, WORK = "fleeting", "work"
FLEETING_ROWS: dict[str, Any] = {**UNORDERED, "info": {FLEETING: True}}
WORK_ROWS: dict[str, Any] = {**UNORDERED, "info": {WORK: True}}


class Row(SQLModel):
    """The parent of every table; all tables share one ``metadata``."""

    metadata = metadata
    # SQLAlchemy gives it to every table's class; SQLModel does not say so.
    __table__: ClassVar[Table]


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time, kept without a zone so that both databases hold the same."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:
        """Refuse a naive time: it would be read as another moment on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        """Give the time back with its zone."""
        return None if value is None else value.replace(tzinfo=UTC)


def sealed_bytes() -> Any:
    """A required column of sealed bytes, kept out of every ``repr``."""
    return Field(sa_column=Column(LargeBinary, nullable=False), repr=False)


def sealed_bytes_or_none() -> Any:
    """An optional column of sealed bytes, kept out of every ``repr``."""
    return Field(default=None, sa_column=Column(LargeBinary, nullable=True), repr=False)


def key_bytes(*, primary: bool = False, unique: bool = False) -> Any:
    """A column of random-looking bytes that rows are found by."""
    return Field(sa_column=Column(LargeBinary(32), primary_key=primary, unique=unique, nullable=False), repr=False)


def coarse_time(*, nullable: bool = False, index: bool = False, primary: bool = False) -> Any:
    """A time column; whoever writes it rounds it first with one of the functions below."""
    arguments: dict[str, Any] = {"sa_column": Column(UtcTime, nullable=nullable, index=index, primary_key=primary)}
    if nullable:
        arguments["default"] = None
    return Field(**arguments)


def short_text(length: int = 64, *, primary: bool = False, index: bool = False, nullable: bool = False) -> Any:
    """A short column of clear text: ids and codes, never content."""
    arguments: dict[str, Any] = {
        "sa_column": Column(String(length), primary_key=primary, index=index, nullable=nullable)
    }
    if nullable:
        arguments["default"] = None
    return Field(**arguments)


def day_of(now: datetime) -> date:
    """The UTC day of ``now``: all that most rows tell about when they were written."""
    return now.astimezone(UTC).date()


def hour_of(moment: datetime) -> datetime:
    """The UTC hour in which ``moment`` lies, as its beginning."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def hour_up(moment: datetime) -> datetime:
    """``moment`` rounded up to the hour: running deadlines are kept no finer."""
    return _up(moment, timedelta(hours=1))


def quarter_up(moment: datetime) -> datetime:
    """``moment`` rounded up to the quarter of an hour: sessions end no finer."""
    return _up(moment, timedelta(minutes=15))


def _up(moment: datetime, step: timedelta) -> datetime:
    since = moment.astimezone(UTC) - datetime(2000, 1, 1, tzinfo=UTC)
    steps = -(-since // step)
    return datetime(2000, 1, 1, tzinfo=UTC) + steps * step
