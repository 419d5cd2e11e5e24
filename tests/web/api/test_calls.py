"""The interface for programs: the same way as the pages, told in documents."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func
from sqlmodel import select

from app.accounts.tables import RingShare
from app.casefile.tables import Case
from app.casework import actions
from app.intake.returning import open_return
from app.questionnaire import current
from tests.cast import Cast, plans
from tests.web.walking import ORIGIN

KEY = "0123456789abcdef0123456789abcdef"
PLANTED = "Озброєні люди прийшли"


@pytest.fixture
def program(application: FastAPI) -> TestClient:
    """A partner's program: no cookie, no page that it came from."""
    return TestClient(application, base_url=ORIGIN)


def report(**more: Any) -> dict[str, Any]:
    """The least that can be sent."""
    answers = {
        "situation": "on_trial_ua",
        "oblast": "UA14",
        "reply_safe": "only_here",
        "taken_on": "2022-02",
        "story": PLANTED,
    }
    return {"version": current().version, "lang": "uk", "answers": answers, "consents": {"ngo": "full"}, **more}


def send(program: TestClient, key: str = KEY, **more: Any) -> Any:
    """Send a report."""
    return program.post("/api/v1/reports", json=report(**more), headers={"idempotency-key": key})


def cases(cast: Cast) -> int:
    """How many cases there are."""
    with cast.session() as session:
        return session.exec(select(func.count()).select_from(Case)).one()


def visit(program: TestClient, code: str) -> dict[str, str]:
    """Open a visit; give the header that carries it."""
    answer = program.post("/api/v1/return", json={"code": code})
    assert answer.status_code == 200
    return {"authorization": f"Bearer {answer.json()['token']}"}


def test_everything_that_is_asked_is_told_in_the_language_that_is_wished(program: TestClient) -> None:
    ukrainian = program.get("/api/v1/questionnaire", params={"lang": "uk"}).json()
    english = program.get("/api/v1/questionnaire", params={"lang": "en"}).json()

    assert ukrainian["version"] == english["version"] == current().version
    assert [step["code"] for step in english["steps"]][:2] == ["safety", "situation"]
    question = english["steps"][1]["questions"][0]
    assert (question["code"], question["mandatory"]) == ("situation", True)
    assert {"code": "missing", "label": "Is missing, nothing is heard from them", "group": None} in question["choices"]
    assert ukrainian["steps"][1]["questions"][0]["label"] != question["label"]
    assert plans()[0].name in ukrainian["recipients"][0]["text"]
    assert "%" not in "".join(recipient["text"] for recipient in ukrainian["recipients"])


def test_a_language_that_is_not_offered_is_named(program: TestClient) -> None:
    answer = program.get("/api/v1/questionnaire", params={"lang": "xx"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [{"field": "lang", "reason": "not_offered"}]


def test_a_report_is_taken_once_for_each_key(program: TestClient, cast: Cast) -> None:
    first, again = send(program), send(program)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert len(first.json()["code"]) == 24
    assert cases(cast) == 1
    assert send(program, key=KEY[::-1]).json() != first.json()
    assert cases(cast) == 2


def test_the_same_key_with_another_body_is_a_conflict(program: TestClient, cast: Cast) -> None:
    send(program)

    answer = send(program, answers={"situation": "missing", "oblast": "UA65", "reply_safe": "no"})

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert cases(cast) == 1


def test_answers_that_cannot_be_taken_are_named_and_never_repeated(program: TestClient, cast: Cast) -> None:
    answers = {"situation": PLANTED, "oblast": {"missing": "na"}, "taken_on": "2022-02-31", PLANTED: "x", "unit": 5}

    answer = send(program, answers=answers, consents={"stats": "full", "legal_ngo": PLANTED})

    assert answer.status_code == 422
    found = {(entry["field"], entry["reason"]) for entry in answer.json()["errors"]}
    assert {
        ("situation", "unknown_choice"),
        ("taken_on", "date_impossible"),
        ("reply_safe", "required"),
        ("consent_ngo", "consent_required"),
        ("scope_legal_ngo", "unknown_choice"),
    } <= found
    assert PLANTED not in answer.json().__repr__()
    assert cases(cast) == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"version": "2026-11", "lang": "uk", "answers": {}}, "consents"),
        ({**report(), "lang": PLANTED}, "lang"),
        ({**report(), "answers": PLANTED}, "answers"),
        ({**report(), "version": "1999-01"}, "version"),
        ({**report(), "version": "../../etc"}, "version"),
        ({**report(), PLANTED: 1}, "body"),
    ],
)
def test_a_body_of_another_shape_names_the_field(program: TestClient, body: dict[str, Any], field: str) -> None:
    answer = program.post("/api/v1/reports", json=body, headers={"idempotency-key": KEY})

    assert answer.status_code == 422
    assert [entry["field"] for entry in answer.json()["errors"]] == [field]
    assert PLANTED not in repr(answer.json())


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"content-type": "application/json"}, b'{"answers": ', 422),
        ({"content-type": "application/json"}, b"\xff\xfe", 422),
        ({"content-type": "application/json"}, b"[" * 200_000, 400),
        ({"content-type": "application/json"}, b'"' + b"a" * 600_000 + b'"', 413),
        ({"content-type": "text/plain"}, b"{}", 415),
        ({}, b"{}", 415),
    ],
)
def test_what_is_no_document_is_refused_shortly(
    program: TestClient, headers: dict[str, str], content: bytes, status: int
) -> None:
    answer = program.post("/api/v1/reports", content=content, headers={"idempotency-key": KEY, **headers})

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


@pytest.mark.parametrize("key", [None, "short", "x" * 201])
def test_a_key_is_needed_and_long_enough(program: TestClient, cast: Cast, key: str | None) -> None:
    headers = {} if key is None else {"idempotency-key": key}

    answer = program.post("/api/v1/reports", json=report(), headers=headers)

    assert answer.status_code == 422
    assert [entry["field"] for entry in answer.json()["errors"]] == ["Idempotency-Key"]
    assert cases(cast) == 0


def test_when_no_queue_can_receive_the_program_may_come_again(program: TestClient, cast: Cast) -> None:
    with cast.session() as session:
        for share in session.exec(select(RingShare)).all():
            session.delete(share)

    answer = send(program)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert answer.headers["content-type"] == "application/problem+json"
    assert cases(cast) == 0


def test_a_thread_is_read_and_written_with_a_token(program: TestClient, cast: Cast) -> None:
    code = send(program).json()["code"]
    carried = visit(program, f"{code[:4]} {code[4:]}")
    daria, case_id = cast.member("daria"), cast.case_of(code)
    with cast.session() as session:
        actions.answer_family(session, daria, case_id, "Ми знайшли адвоката.", cast.now)

    written = program.post("/api/v1/thread", json={"text": PLANTED}, headers=carried)
    thread = program.get("/api/v1/thread", headers=carried)

    assert (written.status_code, thread.status_code) == (201, 200)
    assert written.json() == thread.json()
    document = thread.json()
    assert [message["text"] for message in document["messages"]] == ["Ми знайшли адвоката."]
    assert document["sent"] == [{"day": "2026-11-20", "count": 1}]
    assert document["received"] == "2026-11-20"
    assert PLANTED not in thread.text


@pytest.mark.parametrize("text", ["", "   ", "є" * 10_001])
def test_a_message_without_text_or_without_end_is_refused(program: TestClient, text: str) -> None:
    carried = visit(program, send(program).json()["code"])

    answer = program.post("/api/v1/thread", json={"text": text}, headers=carried)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "text"


def test_an_unknown_code_opens_nothing_and_a_slip_is_named(program: TestClient, cast: Cast) -> None:
    code = send(program).json()["code"]
    with cast.session() as session:
        session.connection().exec_driver_sql("DELETE FROM locker")

    unknown = program.post("/api/v1/return", json={"code": code})
    slip = program.post("/api/v1/return", json={"code": "1234"})

    assert unknown.status_code == 401
    assert (slip.status_code, slip.json()["errors"]) == (422, [{"field": "code", "reason": "length"}])
    assert code not in unknown.text


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer x"}, {"authorization": "Basic eDp5"}])
def test_a_thread_is_closed_without_a_token(program: TestClient, headers: dict[str, str]) -> None:
    for answer in (
        program.get("/api/v1/thread", headers=headers),
        program.post("/api/v1/thread", json={"text": "x"}, headers=headers),
    ):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_cannot_be_opened_with_a_programs_token_nor_the_other_way(program: TestClient) -> None:
    token = visit(program, send(program).json()["code"])["authorization"].removeprefix("Bearer ")

    assert program.get("/uk/case", headers={"authorization": f"Bearer {token}"}).status_code == 401
    program.cookies.set("visit", token, domain="127.0.0.1")
    assert program.get("/api/v1/thread").status_code == 401


def test_the_interface_describes_itself(program: TestClient) -> None:
    document = program.get("/api/v1/openapi.json").json()

    assert set(document["paths"]) == {
        "/api/v1/questionnaire",
        "/api/v1/reports",
        "/api/v1/return",
        "/api/v1/thread",
    }
    sending = document["paths"]["/api/v1/reports"]["post"]
    assert set(sending["responses"]) == {"201", "409", "413", "415", "422", "503"}
    assert sending["parameters"][0]["name"] == "Idempotency-Key"
    assert program.get("/docs").status_code == 404


def test_a_code_that_was_read_out_opens_nothing_for_programs(cast: Cast, program: TestClient) -> None:
    """The family takes another on its pages first; whoever entered the report heard this one."""
    code = send(program, read_out=True).json()["code"]
    assert send(program, read_out=True).json()["code"] == code
    assert send(program).status_code == 409
    answer = program.post("/api/v1/return", json={"code": code})
    assert (answer.status_code, "token" in answer.json()) == (403, False)
    with cast.session() as session:
        token, opened = open_return(session, code, cast.now)
        assert opened.read_out
    for call in (program.get, lambda path, headers: program.post(path, json={"text": "Слово"}, headers=headers)):
        answer = call("/api/v1/thread", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 403
