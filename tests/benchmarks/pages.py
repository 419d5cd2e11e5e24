"""How long the desk's pages take as a queue grows, what they weigh, and what they cost the server."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

from tests.service.client import Answer
from tests.service.desk import Desk
from tests.service.load import percentile
from tests.service.machine import Service
from tests.service.processor import seconds_used

# Nobody is found, so each search looks through as much as one ever does at once.
NOBODY = "Ніхтоненко"
_CASE = re.compile(r"/desk/cases/(\w+)")
WORK = {
    "today": "/desk/today",
    "calendar": "/desk/calendar",
    "junk": "/desk/junk",
    "directory": "/desk/directory",
}
# A filter that was sent stays, so each page names its own.
FILTERS = {
    "queue": "?status=open",
    "all": "?status=all",
    "late": "?late=yes",
    "mine": "?mine=yes",
    "unread": "?unread=yes",
}


@dataclass(frozen=True)
class Shown:
    """What came of showing one page so many times."""

    page: str
    cases: int
    waits: list[float]
    server_seconds: float
    body_bytes: int
    wire_bytes: int

    @property
    def median(self) -> float:
        """The seconds in the middle."""
        return percentile(self.waits, 0.5)

    @property
    def cost(self) -> float:
        """The processor seconds of the server for one page."""
        return self.server_seconds / len(self.waits)

    def line(self) -> str:
        """All figures in a line."""
        return (
            f"{self.page:<10} {self.cases:7,} cases: p50 {self.median * 1000:6.1f} ms, "
            f"fastest {min(self.waits) * 1000:6.1f} ms, processor {self.cost * 1000:5.1f} ms, "
            f"{self.body_bytes:6,} bytes, {self.wire_bytes:6,} on the wire"
        )


def look(service: Service, desk: Desk, coordinator: Desk, queue_id: str, cases: int, times: int) -> Iterator[Shown]:
    """Open the desk, a queue with each filter, a case, what is to be done, a search, and a coordinator's page."""
    queue = f"/desk/queues/{queue_id}"
    pages: dict[str, Callable[[], Answer]] = {"home": lambda: desk.get("/desk/")}
    pages |= {name: _getter(desk, queue + query) for name, query in FILTERS.items()}
    found = _CASE.search(desk.get(queue + FILTERS["queue"]).text)
    assert found is not None
    pages["case"] = _getter(desk, f"/desk/cases/{found[1]}")
    pages |= {name: _getter(desk, path) for name, path in WORK.items()}
    pages["late cases"] = _getter(coordinator, "/desk/escalations")
    pages["search"] = lambda: desk.post("/desk/search", {"q": NOBODY})
    for name, show in pages.items():
        yield measure(service, name, cases, show, times)


def measure(service: Service, page: str, cases: int, show: Callable[[], Answer], times: int) -> Shown:
    """Show a page so many times, once before it counts."""
    answer = show()
    used, waits = seconds_used(service.process.pid), list[float]()
    for _ in range(times):
        begun = perf_counter()
        answer = show()
        waits.append(perf_counter() - begun)
        assert answer.status == 200, f"{page}: {answer.status}"
    used = seconds_used(service.process.pid) - used
    return Shown(page, cases, waits, used, len(answer.body), answer.wire_bytes)


def _getter(desk: Desk, path: str) -> Callable[[], Answer]:
    return lambda: desk.get(path)
