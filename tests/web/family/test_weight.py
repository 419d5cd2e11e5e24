"""What a report weighs, and that it can be sent over a line that is slow, late and cut off."""

import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import func
from sqlmodel import select

from app.casefile.tables import Case
from tests.cast import Cast
from tests.web.reading import Page
from tests.web.slow_line import Line, slow_line

WHOLE_REPORT_BYTES = 120 * 1024
STORY = "Уночі прийшли озброєні люди й забрали його з дому. Куди — не сказали. " * 12
ANSWERS = {
    "reply_safe": "only_here",
    "situation": "on_trial_ua",
    "oblast": "UA14",
    "surname": "Вигаданий",
    "story": STORY,
    "consent_ngo": "yes",
}
# EDGE at its edge: half a second each way.
BYTES_PER_SECOND, DELAY_SECONDS = 24_000, 0.25

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def port(application: FastAPI) -> Iterator[int]:
    """The port of a real server with the application."""
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_config=None, access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


class Phone:
    """A browser on a bad line: every request is a connection of its own, and one that fails is pressed again."""

    def __init__(self, port: int) -> None:
        """Open an empty window behind the line at `port`."""
        self.base = f"http://127.0.0.1:{port}"
        self.retries = 0
        self.text = ""

    def fetch(self, method: str, address: str, fields: list[tuple[str, str]] | None = None) -> Page:
        """Ask until an answer comes through whole."""
        files = None if fields is None else [(name, (None, value)) for name, value in fields]
        headers = {"Host": "127.0.0.1:8000", "Origin": "http://127.0.0.1:8000", "Accept-Encoding": "gzip"}
        for _ in range(6):
            try:
                with httpx.Client(base_url=self.base, headers={**headers, "Connection": "close"}, timeout=30) as client:
                    answer = client.request(method, address, files=files)
            except httpx.TransportError:
                self.retries += 1
                continue
            assert answer.status_code == 200, address
            self.text = answer.text
            return Page(answer.text)
        raise AssertionError("the line never let it through")

    def turn(self, go: str) -> Page:
        """Fill in the step that is shown and press a button."""
        form = Page(self.text).form_with("draft")
        known = {name: value for name, value in ANSWERS.items() if name in form.names}
        sent = form.filled(go, **known)
        return self.fetch("POST", form.action, [(name, value) for name, values in sent.items() for value in values])


def send_whole_report(phone: Phone) -> str:
    """Landing, every step, check, send; give the code."""
    phone.fetch("GET", "/uk/")
    phone.fetch("GET", "/uk/report/safety")
    for _ in range(9):
        page = phone.turn("next")
    assert page.form_with("draft").action.endswith("/check")
    return phone.turn("send").by_id("code").text.replace(" ", "").strip()


def cases(cast: Cast) -> int:
    """How many cases there are."""
    with cast.session() as session:
        return session.exec(select(func.count()).select_from(Case)).one()


def test_a_whole_report_weighs_at_most_120_kilobytes_both_ways(port: int) -> None:
    with slow_line(Line(bytes_per_second=10_000_000, delay_seconds=0), port) as line:
        phone = Phone(line.port)
        send_whole_report(phone)

    assert phone.retries == 0
    assert line.carried <= WHOLE_REPORT_BYTES, line.carried


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_report_gets_through_a_line_that_is_slow_and_cut_off_and_is_one_case(port: int, cast: Cast) -> None:
    # The 13th connection is the first try to send: the server has it, the phone does not hear. The 14th says nothing
    # to the server, the 15th is heard by nobody again.
    line = Line(BYTES_PER_SECOND, DELAY_SECONDS, cut_up=frozenset({3, 8, 14}), cut_down=frozenset({5, 15, 16}))
    with slow_line(line, port):
        phone = Phone(line.port)
        code = send_whole_report(phone)

    assert phone.retries == 6
    assert len(code) == 24
    assert cases(cast) == 1
    assert cast.case_of(code)
