"""Families, hotlines and one of the staff who go on through every fault, note what they met, judge each refusal."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from http.cookies import SimpleCookie
from itertools import count

from app.vault.totp import STEP_SECONDS, totp_at
from tests.durability.stubborn import Pressed, Stubborn
from tests.service.client import Answer, Broken, Client
from tests.service.desk import Desk

LANGUAGES = ("uk", "ru", "crh", "en")
LATER = 503
LONGEST_SECONDS = 120
PAUSE_SECONDS = 0.05
BETWEEN_PAGES_SECONDS = 0.3
_HIDDEN = re.compile(r'<input type="hidden"\s+name="([^"]*)"\s+value="([^"]*)"\s+autocomplete="off">')


@dataclass(frozen=True)
class Met:
    """What came of one thing that somebody wanted: when it was answered, after how long, and what stood between."""

    at: float
    seconds: float
    last_seconds: float
    refused: int
    broken: int


@dataclass
class Family(Stubborn):
    """A stubborn one who keeps the time and takes no refusal that is not a clear one in the own language."""

    met: list[Met] = field(default_factory=list)
    refused: int = 0

    def insist(self, request: Callable[[Client], Answer]) -> Answer:
        """Send a request until it is answered, and judge every refusal on the way."""
        begun, refused, broken = time.monotonic(), 0, 0
        while (sent := time.monotonic()) < begun + LONGEST_SECONDS:
            try:
                answer = request(self.client)
            except Broken:
                broken += 1
            else:
                if answer.status in {200, 201}:
                    now = time.monotonic()
                    self.met.append(Met(now, now - begun, now - sent, refused, broken))
                    self.breaks += broken
                    return answer
                refused += 1
                self.refused += 1
                judge(answer, self.language, request)
            time.sleep(PAUSE_SECONDS)
        raise AssertionError(f"no answer in {LONGEST_SECONDS} s: {refused} refused, {broken} broken")


def judge(answer: Answer, language: str, request: Callable[[Client], Answer]) -> None:
    """A refusal says when to come again; a page says it in its own language and carries back what was typed."""
    assert answer.status == LATER, f"{answer.status}: {answer.text[:300]}"
    assert int(answer.headers["retry-after"]) > 0
    if answer.headers["content-type"].startswith("application/problem+json"):
        assert answer.json()["status"] == LATER
        return
    assert f'lang="{language}"' in answer.text, f"not in {language}"
    if isinstance(request, Pressed):
        carried = {unescape(name): unescape(value) for name, value in _HIDDEN.findall(answer.text)}
        # A code is typed anew; with its draft the page that asks for it comes back.
        typed = {name: value for name, value in request.fields.items() if name != "code"}
        assert carried == typed, f"what was typed did not come back: {sorted(carried)}, not {sorted(typed)}"


@dataclass
class Staff:
    """One at the desk who opens case after case and writes a note in each, again where no answer came."""

    port: int
    name: str
    passphrase: str
    totp_secret: bytes
    rest_seconds: float = 0
    notes: dict[str, str] = field(default_factory=dict)
    met: list[Met] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        with Client(self.port) as client:
            desk = Desk(client, self.name, self.passphrase, self.totp_secret)
            for number in count():
                found = re.findall(r"/desk/cases/(\w{8})", self.insist(lambda: desk.get("/desk/queues/triage")).text)
                new = [case_id for case_id in found if case_id not in self.notes]
                if new:
                    note = f"нотатка {number}"
                    self.insist(partial(desk.get, f"/desk/cases/{new[0]}"))
                    self.insist(partial(desk.post, f"/desk/cases/{new[0]}/note", {"note": note}))
                    self.notes[new[0]] = note
                if stop.wait(BETWEEN_PAGES_SECONDS + self.rest_seconds):
                    break
            for case_id, note in self.notes.items():
                assert note in desk.get(f"/desk/cases/{case_id}").text, "a note that was taken is not there"

    def insist(self, request: Callable[[], Answer]) -> Answer:
        """The same at the desk; its pages are in Ukrainian."""
        begun, refused, broken = time.monotonic(), 0, 0
        while (sent := time.monotonic()) < begun + LONGEST_SECONDS:
            try:
                answer = request()
            except Broken:
                broken += 1
            else:
                if answer.status in {200, 303}:
                    now = time.monotonic()
                    self.met.append(Met(now, now - begun, now - sent, refused, broken))
                    return answer
                refused += 1
                assert answer.status == LATER, f"desk {answer.status}: {answer.text[:300]}"
                assert 'lang="uk"' in answer.text
            time.sleep(PAUSE_SECONDS)
        raise AssertionError(f"the desk gave no answer in {LONGEST_SECONDS} s")

    def comes_in(self) -> bool:
        """Whether a log-in from a new browser is let in, by digits that a telephone shows now or just did."""
        now = datetime.now(UTC)
        with Client(self.port) as client:
            for seconds in (-STEP_SECONDS, 0, STEP_SECONDS):
                first = client.post_form("/desk/login", {"name": self.name, "password": self.passphrase})
                cookie = SimpleCookie(first.headers["set-cookie"])["desk"].value
                digits = totp_at(self.totp_secret, now + timedelta(seconds=seconds))
                second = client.post_form("/desk/login/second", {"totp": digits}, {"Cookie": f"desk={cookie}"})
                if second.status == 303:
                    return True
        return False
