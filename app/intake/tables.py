"""Rows of codes and of answers that are kept for a repeated call."""

from datetime import date, datetime

from sqlalchemy import Boolean, Column
from sqlmodel import Field

from app.storage.columns import (
    FLEETING_ROWS,
    UNORDERED,
    Row,
    coarse_time,
    key_bytes,
    sealed_bytes,
    sealed_bytes_or_none,
    short_text,
)


class Locker(Row, table=True):
    """What a code opens; found by what the code yields. Empty once everything was withdrawn."""

    __tablename__ = "locker"
    __table_args__ = (UNORDERED,)

    locator: bytes = key_bytes(primary=True)
    case_id: str = short_text(8, index=True)
    sealed: bytes | None = sealed_bytes_or_none()
    typed: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    day: date


class SentDraft(Row, table=True):
    """That a draft was sent, by what its random mark yields: its old pages show nothing of it any more."""

    __tablename__ = "sent_draft"
    __table_args__ = (FLEETING_ROWS,)

    locator: bytes = key_bytes(primary=True)
    ends: datetime = coarse_time(index=True)


class KeptAnswer(Row, table=True):
    """The answer to a call of the interface, for a day, under a key that only its caller has."""

    __tablename__ = "kept_answer"
    __table_args__ = (UNORDERED,)

    locator: bytes = key_bytes(primary=True)
    sealed: bytes = sealed_bytes()
    ends: datetime = coarse_time(index=True)
