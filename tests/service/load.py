"""Many clients at once: each with a connection of its own, taking the next request as soon as the last is answered."""

import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.service.client import Answer, Broken, Client

CLIENTS = 8
Task = TypeVar("Task")


@dataclass(frozen=True)
class Load:
    """What came of it: the seconds of each request that was accepted, how many were not, and the time in all."""

    waits: Sequence[float]
    refused: int
    seconds: float

    @property
    def per_second(self) -> float:
        """How many were accepted in a second."""
        return len(self.waits) / self.seconds

    def percentile(self, share: float) -> float:
        """The seconds within which this share of the accepted requests was answered."""
        return percentile(self.waits, share)


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least this share of all does not exceed (the nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def send_all(
    port: int,
    requests: Iterable[Callable[[Client], Answer]],
    clients: int = CLIENTS,
    accepted: frozenset[int] = frozenset({200, 201}),
) -> Load:
    """Let so many clients send all requests; whatever is not answered with a status in `accepted` was refused."""
    waits: list[float] = []
    refusals: list[str] = []

    def work(next_request: Callable[[], Callable[[Client], Answer] | None]) -> None:
        with Client(port) as client:
            while (request := next_request()) is not None:
                begun = time.perf_counter()
                try:
                    status = request(client).status
                except Broken:
                    status = 0
                if status in accepted:
                    waits.append(time.perf_counter() - begun)
                else:
                    refusals.append(str(status))

    begun = time.perf_counter()
    in_threads(clients, requests, work)
    return Load(waits, len(refusals), time.perf_counter() - begun)


def in_threads(count: int, tasks: Iterable[Task], work: Callable[[Callable[[], Task | None]], None]) -> None:
    """Run `work` in so many threads; each takes tasks by the function that it is given, until that gives None.

    What goes wrong in a thread is raised here, when all have ended.
    """
    waiting, lock, failures = iter(tasks), threading.Lock(), list[BaseException]()

    def take() -> Task | None:
        with lock:
            return next(waiting, None)

    def run() -> None:
        try:
            work(take)
        except BaseException as failure:  # noqa: BLE001 - a thread's failure must reach the test.
            failures.append(failure)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
