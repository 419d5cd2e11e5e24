"""Deciding from the answers alone: kind of queue, priority, clocks, reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.questionnaire.answers import Answer
from app.questionnaire.conditions import Facts
from app.routing.rules_file import Rule, Rules, current_rules

# Families, hearings and summonses count their days here, wherever the server stands.
KYIV = ZoneInfo("Europe/Kyiv")


@dataclass(frozen=True)
class Decision:
    """What the rules say. `reasons` is why it was decided so, `others` what else matched; both are msgids."""

    rule_id: str
    queue_kind: str
    told_kinds: tuple[str, ...]
    tell_lead: bool
    priority: int
    acknowledge_within: timedelta
    act_within: timedelta
    reasons: tuple[str, ...]
    others: tuple[str, ...]


def decide(
    answers: Mapping[str, Answer], consents: Mapping[str, str], now: datetime, rules: Rules | None = None
) -> Decision:
    """Look at all rules and let the most urgent one that matches decide, the first among equals.

    `now` must carry its time zone; `rules` are the current ones unless others are to be tried.
    """
    rules = rules or current_rules()
    facts = Facts(answers, consents, today=now.astimezone(KYIV).date())
    matching = [rule for rule in rules.rules if rule.when is not None and rule.when.verdict(facts)]
    # min() takes the first among equals, which is the order of the rules.
    chosen = min(matching, key=lambda rule: rule.priority, default=rules.otherwise)
    return _decision(chosen, [rule for rule in matching if rule is not chosen])


def _decision(chosen: Rule, others: list[Rule]) -> Decision:
    return Decision(
        rule_id=chosen.id,
        queue_kind=chosen.queue_kind,
        told_kinds=chosen.told_kinds,
        tell_lead=chosen.tell_lead,
        priority=chosen.priority,
        acknowledge_within=chosen.acknowledge_within,
        act_within=chosen.act_within,
        reasons=(chosen.reason,),
        others=tuple(rule.reason for rule in others),
    )
