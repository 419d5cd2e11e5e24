"""Rows of cases. What stands here in clear is listed in README and held by a test."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, text
from sqlmodel import Field

from app.storage.columns import UNORDERED, Row, coarse_time, sealed_bytes, short_text


def _case_reference(*, primary: bool = False) -> Any:
    return Field(
        sa_column=Column(String(8), ForeignKey("case.id", ondelete="CASCADE"), primary_key=primary, nullable=False)
    )


def _partial(name: str, where: str, *columns: str) -> Index:
    """An index of those rows alone for which ``where`` holds."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


_OPEN = "status <> 'closed'"


class Case(Row, table=True):
    """A case as a list may show it without a key."""

    __tablename__ = "case"

    id: str = short_text(8, primary=True)
    queue_id: str = short_text()
    status: str = short_text(20)
    priority: int
    received: date
    acknowledge_by: datetime | None = coarse_time(nullable=True)
    act_by: datetime | None = coarse_time(nullable=True)
    due: datetime = coarse_time()
    assignee: str | None = short_text(nullable=True)
    unread: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    version: int = 1
    # Clocks that ended, to the day.
    acknowledged_on: date | None = None
    acted_on: date | None = None
    # Twice the time to acknowledge; and how far a missed acknowledgement went: 1 the lead, 2 the coordinator.
    escalate_at: datetime | None = coarse_time(nullable=True)
    escalated: int | None = None
    # While the family is waited for: until when, and how much of the clock is left; how long it stood still in all.
    waits_until: datetime | None = coarse_time(nullable=True)
    left_hours: int | None = None
    paused_hours: int | None = None
    silent_since: date | None = None

    __table_args__ = (
        # The order of a queue's page: most urgent first, then what is due first.
        Index("ix_case_queue", "queue_id", "status", "priority", "due", "id"),
        Index(
            "ix_case_open",
            "queue_id",
            "priority",
            "due",
            "id",
            sqlite_where=text("status <> 'closed'"),
            postgresql_where=text("status <> 'closed'"),
        ),
        Index("ix_case_all", "queue_id", "priority", "due", "id"),
        # A search looks through the newest first. The condition, which always holds, is said by a search alone: without
        # it SQLite, which knows no figures, takes this index for questions that others answer.
        _partial("ix_case_newest", "received IS NOT NULL", "queue_id", "received", "id"),
        # What a person has, or nobody (none), in the order of a queue's page; with it a lead's workload is counted.
        _partial("ix_case_assignee", _OPEN, "assignee", "queue_id", "priority", "due", "id", "status"),
        Index(
            "ix_case_due",
            "queue_id",
            "due",
            sqlite_where=text("status <> 'closed'"),
            postgresql_where=text("status <> 'closed'"),
        ),
        Index(
            "ix_case_unread",
            "queue_id",
            "priority",
            "due",
            "id",
            sqlite_where=text("unread IS 1"),
            postgresql_where=text("unread IS true"),
        ),
        _partial("ix_case_unacknowledged", "acknowledge_by IS NOT NULL AND escalated IS NULL", "acknowledge_by"),
        _partial("ix_case_escalate", "escalate_at IS NOT NULL", "escalate_at"),
        _partial("ix_case_escalated", "escalated IS NOT NULL", "queue_id", "priority", "due"),
        _partial("ix_case_waits", "waits_until IS NOT NULL", "waits_until"),
        _partial("ix_case_acted", "acted_on IS NOT NULL", "queue_id", "acted_on"),
        UNORDERED,
    )


class Grant(Row, table=True):
    """The keys of a case's compartments, sealed to one holder's ring.

    ``standing`` is none where the holder answers for the case; ``answer_by`` runs while it is offered.
    """

    __tablename__ = "grant"
    __table_args__ = (
        # By it the cases under an older key are found.
        Index("ix_grant_queue", "queue_id", "generation", "case_id"),
        # What is shared with a queue is put in order along it, and the sealed keys beside it are not read.
        _partial("ix_grant_shared", "standing IS NOT NULL", "queue_id", "case_id", "standing", "answer_by"),
        _partial("ix_grant_offered", "answer_by IS NOT NULL", "answer_by"),
        UNORDERED,
    )

    case_id: str = _case_reference(primary=True)
    queue_id: str = short_text(primary=True)
    generation: int = Field(sa_column=Column(Integer, nullable=False))
    consent: str = short_text(32)
    standing: str | None = short_text(20, nullable=True)
    answer_by: datetime | None = coarse_time(nullable=True)
    sealed: bytes = sealed_bytes()


class Item(Row, table=True):
    """One sealed piece of a case: a part of the report, a message, a note."""

    __tablename__ = "item"
    __table_args__ = (UNORDERED,)

    # The case comes first, so that its items lie side by side and are read as one.
    case_id: str = _case_reference(primary=True)
    id: str = short_text(24, primary=True)
    compartment: str = short_text(32)
    kind: str = short_text(32)
    day: date
    sealed: bytes = sealed_bytes()


class Told(Row, table=True):
    """A queue that is told of a case: it sees number, priority and deadline, and holds no key."""

    __tablename__ = "told"
    __table_args__ = (Index("ix_told_queue", "queue_id", "case_id"), UNORDERED)

    case_id: str = _case_reference(primary=True)
    queue_id: str = short_text(primary=True)


class Withdrawal(Row, table=True):
    """That a case is gone for good, and through whom: what a restored backup must not bring back."""

    __tablename__ = "withdrawal"
    __table_args__ = (UNORDERED,)

    case_id: str = short_text(8, primary=True)
    queue_id: str = short_text()
    day: date
    cause: str | None = short_text(20, nullable=True)


class Proposal(Row, table=True):
    """That a step which takes two people was proposed by one, and what the other said; what it is about is sealed."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("agreed_by IS NULL OR agreed_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'agreed') = (agreed_by IS NOT NULL)", name="agreed"),
        Index("ix_proposal_state", "state", "ends"),
        UNORDERED,
    )

    case_id: str = _case_reference(primary=True)
    id: str = short_text(24, primary=True)
    proposed_by: str = short_text()
    agreed_by: str | None = short_text(nullable=True)
    state: str = short_text(20)
    ends: date


class Reminder(Row, table=True):
    """A day on which something is due in a case; what, stands sealed in the entry of the same id."""

    __tablename__ = "reminder"
    __table_args__ = (Index("ix_reminder_day", "day", "case_id"), UNORDERED)

    case_id: str = _case_reference(primary=True)
    id: str = short_text(24, primary=True)
    day: date


class Junk(Row, table=True):
    """A case that was set aside as junk: figures leave it out, and on the day it is deleted."""

    __tablename__ = "junk"
    __table_args__ = (UNORDERED,)

    case_id: str = _case_reference(primary=True)
    status: str = short_text(20)
    ends: date = Field(sa_column=Column(Date, nullable=False, index=True))


class PracticeCase(Row, table=True):
    """A case that was made for practice: figures leave it out, and on the day it is deleted; signed by its maker."""

    __tablename__ = "practice_case"
    __table_args__ = (UNORDERED,)

    case_id: str = _case_reference(primary=True)
    made_by: str = short_text()
    ends: date
    signature: bytes = sealed_bytes()


class Escalation(Row, table=True):
    """A case that nobody acknowledged in twice the time: what the coordinator did about it."""

    __tablename__ = "escalation"
    __table_args__ = (UNORDERED,)

    case_id: str = _case_reference(primary=True)
    seen: bool = False
    reminded: date | None = None
