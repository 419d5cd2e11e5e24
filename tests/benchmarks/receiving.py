"""How many reports are accepted in a second through HTTP, against the least that any such program must do."""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.intake.draft import seal_draft
from tests.benchmarks.arrivals import arrivals, drafts
from tests.benchmarks.bare import Insert, Least, do_the_least
from tests.cast import Cast
from tests.service.client import FORM_TYPE, Answer, Client, multipart
from tests.service.load import CLIENTS, Load, percentile, send_all
from tests.service.machine import Service
from tests.service.processor import seconds_used

Request = Callable[[Client], Answer]
# So many are sent through HTTP, then the least is done for as many, and so on in turn: whatever else the machine does
# meanwhile disturbs both alike.
SLICE = 40


@dataclass(frozen=True)
class Received:
    """What came of sending reports in one way, and of the least beside it."""

    way: str
    loads: Sequence[Load]
    least: Sequence[Least]
    server_seconds: float

    @property
    def count(self) -> int:
        """How many reports were sent."""
        return sum(len(load.waits) + load.refused for load in self.loads)

    @property
    def refused(self) -> int:
        """How many of them were not accepted."""
        return sum(load.refused for load in self.loads)

    @property
    def per_second(self) -> float:
        """How many were accepted in a second."""
        return (self.count - self.refused) / sum(load.seconds for load in self.loads)

    @property
    def least_per_second(self) -> float:
        """How often the least was done in a second."""
        return self.count / sum(least.seconds for least in self.least)

    @property
    def share(self) -> float:
        """How much of the least's rate was reached."""
        return self.per_second / self.least_per_second

    @property
    def share_of_work(self) -> float:
        """How much of the server's processor time is the least: this hardly feels what else the machine does."""
        return sum(least.processor_seconds for least in self.least) / self.server_seconds

    def wait(self, share: float) -> float:
        """The seconds within which this share of the reports was answered."""
        return percentile([wait for load in self.loads for wait in load.waits], share)

    def line(self) -> str:
        """All figures in a line."""
        return (
            f"{self.way:<10} {self.count:5} sent, {self.refused} refused, {self.per_second:6.1f}/s, "
            f"least {self.least_per_second:6.1f}/s, share {self.share:4.0%}; "
            f"p50 {self.wait(0.5) * 1000:4.0f} ms, p99 {self.wait(0.99) * 1000:4.0f} ms; "
            f"processor {self.server_seconds / self.count * 1000:5.1f} ms each, "
            f"{self.share_of_work:4.0%} of it the least"
        )


def receive(service: Service, cast: Cast, way: str, requests: Sequence[Request], insert: Insert) -> Received:
    """Send all requests with eight clients, and do the least as often with as many threads."""
    with cast.session() as session:
        reports = list(arrivals(session, "triage", len(requests), 7, datetime.now(UTC)))
    loads, least, used = list[Load](), list[Least](), 0.0
    for start in range(0, len(requests), SLICE):
        before = seconds_used(service.process.pid)
        loads.append(send_all(service.port, requests[start : start + SLICE]))
        used += seconds_used(service.process.pid) - before
        least.append(do_the_least(reports[start : start + SLICE], insert, CLIENTS))
    return Received(way, loads, least, used)


def over_the_interface(count: int, seed: int) -> list[Request]:
    """Reports as programs send them."""
    return [
        _request(
            "/api/v1/reports",
            json.dumps(
                {"version": draft.version, "lang": "uk", "answers": draft.answers, "consents": draft.consents},
                ensure_ascii=False,
            ).encode(),
            {"Content-Type": "application/json", "Idempotency-Key": secrets.token_urlsafe(32)},
        )
        for draft in drafts(count, seed, datetime.now(UTC))
    ]


def over_the_form(cast: Cast, count: int, seed: int) -> list[Request]:
    """Reports on their last page, all answers given: what is left is to press "Send"."""
    now = datetime.now(UTC)
    with cast.session() as session:
        sealed = [seal_draft(session, draft, now) for draft in drafts(count, seed, now)]
    return [
        _request("/uk/report/check", multipart({"draft": draft, "go": "send"}), {"Content-Type": FORM_TYPE})
        for draft in sealed
    ]


def _request(path: str, body: bytes, headers: dict[str, str]) -> Request:
    return lambda client: client.send("POST", path, body, headers)
