"""Families on slow lines, staff at their desks, and whoever floods: each a loop that begins at a pace."""

import json
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.receiving import Request
from tests.load.day import LINE_BYTES_PER_SECOND, LINE_DELAY_SECONDS
from tests.load.waits import Pace, Waits
from tests.service.client import FORM_TYPE, Answer, Client, multipart
from tests.service.desk import Desk

GOOD = frozenset({200, 201, 303})
_PIECE_BYTES = 1024
_CASE = re.compile(r"/desk/cases/(\w+)")


@dataclass
class Family:
    """A phone on a slow line. What the line itself takes is slept, and is no wait."""

    port: int
    waits: Waits
    codes: list[str] = field(default_factory=list)

    def ask(self, client: Client, method: str, path: str, fields: Mapping[str, str] | None = None) -> Answer:
        """Send something over the line, piece by piece, and take the answer likewise."""
        body = b"" if fields is None else multipart(fields)
        time.sleep(LINE_DELAY_SECONDS + len(body) / LINE_BYTES_PER_SECOND)
        begun = time.perf_counter()
        answer = client.send(method, path, body, {} if fields is None else {"Content-Type": FORM_TYPE})
        waited = time.perf_counter() - begun
        time.sleep(LINE_DELAY_SECONDS + answer.wire_bytes / LINE_BYTES_PER_SECOND)
        return self.waits.note(f"family {method}", waited, answer, expected=GOOD)

    def report(self, client: Client, situation: Mapping[str, str], words: str) -> str:
        """Go through the steps, press "Send", press again as if nothing had come, and type the code; give it."""
        draft = self.ask(client, "GET", "/uk/report/safety").draft
        for step, answers in (
            ("safety", {"reply_safe": "only_here", "go": "situation"}),
            ("situation", {**situation, "oblast": "UA14", "settlement": words, "go": "person"}),
            ("person", {"surname": "Вигаданенко", "go": "needs"}),
            ("needs", {"story": words * 20, "go": "consent"}),
            ("consent", {"consent_ngo": "yes", "go": "check"}),
        ):
            draft = self.ask(client, "POST", f"/uk/report/{step}", {"draft": draft, **answers}).draft
        for _ in range(2):
            page = self.ask(client, "POST", "/uk/report/check", {"draft": draft, "go": "send"})
        self.ask(client, "POST", "/uk/report/code", {"draft": page.draft, "code": page.code})
        return page.code

    def send_reports(self, pace: Pace) -> None:
        """Send one report after another, none of them urgent."""
        while pace.wait():
            with self.waits.nothing_breaks("family"), Client(self.port) as client:
                self.codes.append(self.report(client, {"situation": "missing"}, "село "))

    def leave_drafts(self, pace: Pace) -> None:
        """Begin reports and leave them."""
        while pace.wait():
            with self.waits.nothing_breaks("family"), Client(self.port) as client:
                draft = self.ask(client, "GET", "/uk/report/safety").draft
                self.ask(client, "POST", "/uk/report/safety", {"draft": draft, "reply_safe": "yes", "go": "next"})

    def come_back(self, pace: Pace, codes: Sequence[str]) -> None:
        """Look with a code whether anybody has answered."""
        while pace.wait():
            if not codes:
                continue
            document = {"code": secrets.choice(codes)}
            with self.waits.nothing_breaks("family"), Client(self.port) as client:
                begun = time.perf_counter()
                answer = client.post_json("/api/v1/return", document)
                self.waits.note("family coming back", time.perf_counter() - begun, answer, expected=GOOD)


@dataclass
class Colleague:
    """Somebody at the desk, on a good line."""

    port: int
    waits: Waits
    name: str
    passphrase: str
    totp_secret: bytes

    def log_in(self, client: Client) -> Desk:
        """Come in."""
        return Desk(client, self.name, self.passphrase, self.totp_secret)

    def get(self, desk: Desk, path: str) -> Answer:
        """Open a page."""
        begun = time.perf_counter()
        answer = desk.get(path)
        return self.waits.note("staff", time.perf_counter() - begun, answer, expected=frozenset({200}))

    def work(self, pace: Pace, queue_id: str) -> None:
        """Look at the queue and open what stands first, again and again."""
        with self.waits.nothing_breaks(self.name), Client(self.port) as client:
            desk = self.log_in(client)
            while pace.wait():
                found = _CASE.search(self.get(desk, f"/desk/queues/{queue_id}").text)
                if found is not None and pace.wait():
                    self.get(desk, f"/desk/cases/{found[1]}")

    def coordinate(self, pace: Pace) -> None:
        """Look at what is late and at the figures."""
        with self.waits.nothing_breaks(self.name), Client(self.port) as client:
            desk = self.log_in(client)
            for path in ("/desk/escalations", "/statistics/") * 10_000:
                if not pace.wait():
                    return
                self.get(desk, path)


def junk(claim: Mapping[str, str]) -> Request:
    """A report with nothing in it but what is claimed."""
    answers = {"reply_safe": "yes", "oblast": {"missing": "na"}, "story": secrets.token_hex(200), **claim}
    body = json.dumps({"version": "2026-11", "lang": "uk", "answers": answers, "consents": {"ngo": "full"}}).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": secrets.token_urlsafe(32)}
    return lambda client: client.send("POST", "/api/v1/reports", body, headers)


def pour(port: int, waits: Waits, pace: Pace, claim: Mapping[str, str]) -> None:
    """Send junk."""
    with Client(port) as client:
        while pace.wait():
            send, begun = junk(claim), time.perf_counter()
            with waits.nothing_breaks("junk"):
                answer = send(client)
                waits.note("junk", time.perf_counter() - begun, answer, expected=GOOD)
