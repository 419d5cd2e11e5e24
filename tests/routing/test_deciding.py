"""Every row of the routing table, what is told to whom, and that every report is decided."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.questionnaire import Answers, Consents, check, current
from app.routing import current_rules, decide
from tests.questionnaire.reports import given_consents, reports
from tests.routing.decisions import NOW, decided, in_days

AT_ONCE = ("protection", 0, 1, 4)
ROWS: list[tuple[dict[str, Any], Consents, tuple[str, int, int, int]]] = [
    # Held at a point; summoned with a deadline near.
    ({"situation": "detained_at_point"}, {}, AT_ONCE),
    ({"situation": "summoned", "deadline": in_days(0)}, {}, AT_ONCE),
    # Threat to life before or during service.
    *(
        ({"situation": situation, "threat": [threat]}, {}, AT_ONCE)
        for situation in ("at_risk", "summoned", "detained_at_point", "in_training", "serving")
        for threat in ("execution", "torture")
    ),
    # Under 18.
    ({"age_band": "under_18"}, {}, AT_ONCE),
    ({"birth_date": "2010-01-01"}, {}, AT_ONCE),
    # Surrendered lately; a hearing near.
    ({"situation": "surrendered", "surrendered_on": in_days(-2)}, {}, ("legal", 0, 1, 8)),
    ({"situation": "pow_ua", "surrendered_on": in_days(-2)}, {}, ("legal", 0, 1, 8)),
    ({"situation": "on_trial_ua", "next_hearing": in_days(1)}, {}, ("legal", 0, 1, 8)),
    ({"need": ["surrender_info"]}, {}, ("protection", 0, 1, 8)),
    # Prisoners, defendants, convicts; legal defence.
    *(
        ({"situation": situation}, {}, ("legal", 1, 8, 24))
        for situation in ("surrendered", "pow_ua", "on_trial_ua", "convicted_ua")
    ),
    ({"need": ["legal_defence"]}, {}, ("legal", 1, 8, 24)),
    # Tracing.
    *(({"situation": situation}, {}, ("tracing", 1, 8, 48)) for situation in ("missing", "wounded")),
    *(({"need": [need]}, {}, ("tracing", 1, 8, 48)) for need in ("tracing", "pow_confirm")),
    ({"situation": "killed"}, {}, ("tracing", 1, 8, 72)),
    ({"need": ["body"]}, {}, ("tracing", 1, 8, 72)),
    # Made to serve.
    *(
        ({"situation": situation}, {}, ("protection", 1, 8, 48))
        for situation in ("summoned", "in_training", "serving", "exchanged_to_ru")
    ),
    # At risk.
    *(({"situation": situation}, {}, ("protection", 2, 24, 5 * 24)) for situation in ("at_risk", "hiding")),
    *(({"need": [need]}, {}, ("protection", 2, 24, 5 * 24)) for need in ("avoid_callup", "exit_route", "evacuation")),
    # Documentation, with a consent that lets a prosecutor read.
    ({"need": ["document_crime"]}, {"prosecutor_438": "facts_only"}, ("documentation", 2, 48, 10 * 24)),
    ({"need": ["document_crime"]}, {"icc_otp": "full"}, ("documentation", 2, 48, 10 * 24)),
    # Support.
    ({"situation": "returned"}, {}, ("psychosocial", 2, 48, 10 * 24)),
    *(
        ({"need": [need]}, {}, ("psychosocial", 2, 48, 10 * 24))
        for need in ("psychosocial", "medical", "benefits", "documents")
    ),
    # Anything else.
    ({}, {}, ("triage", 3, 7 * 24, 30 * 24)),
    ({"need": ["none_just_record"]}, {}, ("triage", 3, 7 * 24, 30 * 24)),
    ({"need": ["document_crime"]}, {"legal_ngo": "full"}, ("triage", 3, 7 * 24, 30 * 24)),
    ({"threat": ["execution"]}, {}, ("triage", 3, 7 * 24, 30 * 24)),
    ({"situation": {"missing": "dk"}, "need": {"missing": "na"}}, {}, ("triage", 3, 7 * 24, 30 * 24)),
]


@pytest.mark.parametrize(("answers", "consents", "expected"), ROWS)
def test_every_row_of_the_table(
    answers: dict[str, Any], consents: Consents, expected: tuple[str, int, int, int]
) -> None:
    decision = decided(consents, **answers)
    hours = [within / timedelta(hours=1) for within in (decision.acknowledge_within, decision.act_within)]
    assert (decision.queue_kind, decision.priority, *hours) == expected


def test_every_rule_decides_one_of_those_rows() -> None:
    deciding = {decided(consents, **answers).rule_id for answers, consents, _ in ROWS}
    rules = current_rules()
    assert deciding == {rule.id for rule in (*rules.rules, rules.otherwise)}


@pytest.mark.parametrize("situation", ["missing", "killed", "hiding", "returned", "pow_ua", "on_trial_ua", "dk"])
def test_a_threat_is_urgent_only_while_it_can_be_carried_out(situation: str) -> None:
    assert decided(situation=situation, threat=["execution"]).priority > 0


@pytest.mark.parametrize("threat", ["beating", "detention", "criminal_case", "family_harm", "none"])
def test_other_threats_do_not_go_to_the_front(threat: str) -> None:
    assert decided(situation="serving", threat=[threat]).priority == 1


@pytest.mark.parametrize(
    ("answers", "told", "tell_lead"),
    [
        ({"situation": "detained_at_point"}, ("legal",), False),
        ({"situation": "summoned", "deadline": in_days(0)}, ("legal",), False),
        ({"situation": "serving", "threat": ["torture"]}, (), False),
        ({"age_band": "under_18"}, (), True),
        ({"situation": "killed"}, ("psychosocial",), False),
        ({"need": ["body"]}, ("psychosocial",), False),
        ({"situation": "missing"}, (), False),
        ({}, (), False),
    ],
)
def test_who_else_is_told(answers: dict[str, Any], told: tuple[str, ...], tell_lead: bool) -> None:
    decision = decided(**answers)
    assert (decision.told_kinds, decision.tell_lead) == (told, tell_lead)


@given(reports(), given_consents(), st.datetimes(datetime(2014, 2, 20), datetime(2090, 1, 1)))  # noqa: DTZ001
def test_every_checked_report_is_decided_once_and_the_same_again(
    answers: Answers, consents: Consents, moment: datetime
) -> None:
    result = check(current(), answers, consents)
    now = moment.replace(tzinfo=UTC)
    decision = decide(result.answers, result.consents, now)
    assert decision == decide(result.answers, result.consents, now)
    # Nothing that matched is more urgent than what decided.
    urgency = {rule.reason: rule.priority for rule in (*current_rules().rules, current_rules().otherwise)}
    assert [urgency[reason] for reason in decision.reasons] == [decision.priority]
    assert all(urgency[reason] >= decision.priority for reason in decision.others)


@given(st.dictionaries(st.sampled_from([*current().questions]), st.text() | st.lists(st.text()) | st.just({"a": "b"})))
def test_answers_of_another_version_are_decided_too(answers: Answers) -> None:
    assert decide(answers, {}, NOW).reasons
