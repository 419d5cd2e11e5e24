"""Forms are read whole, in memory, within bounds, exactly as typed."""

import tempfile
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.web.bodies import BODY_LIMIT_BYTES
from app.web.forms import FIELDS_LIMIT
from tests.web.foundation.conftest import NOW

BOUNDARY = "----a-boundary"
MULTIPART = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}


def multipart(*fields: tuple[str, str | bytes], extra: str = "") -> bytes:
    """A body as a browser makes it."""
    parts = []
    for name, value in fields:
        content = value.encode() if isinstance(value, str) else value
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def read(browser: TestClient, body: bytes, headers: dict[str, str]) -> Any:
    """What the application read."""
    answer = browser.post("/uk/echo", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_both_kinds_of_body_are_read_alike(browser: TestClient) -> None:
    expected = {"story": ["Він сказав: «ні» & пішов"], "threat": ["beating", "fine"], "empty": [""]}

    as_parts = multipart(*[(name, value) for name, values in expected.items() for value in values])
    as_line = (
        b"story=%D0%92%D1%96%D0%BD+%D1%81%D0%BA%D0%B0%D0%B7%D0%B0%D0%B2%3A+%C2%AB%D0%BD%D1%96%C2%BB+%26+%D0%BF%D1%96"
        b"%D1%88%D0%BE%D0%B2&threat=beating&threat=fine&empty="
    )

    assert read(browser, as_parts, MULTIPART) == expected
    assert read(browser, as_line, URLENCODED) == expected


@given(text=st.text(st.characters(exclude_characters="\0\r", codec="utf-8"), max_size=300))
def test_any_text_arrives_as_it_was_typed(browser_for_all: TestClient, text: str) -> None:
    sent = text.replace("\n", "\r\n")

    assert read(browser_for_all, multipart(("story", sent), ("go", "next")), MULTIPART) == {
        "story": [text],
        "go": ["next"],
    }


def test_an_empty_body_is_an_empty_form(browser: TestClient) -> None:
    assert browser.post("/uk/echo").json() == {"items": {}, "now": NOW.isoformat()}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        pytest.param(multipart(("story", "a" * BODY_LIMIT_BYTES)), MULTIPART, 413, id="too long"),
        pytest.param(multipart(*[("a", "b")] * (FIELDS_LIMIT + 1)), MULTIPART, 413, id="too many parts"),
        pytest.param(b"&".join([b"a=b"] * (FIELDS_LIMIT + 1)), URLENCODED, 413, id="too many pairs"),
        pytest.param(multipart(("f", "x"), extra='; filename="a.jpg"'), MULTIPART, 415, id="a file"),
        pytest.param(b"{}", {"content-type": "application/json"}, 415, id="another type"),
        pytest.param(multipart(("story", b"\xff\xfe")), MULTIPART, 400, id="no UTF-8 in a part"),
        pytest.param(b"story=%FF%FE", URLENCODED, 400, id="no UTF-8 in a pair"),
        pytest.param("story=ї".encode(), URLENCODED, 400, id="not encoded"),
        pytest.param(multipart(("story", "a\0b")), MULTIPART, 400, id="a zero byte"),
        pytest.param(multipart(("story", "a"))[:-6], MULTIPART, 400, id="cut off"),
        pytest.param(b"a", {"content-type": "multipart/form-data"}, 400, id="no boundary"),
    ],
)
def test_what_cannot_be_taken_is_refused(
    browser: TestClient, body: bytes, headers: dict[str, str], status: int
) -> None:
    assert browser.post("/uk/echo", content=body, headers=headers).status_code == status


def test_a_body_without_a_length_is_cut_off_at_the_bound(browser: TestClient) -> None:
    def endless() -> Any:
        for _ in range(BODY_LIMIT_BYTES // 1024 + 2):
            yield b"a" * 1024

    assert browser.post("/uk/echo", content=endless(), headers=MULTIPART).status_code == 413


def test_nothing_is_written_to_a_temporary_file(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_args: object, **_named: object) -> None:
        raise AssertionError("a temporary file was opened")

    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, forbidden)

    long = "є" * (BODY_LIMIT_BYTES // 2 - 1000)
    assert read(browser, multipart(("story", long)), MULTIPART) == {"story": [long]}
