"""What becomes of made-up cases: who does what with each, and when. Pure; nothing here opens anything.

A report carries how far the staff have come with it; out of that, and of dice that its key gives, comes the ordinary
course. What makes a demonstration worth looking at (an offer to a partner, a link, junk) stands in `scenes.toml`.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from app.casefile.cases import Status
from app.demonstration.made_up import MadeUpReport, date_from, read_data

FAMILY, FIRST, SECOND = "family", "first", "second"
# The staff of the demonstration worked before it began, so that no one-time password of now is spent.
STAFF_WORKED = timedelta(minutes=30)
DRAWN = "Drawn by chance."
ON_TRIAL = frozenset({"on_trial_ua", "convicted_ua", "pow_ua", "surrendered"})
# Who was told of so long ago is no longer waited for: most such cases are closed.
OLD = timedelta(days=35)
CLOSED_OF_OLD = 0.88
LONGEST_WORK_DAYS = 150
FOUND_OUT_OF_CLOSED = 0.5


@dataclass(frozen=True)
class Deed:
    """Something done with a case at a moment, by its ``FAMILY``, by the ``FIRST`` or the ``SECOND`` of the queue that
    has it, or by somebody of the cast, by name.
    """

    at: datetime
    case: str
    who: str
    do: str
    what: Mapping[str, Any] = field(default_factory=dict, repr=False)


def deeds_of(reports: Iterable[MadeUpReport], now: datetime) -> list[Deed]:
    """Everything that is done with these reports before ``now``, in the order of time."""
    told = {report.key: report for report in reports}
    found = [deed for report in told.values() for deed in _course(report, now)]
    found += [deed for deed in _scenes(now) if {deed.case, deed.what.get("other", deed.case)} <= told.keys()]
    return sorted(found, key=lambda deed: (deed.at, deed.case))


def _course(report: MadeUpReport, now: datetime) -> Iterator[Deed]:
    """The ordinary course of a case."""
    dice = random.Random(report.key)  # noqa: S311 - the dice of made-up people need not be secret.
    # In a scene the first and the second are told apart; other cases are with either.
    who, other = (FIRST, SECOND) if dice.random() < 0.6 or report.key in _played() else (SECOND, FIRST)
    sent, until = now - timedelta(hours=report.age_hours), now - STAFF_WORKED
    settled = report.story_of == DRAWN and now - sent > OLD and dice.random() < CLOSED_OF_OLD
    if settled:
        yield from _settled(report, dice, (who, other), sent, until)
        return
    span = until - sent
    taken = sent + min(span * 0.2, timedelta(hours=dice.uniform(0.4, 7)))
    if report.progress is not Status.NEW:
        begin = "acknowledge" if report.progress is Status.ACKNOWLEDGED else "take"
        yield Deed(taken, report.key, who, begin)
    at = taken
    for text in report.replies:
        at += min(span * 0.2, timedelta(hours=dice.uniform(0.2, 20)))
        yield Deed(at, report.key, who, "answer", {"text": text})
    if report.progress in (Status.IN_PROGRESS, Status.AWAITING_FAMILY):
        yield from _worked_on(report, dice, who, at + (until - at) * 0.1, now)
    if report.progress is Status.AWAITING_FAMILY:
        yield Deed(at + (until - at) * 0.3, report.key, who, "wait")
    for number, text in enumerate(report.later, 1):
        written = at + (until - at) * (0.4 + 0.5 * number / len(report.later))
        yield Deed(written, report.key, FAMILY, "write", {"text": text})


def _worked_on(report: MadeUpReport, dice: random.Random, who: str, at: datetime, now: datetime) -> Iterator[Deed]:
    """What is planned and found in a case that somebody works on; days are counted from now."""

    def ahead(least: int, most: int) -> str:
        return date_from(now, "day", dice.randint(least, most))

    text, service = dice.choice(_texts()["tasks"])
    task = {"text": text, "service": service, "day": ahead(-1, 9)}
    yield Deed(at, report.key, who, "task", task)
    if report.answers.get("situation") in ON_TRIAL:
        hearing = {"day": ahead(2, 11), "time": dice.choice(("09:30", "11:00", "14:15"))}
        for do, what in (("hearing", hearing), ("trial", {"day": ahead(20, 40)}), ("assess", {}), ("lawyers", {})):
            yield Deed(at, report.key, who, do, what)
    elif dice.random() < 0.3:
        yield Deed(at, report.key, who, "assess")


def _settled(
    report: MadeUpReport, dice: random.Random, people: tuple[str, str], sent: datetime, until: datetime
) -> Iterator[Deed]:
    """A case that was carried to its end: answered, sometimes known better, closed by two."""
    who, other = people
    taken = sent + timedelta(hours=dice.expovariate(1 / 9))
    answered = taken + timedelta(hours=dice.expovariate(1 / 30))
    # Where it would end after now it is still worked on, and nobody knows yet how it ends.
    closed = min(answered + timedelta(days=dice.uniform(3, LONGEST_WORK_DAYS)), until)
    yield Deed(taken, report.key, who, "take")
    if report.answers.get("reply_safe") == "no":
        yield Deed(answered, report.key, who, "contact", {"text": dice.choice(_texts()["contacts"])})
    else:
        yield Deed(answered, report.key, who, "answer", {"text": dice.choice(_texts()["answers"][report.language])})
    if closed == until:
        return
    situation = str(report.answers.get("situation"))
    outcomes = _texts()["outcomes"][situation]
    outcome = dice.choices(tuple(outcomes), tuple(outcomes.values()))[0]
    became = _texts()["became"].get(outcome, situation)
    if became != situation and dice.random() < FOUND_OUT_OF_CLOSED:
        yield Deed(answered + (closed - answered) * 0.6, report.key, who, "known", {"situation": became})
    reason = dice.choice(_texts()["reasons"])
    yield Deed(closed, report.key, who, "close", {"outcome": outcome, "reason": reason})
    agreed = closed + min((until - closed) * 0.5, timedelta(hours=dice.uniform(1, 40)))
    yield Deed(agreed, report.key, other, "agree", {"takes": "close"})


def _scenes(now: datetime) -> Iterator[Deed]:
    for scene in read_data("scenes")["deeds"]:
        what = {name: _dated(value, now) for name, value in scene.items() if name not in _OF_THE_DEED}
        yield Deed(now - timedelta(hours=scene["ago"]), scene["case"], scene["who"], scene["do"], what)


@cache
def _played() -> frozenset[str]:
    return frozenset(scene["case"] for scene in read_data("scenes")["deeds"])


_OF_THE_DEED = frozenset({"ago", "case", "who", "do"})


def _dated(value: Any, now: datetime) -> Any:
    return date_from(now, "day", value["day"]) if isinstance(value, dict) and value.keys() == {"day"} else value


@cache
def _texts() -> Mapping[str, Any]:
    return read_data("courses")


def in_turns(deeds: Sequence[Deed], at_once: int) -> Iterator[Sequence[Deed]]:
    """The deeds in turns of at most so many; of one turn, those of different cases may be done in any order."""
    for first in range(0, len(deeds), at_once):
        yield deeds[first : first + at_once]
