"""A small closed language of conditions on answers, written as data.

`{answer, among}` holds when the answer is, or contains, one of the codes; `{answered}` when
the question was really answered; `{all}`, `{any}` and `{not}` combine. Routing adds leaves of
its own to the same language.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from app.questionnaire.answers import Answer, missing_code


@dataclass(frozen=True)
class Facts:
    """What conditions are judged on; `open_codes` are answers that may still change."""

    answers: Mapping[str, Answer]
    consents: Mapping[str, str] = field(default_factory=dict)
    today: date | None = None
    open_codes: frozenset[str] = frozenset()


class Condition(Protocol):
    """Anything that can be judged on facts."""

    def verdict(self, facts: Facts) -> bool | None:
        """Say whether it holds; None while it depends on an answer that is still open."""

    def codes(self) -> frozenset[str]:
        """Return the codes of the questions it looks at."""


class BadCondition(ValueError):
    """A condition in the data is not written in the language."""


Leaf = Callable[[Mapping[str, object]], Condition]


@dataclass(frozen=True)
class Among:
    """The answer is, or contains, one of the codes."""

    answer: str
    among: frozenset[str]

    def verdict(self, facts: Facts) -> bool | None:
        if self.answer in facts.open_codes:
            return None
        value = facts.answers.get(self.answer)
        if isinstance(value, str):
            return value in self.among
        return isinstance(value, list) and not self.among.isdisjoint(value)

    def codes(self) -> frozenset[str]:
        return frozenset({self.answer})


@dataclass(frozen=True)
class Answered:
    """The question has an answer that is neither absent nor `dk` or `na`."""

    answer: str

    def verdict(self, facts: Facts) -> bool | None:
        if self.answer in facts.open_codes:
            return None
        value = facts.answers.get(self.answer)
        return bool(value) and missing_code(value) is None

    def codes(self) -> frozenset[str]:
        return frozenset({self.answer})


@dataclass(frozen=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def verdict(self, facts: Facts) -> bool | None:
        verdicts = [part.verdict(facts) for part in self.parts]
        if False in verdicts:
            return False
        return None if None in verdicts else True

    def codes(self) -> frozenset[str]:
        return frozenset().union(*(part.codes() for part in self.parts))


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def verdict(self, facts: Facts) -> bool | None:
        verdicts = [part.verdict(facts) for part in self.parts]
        if True in verdicts:
            return True
        return None if None in verdicts else False

    def codes(self) -> frozenset[str]:
        return frozenset().union(*(part.codes() for part in self.parts))


@dataclass(frozen=True)
class Negation:
    """The part does not hold."""

    part: Condition

    def verdict(self, facts: Facts) -> bool | None:
        verdict = self.part.verdict(facts)
        return None if verdict is None else not verdict

    def codes(self) -> frozenset[str]:
        return self.part.codes()


def texts_of(value: object) -> tuple[str, ...]:
    """Return a non-empty list of texts out of the data.

    Raises: BadCondition
    """
    if not isinstance(value, list) or not value:
        raise BadCondition("a list of codes is expected")
    if not all(isinstance(entry, str) for entry in value):
        raise BadCondition("codes are texts")
    return tuple(value)


def _among(data: Mapping[str, object]) -> Condition:
    return Among(str(data["answer"]), frozenset(texts_of(data["among"])))


def _answered(data: Mapping[str, object]) -> Condition:
    return Answered(str(data["answered"]))


# A leaf is known by exactly the keys it is written with.
ANSWER_LEAVES: Mapping[frozenset[str], Leaf] = {
    frozenset({"answer", "among"}): _among,
    frozenset({"answered"}): _answered,
}


def parse_condition(data: object, leaves: Mapping[frozenset[str], Leaf] = ANSWER_LEAVES) -> Condition:
    """Read a condition out of the data.

    Raises: BadCondition
    """
    if not isinstance(data, Mapping):
        raise BadCondition("a condition is a table")
    keys = frozenset(data)
    if keys == {"not"}:
        return Negation(parse_condition(data["not"], leaves))
    if keys in ({"all"}, {"any"}):
        (key,) = keys
        parts = data[key]
        if not isinstance(parts, list) or not parts:
            raise BadCondition("a non-empty list of conditions is expected")
        read = tuple(parse_condition(part, leaves) for part in parts)
        return AllOf(read) if key == "all" else AnyOf(read)
    if keys not in leaves:
        raise BadCondition(f"unknown condition: {sorted(map(str, keys))}")
    return leaves[keys](data)
