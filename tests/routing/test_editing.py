"""Rules of administrators stay within what was released, and made-up reports show what becomes different."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from app.questionnaire import current
from app.routing import current_rules
from app.routing.editing import Difference, RefusedRules, Wish, differences, edited, read_edited, wish_of
from app.routing.rules_file import BadRules, rules_data
from app.routing.samples import compare
from tests.cast import NOW

BASE = rules_data("2026-11")


def wishes(**changed: dict[str, Any]) -> list[Wish]:
    """Every rule as it is released, but for what is changed."""
    rules = current_rules()
    all_ = [wish_of(rule, place) for place, rule in enumerate((*rules.rules, rules.otherwise))]
    return [replace(wish, **changed.get(wish.rule_id, {})) for wish in all_]


def made(**changed: dict[str, Any]) -> Any:
    return read_edited(BASE, edited(BASE, wishes(**changed), "2026-11.1"))


def test_rules_that_nobody_changed_are_the_same_under_another_number() -> None:
    rules = made()
    assert (rules.version, rules.rules, rules.otherwise) == (
        "2026-11.1",
        current_rules().rules,
        current_rules().otherwise,
    )
    assert differences(current_rules(), rules) == ()
    same = compare(current(), current_rules(), rules, NOW)
    assert (same.count, same.telling) == (0, ())


def test_queue_urgency_clocks_order_and_whether_it_counts_can_be_changed_and_are_shown() -> None:
    rules = made(
        killed={"queue_kind": "psychosocial", "priority": 2, "acknowledge_hours": 5, "act_hours": 720},
        returned={"off": True},
        surrendered_lately={"place": -1},
        anything_else={"acknowledge_hours": 24},
    )
    assert rules.rules[0].id == "surrendered_lately"
    shown = _by_rule(differences(current_rules(), rules))
    assert shown["returned"].after is None
    assert shown["killed"].before != shown["killed"].after
    assert shown["surrendered_lately"].moved
    assert "anything_else" in shown
    back = _by_rule(differences(rules, current_rules()))
    assert back["returned"].before is None

    found = compare(current(), current_rules(), rules, NOW)
    assert 0 < len(found.telling) < found.count < found.tried
    told = [each.sample.answers for each in found.telling if each.sample.answers["situation"] == "killed"]
    assert told == [{"situation": "killed"}]
    # Being beaten as well changes nothing of it, so it is counted and not shown.
    assert {"situation": "killed", "threat": ["beating"]} not in told


def _by_rule(found: Iterable[Difference]) -> dict[str, Difference]:
    return {rule.id: each for each in found for rule in (each.after or each.before,) if rule is not None}


@pytest.mark.parametrize(
    ("rule", "change", "why"),
    [
        ("killed", {"queue_kind": "choir"}, "queue"),
        ("killed", {"priority": 4}, "priority"),
        ("killed", {"priority": -1}, "priority"),
        ("killed", {"acknowledge_hours": 0}, "clocks"),
        ("killed", {"acknowledge_hours": 73}, "clocks"),
        ("killed", {"act_hours": 721}, "clocks"),
        ("anything_else", {"off": True}, "last"),
        ("anything_else", {"queue_kind": "legal"}, "last"),
    ],
)
def test_what_no_rule_may_be_is_refused(rule: str, change: dict[str, Any], why: str) -> None:
    with pytest.raises(RefusedRules) as refused:
        made(**{rule: change})
    assert refused.value.problems == {rule: why}


def test_no_rule_is_added_and_none_forgotten() -> None:
    for wanted in (wishes()[1:], [*wishes(), Wish("mine", "legal", 0, 1, 1)]):
        with pytest.raises(RefusedRules) as refused:
            edited(BASE, wanted, "2026-11.1")
        assert set(refused.value.problems.values()) == {"unknown"}


def _without_consent(data: dict[str, Any]) -> None:
    (rule,) = [rule for rule in data["rules"] if rule["id"] == "asks_to_document"]
    rule["when"] = rule["when"]["all"][0]


def _catches_less(data: dict[str, Any]) -> None:
    data["otherwise"]["queue"] = "documentation"


def _says_else(data: dict[str, Any]) -> None:
    data["rules"][0]["reason"] = "Because."


def _tells_everybody(data: dict[str, Any]) -> None:
    data["rules"][0]["told"] = ["documentation"]


def _never(data: dict[str, Any]) -> None:
    data["rules"][0]["act_hours"] = 100_000


def _more(data: dict[str, Any]) -> None:
    data["more"] = 1


@pytest.mark.parametrize("spoil", [_without_consent, _catches_less, _says_else, _tells_everybody, _never, _more])
def test_data_that_goes_beyond_what_was_released_is_no_rules(spoil: Callable[[dict[str, Any]], None]) -> None:
    data = edited(BASE, wishes(), "2026-11.1")
    data["rules"], data["otherwise"] = [dict(rule) for rule in data["rules"]], dict(data["otherwise"])
    spoil(data)
    with pytest.raises(BadRules):
        read_edited(BASE, data)
