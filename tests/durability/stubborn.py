"""Families and hotlines who do not give up: where no answer came, the same is sent again until one does."""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.service.client import Answer, Broken, Client

# An answer that asks to come again is no refusal.
_LATER = 503
_PAUSE_SECONDS = 0.02
_LONGEST_SECONDS = 90


@dataclass(frozen=True)
class Shown:
    """A report that was acknowledged: what marks its content, and the code that somebody read on a page."""

    mark: str
    code: str
    breaks: int


@dataclass(frozen=True)
class Pressed:
    """A form that is sent with one of its buttons, as often as it is called."""

    path: str
    fields: Mapping[str, str] = field(repr=False)

    def __call__(self, client: Client) -> Answer:
        """Send it."""
        return client.post_form(self.path, self.fields)


@dataclass
class Stubborn:
    """One who sends report after report over one connection until told to stop, and ends the last one first."""

    port: int
    send_one: Callable[["Stubborn", str], str]
    language: str = "uk"
    shown: list[Shown] = field(default_factory=list)
    breaks: int = 0
    rest_seconds: float = 0

    def run(self, stop: threading.Event) -> None:
        """Send reports until `stop` is set."""
        with Client(self.port) as self.client:
            while not stop.is_set():
                mark, before = f"село {secrets.token_hex(8)}", self.breaks
                code = self.send_one(self, mark)
                self.shown.append(Shown(mark, code, self.breaks - before))
                stop.wait(self.rest_seconds)

    def insist(self, request: Callable[[Client], Answer]) -> Answer:
        """Send a request until it is answered."""
        deadline = time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = request(self.client)
            except Broken:
                self.breaks += 1
            else:
                if answer.status != _LATER:
                    assert answer.status in {200, 201}, f"{answer.status}: {answer.text[:300]}"
                    return answer
            time.sleep(_PAUSE_SECONDS)
        raise AssertionError(f"no answer in {_LONGEST_SECONDS} s")


def send_by_form(sender: Stubborn, mark: str) -> str:
    """Answer page by page and press "Send"; every third time press it twice, every third time type the code."""
    report = f"/{sender.language}/report"
    draft = sender.insist(lambda client: client.get(f"{report}/safety")).draft
    for step, fields in (
        ("safety", {"reply_safe": "yes", "go": "situation"}),
        ("situation", {"situation": "missing", "oblast": "na", "settlement": mark, "go": "consent"}),
        ("consent", {"consent_ngo": "yes", "go": "check"}),
    ):
        draft = sender.insist(Pressed(f"{report}/{step}", {"draft": draft, **fields})).draft
    send = Pressed(f"{report}/check", {"draft": draft, "go": "send"})
    page = sender.insist(send)
    code = page.code
    if len(sender.shown) % 3 == 1:
        assert sender.insist(send).code == code
    elif len(sender.shown) % 3 == 2:
        sender.insist(Pressed(f"{report}/code", {"draft": page.draft, "code": code}))
        assert not sender.insist(send).shows_a_code
    return code


def send_by_interface(sender: Stubborn, mark: str) -> str:
    """Send one document under one key; every other time once more."""
    answers = {"situation": "missing", "oblast": {"missing": "na"}, "reply_safe": "yes", "settlement": mark}
    report = {"version": "2026-11", "lang": sender.language, "answers": answers, "consents": {"ngo": "full"}}
    headers = {"Idempotency-Key": secrets.token_urlsafe(32)}

    def send(client: Client) -> Answer:
        return client.post_json("/api/v1/reports", report, headers)

    document: Any = sender.insist(send).json()
    if len(sender.shown) % 2:
        assert sender.insist(send).json() == document
    code = document["code"]
    assert isinstance(code, str)
    return code
