"""Rows of the record."""

from sqlalchemy import Column, Index, Integer
from sqlmodel import Field

from app.storage.columns import Row, key_bytes, sealed_bytes, short_text


class TrailEntry(Row, table=True):
    """One action: who (a random id) in clear, what and when sealed to the auditors."""

    __tablename__ = "trail_entry"

    seq: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    actor: str = short_text()
    after_seq: int
    after_hash: bytes = key_bytes()
    sealed: bytes = sealed_bytes()
    signature: bytes = sealed_bytes()
    hash: bytes = key_bytes()


class TrailHead(Row, table=True):
    """The one row that says where the chain ends."""

    __tablename__ = "trail_head"

    id: int = Field(default=1, primary_key=True)
    seq: int = 0
    hash: bytes = key_bytes()


# An auditor asks for what one person did, the newest first.
Index("ix_trail_entry_actor_seq", TrailEntry.__table__.c.actor, TrailEntry.__table__.c.seq)
