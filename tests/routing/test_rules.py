"""The rules that are in force speak of questions that exist, and wrong rules are refused."""

import copy
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.questionnaire import current
from app.questionnaire.conditions import BadCondition
from app.routing import UnknownRules, current_rules, load_rules, read_rules, reasons_msgids
from app.routing.rules_file import BadRules

FILE = Path(read_rules.__code__.co_filename).parent / "rules" / "2026-11.toml"


def released() -> dict[str, Any]:
    """The data of the rules, to be spoilt."""
    return copy.deepcopy(tomllib.loads(FILE.read_text(encoding="utf-8")))


def leaves(condition: Any) -> Iterator[dict[str, Any]]:
    """All conditions that combine no others."""
    parts = condition.get("all") or condition.get("any") or ([condition["not"]] if "not" in condition else None)
    if parts is None:
        yield condition
    else:
        for part in parts:
            yield from leaves(part)


def test_rules_speak_only_of_what_is_asked() -> None:
    questionnaire = current()
    for rule in released()["rules"]:
        for leaf in leaves(rule["when"]):
            if "consent" in leaf:
                assert all(questionnaire.recipient(code) for code in leaf["consent"]), rule["id"]
                continue
            question = questionnaire.questions[leaf.get("answer") or leaf.get("date") or leaf["band"]]
            assert all(question.choice(code) for code in leaf.get("among", ())), rule["id"]
            assert ("date" in leaf) is (question.kind.value == "date"), rule["id"]
    for rule in current_rules().rules:
        assert rule.when is not None
        assert rule.when.codes() <= set(questionnaire.questions), rule.id


def test_every_reason_is_one_of_its_own() -> None:
    reasons = reasons_msgids(current_rules())
    assert len(set(reasons)) == len(reasons) == len(current_rules().rules) + 1


def test_rules_are_found_by_version_and_nothing_else_is() -> None:
    assert load_rules("2026-11") is current_rules()
    for name in ("2026-12", "", "../rules/2026-11", "2026-11\n"):
        with pytest.raises(UnknownRules):
            load_rules(name)


def test_the_data_that_is_spoilt_below_is_good_before() -> None:
    assert read_rules(released()) == current_rules()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data["rules"][0].update(id=data["rules"][1]["id"]),
        lambda data: data["otherwise"].update(id=data["rules"][1]["id"]),
        lambda data: data["rules"][0].update(queue="pigeons"),
        lambda data: data["rules"][0].update(told=["pigeons"]),
        lambda data: data["rules"][0].update(priority=4),
        lambda data: data["rules"][0].update(priority=-1),
        lambda data: data["rules"][0].update(acknowledge_hours=0),
        lambda data: data["rules"][0].update(act_hours=0.5),
    ],
)
def test_rules_that_contradict_themselves_are_refused(spoil: Callable[[dict[str, Any]], None]) -> None:
    data = released()
    spoil(data)
    with pytest.raises(BadRules):
        read_rules(data)


@pytest.mark.parametrize(
    "condition",
    [
        {"date": "deadline", "from_day": "-3", "to_day": 3},
        {"date": "deadline", "from_day": True, "to_day": 3},
        {"date": "deadline"},
        {"consent": "icc_otp"},
        {"consent": []},
        {"birth": "birth_date", "under_years": 18},
        {"weather": "fine"},
    ],
)
def test_conditions_outside_the_language_are_refused(condition: object) -> None:
    data = released()
    data["rules"][0]["when"] = condition
    with pytest.raises(BadCondition):
        read_rules(data)
