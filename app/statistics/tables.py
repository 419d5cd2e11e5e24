"""Rows of facets and releases. What stands here in clear is listed in README and held by a test."""

from collections.abc import Mapping

from sqlalchemy import CheckConstraint, Column, Integer, UniqueConstraint
from sqlmodel import Field

from app.storage.columns import UNORDERED, Row, key_bytes, sealed_bytes, sealed_bytes_or_none, short_text

# Thousandths by kind; no release ever takes more than this from the people in it, whatever is declared. A person is in
# one release of each kind, so nobody ever loses more than both together; the database knows their sum alone.
MOST_EPSILON_MILLI: Mapping[str, int] = {"intake": 3_400, "outcome": 600}
_MOST_OF_ALL = sum(MOST_EPSILON_MILLI.values())


class Facet(Row, table=True):
    """What one case adds to the tables, or that it adds nothing; every case has one, so that none tells by absence."""

    __tablename__ = "facet"
    __table_args__ = (UNORDERED,)

    id: bytes = key_bytes(primary=True)
    generation: int = Field(sa_column=Column(Integer, nullable=False))
    sealed: bytes = sealed_bytes()


class Release(Row, table=True):
    """A release: being counted, made and waiting for the second signature, or released and frozen."""

    __tablename__ = "release"
    __table_args__ = (UNORDERED,)

    kind: str = short_text(16, primary=True)
    period: str = short_text(8, primary=True)
    generation: int = Field(sa_column=Column(Integer, nullable=False))
    step: int = 0
    percent: int = 0
    made_by: str = short_text()
    confirmed_by: str | None = short_text(nullable=True)
    sealed: bytes | None = sealed_bytes_or_none()
    content: bytes | None = sealed_bytes_or_none()
    made_signature: bytes | None = sealed_bytes_or_none()
    confirmed_signature: bytes | None = sealed_bytes_or_none()


class Counted(Row, table=True):
    """Which facets one step of a making has counted, sealed; gone when the release is confirmed."""

    __tablename__ = "counted"
    __table_args__ = (UNORDERED,)

    kind: str = short_text(16, primary=True)
    period: str = short_text(8, primary=True)
    step: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    sealed: bytes = sealed_bytes()


class LedgerEntry(Row, table=True):
    """What a release drew from the budget of the people in it; a kind of a period draws once."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("kind", "period"),
        CheckConstraint(f"epsilon_milli > 0 AND epsilon_milli <= {_MOST_OF_ALL}", name="within_budget"),
        UNORDERED,
    )

    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    kind: str = short_text(16)
    period: str = short_text(8)
    epsilon_milli: int
    account_id: str = short_text()
    signature: bytes = sealed_bytes()
