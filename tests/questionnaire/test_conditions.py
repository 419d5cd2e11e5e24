"""Conditions say yes, no, or that an open answer decides."""

import itertools

import pytest

from app.questionnaire.answers import Answers
from app.questionnaire.conditions import Facts, parse_condition

MISSING = {"answer": "situation", "among": ["missing"]}
THREAT = {"answer": "threat", "among": ["execution", "torture"]}


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({"threat": ["fine", "torture"]}, True),
        ({"threat": ["fine"]}, False),
        ({"threat": "torture"}, True),
        ({"threat": {"missing": "dk"}}, False),
        ({}, False),
    ],
)
def test_an_answer_is_looked_for_among_codes(answers: Answers, verdict: bool) -> None:
    assert parse_condition(THREAT).verdict(Facts(answers)) is verdict


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [({"story": "x"}, True), ({"story": {"missing": "na"}}, False), ({"story": ""}, False), ({}, False)],
)
def test_not_answering_on_purpose_is_no_answer(answers: Answers, verdict: bool) -> None:
    assert parse_condition({"answered": "story"}).verdict(Facts(answers)) is verdict


def test_all_any_and_not_are_right_for_yes_no_and_open() -> None:
    # Given answers a and b, each yes, no or still open
    for first, second in itertools.product([True, False, None], repeat=2):
        given = {"a": first, "b": second}
        facts = Facts(
            {code: "x" for code, holds in given.items() if holds},
            open_codes=frozenset(code for code, holds in given.items() if holds is None),
        )
        parts = [{"answer": "a", "among": ["x"]}, {"answered": "b"}]
        # Then conditions agree with whatever the open ones may turn out to be
        possible = [[True, False] if holds is None else [holds] for holds in given.values()]
        for name, combine in (("all", all), ("any", any)):
            outcomes = {combine(case) for case in itertools.product(*possible)}
            expected = outcomes.pop() if len(outcomes) == 1 else None
            condition = parse_condition({name: parts})
            assert condition.verdict(facts) is expected
            assert condition.codes() == {"a", "b"}
            negated = parse_condition({"not": {name: parts}})
            assert negated.verdict(facts) is (None if expected is None else not expected)
            assert negated.codes() == {"a", "b"}


def test_one_missing_part_is_enough_for_no() -> None:
    facts = Facts({"situation": "killed"}, open_codes=frozenset({"threat"}))
    assert parse_condition({"all": [THREAT, MISSING]}).verdict(facts) is False
