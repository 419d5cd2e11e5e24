"""What waits for one person as one list: every case once, with all that speaks for it, the most urgent first. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any

from app.casefile.cases import Status
from app.casework.duty import wall_clock
from app.casework.queues import ListedCase
from app.casework.today import Today
from app.casework.upcoming import Due

MOST_SHOWN = 50


class Why(StrEnum):
    """Why a case stands on the page; in the order in which a case tells its reasons."""

    MISSED = "missed"
    OFFERED = "offered"
    UNREAD = "unread"
    SIGN = "sign"
    DUE = "due"
    STANDS_IN = "stands_in"
    FREE = "free"
    MINE = "mine"


class Level(IntEnum):
    """How pressing a reason is: late already, waiting for one's next step, or to come."""

    LATE = 0
    NOW = 1
    LATER = 2


@dataclass(frozen=True)
class Reason:
    """One reason; ``detail`` is what it is about: an offer, a proposal, something due, the account of who is away."""

    why: Why
    level: Level
    detail: Any = field(default=None, repr=False)


@dataclass(frozen=True)
class Waiting:
    """A case that waits, with its reasons."""

    case: ListedCase
    reasons: tuple[Reason, ...]

    @property
    def level(self) -> Level:
        """How pressing its most pressing reason is."""
        clock = Level.LATE if self.case.late else Level.NOW if self.case.soon else Level.LATER
        return min(clock, *(reason.level for reason in self.reasons))


def waiting(found: Today, now: datetime) -> tuple[Waiting, ...]:
    """Every case of ``found`` once: what is late, then what waits for a step, then the rest; within that by priority.

    What is equally urgent and of one priority stands by its deadline. Some of it at most is given.
    """
    told: dict[str, list[Reason]] = {}
    for case_id, reason in _reasons(found, wall_clock(now).date()):
        if case_id in found.cases:
            told.setdefault(case_id, []).append(reason)
    lines = [Waiting(found.cases[case_id], _in_order(reasons)) for case_id, reasons in told.items()]
    return tuple(sorted(lines, key=_urgency)[:MOST_SHOWN])


def _reasons(found: Today, today: date) -> Iterator[tuple[str, Reason]]:
    for missed in found.missed:
        yield missed.case_id, Reason(Why.MISSED, Level.LATE, missed)
    for offer in found.offered:
        yield offer.case_id, Reason(Why.OFFERED, Level.NOW, offer)
    for case in found.answered:
        yield case.id, Reason(Why.UNREAD, Level.NOW)
    for asked in found.asked:
        yield asked.case_id, Reason(Why.SIGN, Level.NOW, asked)
    away = {absence.who for post in found.posts for absence in post.stands_for}
    for due in found.due:
        if not _is_for_reader(due, found.cases.get(due.case_id), away):
            continue
        level = Level.LATE if due.day < today else Level.NOW if due.day == today else Level.LATER
        yield due.case_id, Reason(Why.DUE, level, due)
    for case, why in _to_come(found):
        waits = why is Why.FREE and case.status is Status.NEW
        yield case.id, Reason(why, Level.NOW if waits else Level.LATER, case.assignee_id)


def _to_come(found: Today) -> Iterator[tuple[ListedCase, Why]]:
    yield from ((case, Why.FREE) for case in found.free)
    yield from ((case, Why.STANDS_IN) for case in found.others)
    yield from ((case, Why.MINE) for case in found.mine)


def _is_for_reader(due: Due, case: ListedCase | None, away: Collection[str]) -> bool:
    """Whether something due is the reader's to see to: their own, nobody's, or of somebody for whom they stand in."""
    responsible = due.body.get("whom") or (case.assignee_id if case else None)
    return due.mine or not responsible or responsible in away


def _in_order(reasons: list[Reason]) -> tuple[Reason, ...]:
    if any(reason.why is Why.MISSED for reason in reasons):
        # That nobody has it is said by that already.
        reasons = [reason for reason in reasons if reason.why is not Why.FREE]
    return tuple(sorted(reasons, key=lambda reason: list(Why).index(reason.why)))


def _urgency(line: Waiting) -> tuple[Any, ...]:
    case = line.case
    days = [reason.detail.day for reason in line.reasons if reason.why is Why.DUE]
    days += [wall_clock(reason.detail.answer_by).date() for reason in line.reasons if reason.why is Why.OFFERED]
    clock = case.acknowledge_by or case.act_by
    soonest = min([*days, *([wall_clock(clock).date()] if clock else [])], default=date.max)
    return line.level, case.priority, soonest, case.id
