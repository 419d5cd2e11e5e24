"""Other rules made out of released ones, within what rules may be. Pure.

What a rule looks at, why it says so and whom it tells stay as they were released: so a consent that a rule asks for
stays asked for, and every reason has its words in every language. What administrators set is the queue, the urgency,
the clocks and the order, and which rules count at all; what no rule takes always goes to the first look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.routing.placing import TRIAGE
from app.routing.rules_file import LOWEST_PRIORITY, QUEUE_KINDS, BadRules, Rule, Rules, read_rules
from app.storage.errors import RodynaError

LONGEST_HOURS = 30 * 24
_SET_HERE = frozenset({"queue", "priority", "acknowledge_hours", "act_hours"})


@dataclass
class RefusedRules(RodynaError):
    """Rules that cannot be; ``problems`` says why by rule."""

    problems: dict[str, str]


@dataclass(frozen=True)
class Wish:
    """How one rule is to be; ``place`` orders the rules, and one that is ``off`` counts no more."""

    rule_id: str
    queue_kind: str
    priority: int
    acknowledge_hours: int
    act_hours: int
    place: int = 0
    off: bool = False


@dataclass(frozen=True)
class Difference:
    """A rule before and after, None where it does not count; ``moved`` where only its place among equals changed."""

    reason: str
    before: Rule | None
    after: Rule | None
    moved: bool


def edited(base: Mapping[str, Any], wishes: Sequence[Wish], version: str) -> dict[str, Any]:
    """The data of new rules out of those that were released.

    Raises: :class:`RefusedRules`.
    """
    released = {rule["id"]: rule for rule in (*base["rules"], base["otherwise"])}
    last = base["otherwise"]["id"]
    wanted = {wish.rule_id: wish for wish in wishes}
    problems = dict.fromkeys(wanted.keys() ^ released.keys(), "unknown")
    problems |= {wish.rule_id: why for wish in wishes if (why := _problem(wish, last=wish.rule_id == last))}
    if problems:
        raise RefusedRules(problems)
    kept = sorted((wish for wish in wishes if not wish.off and wish.rule_id != last), key=lambda wish: wish.place)
    return {
        "version": version,
        "base": base["version"],
        "otherwise": _set(released[last], wanted[last]),
        "rules": [_set(released[wish.rule_id], wish) for wish in kept],
    }


def read_edited(base: Mapping[str, Any], data: Mapping[str, Any]) -> Rules:
    """Read rules that administrators made, if they stay within what was released.

    Raises: :class:`BadRules`, :class:`~app.questionnaire.conditions.BadCondition`, ``KeyError``, ``TypeError``.
    """
    released = {rule["id"]: _fixed(rule) for rule in base["rules"]}
    if data.keys() != {"version", "base", "otherwise", "rules"}:
        raise BadRules("not what rules are made of")
    if any(released.get(rule["id"]) != _fixed(rule) for rule in data["rules"]):
        raise BadRules("a rule looks at something else than was released")
    if _fixed(data["otherwise"]) != _fixed(base["otherwise"]) or data["otherwise"]["queue"] != TRIAGE:
        raise BadRules("what no rule takes goes to the first look")
    if any(rule["act_hours"] > LONGEST_HOURS for rule in (*data["rules"], data["otherwise"])):
        raise BadRules("a clock that is too long")
    return read_rules(data)


def differences(before: Rules, after: Rules) -> tuple[Difference, ...]:
    """Every rule that is another, or stands before another of the same urgency than it did, in the new order."""
    was = {rule.id: rule for rule in (*before.rules, before.otherwise)}
    now = {rule.id: rule for rule in (*after.rules, after.otherwise)}
    ranks_before, ranks_after = _ranks(before, now), _ranks(after, was)
    found = []
    for rule_id in dict.fromkeys((*now, *was)):
        one, other = was.get(rule_id), now.get(rule_id)
        moved = one == other and ranks_before.get(rule_id) != ranks_after.get(rule_id)
        if one != other or moved:
            known = one or other
            assert known is not None
            found.append(Difference(known.reason, one, other, moved))
    return tuple(found)


def _ranks(rules: Rules, others: Mapping[str, Rule]) -> dict[str, int]:
    return {rule.id: rank for rank, rule in enumerate(rule for rule in rules.rules if rule.id in others)}


def _problem(wish: Wish, *, last: bool) -> str:
    if last and (wish.off or wish.queue_kind != TRIAGE):
        return "last"
    if wish.queue_kind not in QUEUE_KINDS:
        return "queue"
    if wish.priority not in range(LOWEST_PRIORITY + 1):
        return "priority"
    return "" if 0 < wish.acknowledge_hours <= wish.act_hours <= LONGEST_HOURS else "clocks"


def _set(released: Mapping[str, Any], wish: Wish) -> dict[str, Any]:
    return {
        **released,
        "queue": wish.queue_kind,
        "priority": wish.priority,
        "acknowledge_hours": wish.acknowledge_hours,
        "act_hours": wish.act_hours,
    }


def _fixed(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name not in _SET_HERE}


def wish_of(rule: Rule, place: int, *, off: bool = False) -> Wish:
    """A rule as it is, to begin a change from."""
    hour = timedelta(hours=1)
    return Wish(
        rule.id, rule.queue_kind, rule.priority, rule.acknowledge_within // hour, rule.act_within // hour, place, off
    )
