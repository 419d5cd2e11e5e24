"""Reading the rules out of their file, and refusing rules that are wrong."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.questionnaire.conditions import Condition, parse_condition
from app.routing.conditions import RULE_LEAVES
from app.storage.errors import RodynaError

CURRENT_RULES = "2026-11"
QUEUE_KINDS = frozenset({"triage", "protection", "legal", "tracing", "psychosocial", "documentation"})
LOWEST_PRIORITY = 3

_FOLDER = Path(__file__).parent / "rules"
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]+)?", re.ASCII)


class UnknownRules(RodynaError):
    """There are no rules of this version."""


class BadRules(RodynaError):
    """The rules contradict themselves."""


@dataclass(frozen=True)
class Rule:
    """One rule: where a matching report goes, who is told, how urgent it is, and why (a msgid).

    `when` is None for the one rule that takes what no other rule takes. Priority 0 is the most urgent.
    """

    id: str
    when: Condition | None
    queue_kind: str
    told_kinds: tuple[str, ...]
    tell_lead: bool
    priority: int
    acknowledge_within: timedelta
    act_within: timedelta
    reason: str


@dataclass(frozen=True)
class Rules:
    """One version of all rules, in their order."""

    version: str
    rules: tuple[Rule, ...]
    otherwise: Rule


def current_rules() -> Rules:
    """Return the rules that new reports are routed by."""
    return load_rules(CURRENT_RULES)


def load_rules(version: str) -> Rules:
    """Return one version of the rules.

    Raises: UnknownRules
    """
    return _read(version)[0]


def rules_data(version: str) -> Mapping[str, Any]:
    """Return the data that one version was read from.

    Raises: UnknownRules
    """
    return _read(version)[1]


@lru_cache(maxsize=32)
def _read(version: str) -> tuple[Rules, Mapping[str, Any]]:
    path = _FOLDER / f"{version}.toml"
    if not _VERSION.fullmatch(version) or not path.is_file():
        raise UnknownRules("no rules of this version")
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return read_rules(data), data


def read_rules(data: Mapping[str, Any]) -> Rules:
    """Build rules from their data.

    Raises: BadRules, BadCondition, KeyError
    """
    rules = Rules(
        version=data["version"],
        rules=tuple(_rule(entry, parse_condition(entry["when"], RULE_LEAVES)) for entry in data["rules"]),
        otherwise=_rule(data["otherwise"], None),
    )
    ids = [rule.id for rule in (*rules.rules, rules.otherwise)]
    if len(set(ids)) != len(ids):
        raise BadRules("two rules have one id")
    return rules


def reasons_msgids(rules: Rules) -> tuple[str, ...]:
    """Return the msgids of all reasons, for the catalogues."""
    return tuple(rule.reason for rule in (*rules.rules, rules.otherwise))


def _rule(data: Mapping[str, Any], when: Condition | None) -> Rule:
    rule = Rule(
        id=data["id"],
        when=when,
        queue_kind=data["queue"],
        told_kinds=tuple(data.get("told", ())),
        tell_lead=data.get("tell_lead", False),
        priority=data["priority"],
        acknowledge_within=timedelta(hours=data["acknowledge_hours"]),
        act_within=timedelta(hours=data["act_hours"]),
        reason=data["reason"],
    )
    if not {rule.queue_kind, *rule.told_kinds} <= QUEUE_KINDS:
        raise BadRules(f"no such kind of queue: {rule.id}")
    if rule.priority not in range(LOWEST_PRIORITY + 1):
        raise BadRules(f"no such priority: {rule.id}")
    if not timedelta() < rule.acknowledge_within <= rule.act_within:
        raise BadRules(f"clocks run against each other: {rule.id}")
    return rule
