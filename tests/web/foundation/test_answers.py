"""What every answer has, whatever happened: headers, a page without detail, a log without content."""

import asyncio
import base64
import hashlib

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message

from app.web.script import SCRIPT
from tests.web.foundation.conftest import MakeApplication, Tape
from tests.web.reading import Page

EVERY_KIND = (
    ("GET", "/uk/page", 200),
    ("GET", "/static/icon.svg", 200),
    ("GET", "/static/missing.css", 404),
    ("GET", "/nowhere", 404),
    ("DELETE", "/uk/page", 405),
    ("GET", "/uk/raise/413", 413),
    ("GET", "/uk/raise/unknown", 500),
    ("GET", "/uk/number/abc", 422),
    ("GET", "/api/v1/openapi.json", 200),
    ("GET", "/api/v1/nowhere", 404),
)


@pytest.mark.parametrize(("method", "path", "status"), EVERY_KIND)
def test_every_answer_carries_the_strict_headers(browser: TestClient, method: str, path: str, status: int) -> None:
    answer = browser.request(method, path)

    assert answer.status_code == status
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "script-src 'sha256-" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "; frame-ancestors 'none'; base-uri 'none'; " in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "status"), [({"host": "other.example"}, 421), ({"origin": "http://evil.example"}, 403)]
)
def test_what_is_turned_away_at_the_door_carries_them_too(
    browser: TestClient, headers: dict[str, str], status: int
) -> None:
    answer = browser.post("/uk/echo", headers=headers)

    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"]


def test_over_https_browsers_are_told_to_come_back_that_way(make_application: MakeApplication) -> None:
    browser = TestClient(make_application("https://example.org"), base_url="https://example.org")

    assert browser.get("/uk/page").headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


def test_the_desk_may_run_its_own_script_and_the_family_only_the_way_out(browser: TestClient) -> None:
    assert "script-src 'self'" in browser.get("/desk/nowhere").headers["content-security-policy"]
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert browser.get("/uk/nowhere").headers["content-security-policy"].endswith(f"script-src 'sha256-{digest}'")


def test_pages_are_compressed(browser: TestClient) -> None:
    answer = browser.get("/uk/page")

    assert answer.headers["content-encoding"] == "gzip"
    assert "слово" in answer.text


def test_an_unexpected_error_shows_and_logs_no_content(browser: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = browser.get("/uk/raise/unknown")

    assert "Amina" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "Amina" not in caplog.text
    assert "/uk/raise" not in caplog.text
    assert "unexpected RuntimeError" in caplog.text


def test_a_refused_value_is_named_by_place_and_never_repeated(browser: TestClient) -> None:
    page = browser.get("/uk/number/taiemnytsia")
    document = browser.get("/api/v1/number/taiemnytsia")

    assert page.status_code == document.status_code == 422
    assert "taiemnytsia" not in page.text.replace("/uk/number/taiemnytsia", "")
    assert document.headers["content-type"] == "application/problem+json"
    assert document.json()["errors"] == [{"field": "number", "reason": "int_parsing"}]
    assert "taiemnytsia" not in document.text


def test_an_error_is_told_in_the_language_of_the_address(browser: TestClient) -> None:
    assert '<html lang="en">' in browser.get("/en/nowhere").text
    assert '<html lang="uk">' in browser.get("/uk/nowhere").text
    assert '<html lang="en">' in browser.get("/nowhere", headers={"accept-language": "en"}).text


def test_when_nothing_can_be_kept_the_form_comes_back_ready_to_press_again(browser: TestClient, tape: Tape) -> None:
    tape.fails = True

    answer = browser.post("/uk/keep", data={"draft": "sealed", "go": "send", "threat": ["beating", "<fine>"]})

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    sent = {"draft": ["sealed"], "go": ["send"], "threat": ["beating", "<fine>"]}
    assert Page(answer.text).form_with("draft").filled() == sent


def test_whatever_goes_wrong_what_was_typed_comes_back(browser: TestClient, tape: Tape) -> None:
    tape.stumbles = True

    answer = browser.post("/uk/keep", data={"draft": "sealed", "go": "send"})

    assert answer.status_code == 500
    assert Page(answer.text).form_with("draft").filled() == {"draft": ["sealed"], "go": ["send"]}


def test_a_secret_is_never_given_back(browser: TestClient, tape: Tape) -> None:
    tape.fails = True

    answer = browser.post("/uk/keep", data={"code": "123456", "message": "text"})
    with_draft = browser.post("/uk/keep", data={"code": "123456", "draft": "sealed"})

    assert answer.status_code == with_draft.status_code == 503
    assert "123456" not in answer.text + with_draft.text
    assert Page(with_draft.text).form_with("draft").filled() == {"draft": ["sealed"]}


def test_the_answer_leaves_after_the_commit(browser: TestClient, tape: Tape) -> None:
    assert browser.post("/uk/keep").text == "kept"
    assert tape.notes == ["begin", "commit"]


def test_what_raises_is_rolled_back(browser: TestClient, tape: Tape) -> None:
    browser.get("/uk/raise/404")

    assert tape.notes == ["begin", "rollback"]


def test_a_commit_that_fails_is_never_answered_as_kept(browser: TestClient, tape: Tape) -> None:
    tape.fails = True

    answer = browser.post("/uk/keep")

    assert answer.status_code == 503
    assert tape.notes == ["begin", "rollback"]


@pytest.mark.parametrize(
    ("path", "sides"),
    [
        ("/uk/raise/unknown", ["family"]),
        ("/uk/raise/503", ["family"]),
        ("/api/v1/unable", ["api"]),
        ("/desk/broken", ["desk"]),
        ("/uk/page", []),
        ("/nowhere", []),
        ("/uk/raise/413", []),
        ("/healthz", []),
    ],
)
def test_what_failed_through_us_is_counted_once_by_its_side(
    browser: TestClient, failed: list[str], path: str, sides: list[str]
) -> None:
    browser.get(path)

    assert failed == sides


def test_a_line_that_breaks_while_something_is_sent_is_no_fault_of_ours(
    make_application: MakeApplication, failed: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    received: list[Message] = [
        {"type": "http.request", "body": b"draft=", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent = list[Message]()

    async def receive() -> Message:
        return received.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [
        (b"host", b"127.0.0.1:8000"),
        (b"origin", b"http://127.0.0.1:8000"),
        (b"content-type", b"application/x-www-form-urlencoded"),
    ]
    scope = {"type": "http", "method": "POST", "path": "/uk/echo", "query_string": b"", "headers": headers}
    asyncio.run(make_application()(scope, receive, send))

    assert [message["status"] for message in sent if "status" in message] == [400]
    assert (failed, caplog.text) == ([], "")
