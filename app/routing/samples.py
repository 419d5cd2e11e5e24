"""Made-up reports by which two sets of rules are compared: what rules look at, alone and two by two. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.questionnaire import Answer, Questionnaire
from app.routing.deciding import KYIV, Decision, decide
from app.routing.rules_file import Rules

_CONSENTS = {"ngo": "full", "prosecutor_438": "full"}


@dataclass(frozen=True)
class Sample:
    """A made-up report, and what is said in it: pairs of question and answer, as msgids."""

    says: tuple[tuple[str, str], ...]
    answers: Mapping[str, Answer] = field(repr=False)


@dataclass(frozen=True)
class Compared:
    """What two sets of rules do with one made-up report."""

    sample: Sample
    before: Decision
    after: Decision


@dataclass(frozen=True)
class Comparison:
    """How many made-up reports were tried, how many would fare otherwise, and those of them that tell something.

    An answer more that changes nothing beside the situation alone tells nothing.
    """

    tried: int
    count: int
    telling: tuple[Compared, ...]


def compare(questionnaire: Questionnaire, before: Rules, after: Rules, now: datetime) -> Comparison:
    """Try two sets of rules on made-up reports."""
    tried, count, telling = 0, 0, []
    alone: dict[object, object] = {}
    for sample in samples(questionnaire, now):
        tried += 1
        old, new = (decide(sample.answers, _CONSENTS, now, rules) for rules in (before, after))
        outcome = _outcome(old), _outcome(new)
        known = alone.setdefault(sample.says[0], outcome)
        if outcome[0] != outcome[1]:
            count += 1
            if len(sample.says) == 1 or outcome != known:
                telling.append(Compared(sample, old, new))
    return Comparison(tried, count, tuple(telling))


def samples(questionnaire: Questionnaire, now: datetime) -> Iterator[Sample]:
    """Every situation alone, with every need and every threat; then a child, and each day that is near."""
    situations = list(_choices(questionnaire, "situation"))
    others = [*_choices(questionnaire, "need"), *_choices(questionnaire, "threat")]
    yield from situations
    yield from (_both(one, other) for one in situations for other in others)
    today = now.astimezone(KYIV).date().isoformat()
    more = [each for each in _choices(questionnaire, "age_band") if each.answers["age_band"] == "under_18"]
    days = ("deadline", "surrendered_on", "next_hearing")
    more += [Sample(((questionnaire.questions[code].label, today),), {code: today}) for code in days]
    yield from (_both(one, other) for one in situations for other in more)


def _choices(questionnaire: Questionnaire, code: str) -> Iterator[Sample]:
    question = questionnaire.questions[code]
    for choice in question.choices:
        answer: Answer = choice.code if question.kind.value == "one" else [choice.code]
        yield Sample(((question.label, choice.label),), {code: answer})


def _both(one: Sample, other: Sample) -> Sample:
    return Sample((*one.says, *other.says), {**one.answers, **other.answers})


def _outcome(decision: Decision) -> tuple[object, ...]:
    return (
        decision.queue_kind,
        decision.priority,
        decision.acknowledge_within,
        decision.act_within,
        decision.told_kinds,
        decision.tell_lead,
    )
