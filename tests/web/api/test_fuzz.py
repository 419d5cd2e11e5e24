"""Whatever a program sends is taken, or refused with a problem that names a field: never an error of ours."""

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance

from app.questionnaire import Kind, current
from tests.web.walking import ORIGIN

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
HOST = {"host": "127.0.0.1:8000"}
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

NONSENSE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=2),
)
MISSING = st.sampled_from([{"missing": "dk"}, {"missing": "na"}, {"missing": "no"}])
DATES = st.sampled_from(["2022-02-24", "2022-02", "2022", "2022-13", "24.02.2022", "2026-11-21"])


def answers_to(code: str) -> st.SearchStrategy[Any]:
    """An answer as a family might give it, or something else altogether."""
    question = current().questions[code]
    choices = st.sampled_from([choice.code for choice in question.choices] or ["x"])
    sensible = {
        Kind.ONE: choices,
        Kind.SEVERAL: st.lists(choices, max_size=4),
        Kind.DATE: DATES,
        Kind.LINE: st.text(max_size=40),
        Kind.TEXT: st.text(max_size=200),
    }[question.kind]
    return st.one_of(sensible, sensible, sensible, MISSING, NONSENSE)


ANSWERS = st.lists(st.sampled_from(sorted(current().questions)), max_size=12, unique=True).flatmap(
    lambda codes: st.fixed_dictionaries({code: answers_to(code) for code in codes})
)
CONSENTS = st.dictionaries(
    st.sampled_from([recipient.code for recipient in current().recipients]),
    st.sampled_from(["full", "pseudonymised", "facts_only", "everything"]),
)


@pytest.fixture
def program(application: FastAPI) -> TestClient:
    """A program that sees every error of ours as an answer."""
    return TestClient(application, base_url=ORIGIN, raise_server_exceptions=False)


@given(answers=ANSWERS, consents=CONSENTS, whole=st.booleans(), number=st.integers(0, 10**9))
@QUICK
def test_any_answers_are_taken_or_refused_by_name(
    program: TestClient, answers: dict[str, Any], consents: dict[str, str], whole: bool, number: int
) -> None:
    needed = {"situation": "missing", "oblast": "UA14", "reply_safe": "only_here"}
    body = {
        "version": current().version,
        "lang": "uk",
        "answers": {**needed, **answers} if whole else answers,
        "consents": {"ngo": "full", **consents} if whole else consents,
    }
    answer = program.post("/api/v1/reports", json=body, headers={"idempotency-key": f"{number:064d}"})

    assert answer.status_code in {201, 409, 422}, answer.status_code
    if answer.status_code == 422:
        named = {error["field"].removesuffix("_basis") for error in answer.json()["errors"]}
        fields = {*current().questions, "answers", "consents"}
        fields |= {f"{kind}_{recipient.code}" for recipient in current().recipients for kind in ("consent", "scope")}
        assert named
        assert named <= fields


def test_the_interface_keeps_to_what_it_says_of_itself(application: FastAPI) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", application, headers=HOST)
    called = set()
    for operation in schema.get_all_operations():
        assert isinstance(operation, Ok)
        described = operation.ok()

        @given(case=described.as_strategy())
        @settings(QUICK, max_examples=25)
        def holds(case: schemathesis.Case[Any]) -> None:
            called.add((case.method, case.path))
            case.call_and_validate(
                base_url=ORIGIN,
                headers=HOST,
                checks=[not_a_server_error, response_schema_conformance],
            )

        holds()
    assert called == {
        ("GET", "/api/v1/questionnaire"),
        ("POST", "/api/v1/reports"),
        ("POST", "/api/v1/return"),
        ("GET", "/api/v1/thread"),
        ("POST", "/api/v1/thread"),
    }
