"""How long the desk's pages take as a queue grows, what they weigh, and what they cost the server."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from sqlalchemy import Engine

from tests.service.client import Answer
from tests.service.desk import Desk
from tests.service.load import percentile
from tests.service.machine import Service
from tests.service.processor import all_seconds_used, connections_of

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
    # Of the server and its database, for one page.
    cost: float
    body_bytes: int
    wire_bytes: int

    @property
    def median(self) -> float:
        """The seconds in the middle."""
        return percentile(self.waits, 0.5)

    def line(self) -> str:
        """All figures in a line."""
        return (
            f"{self.page:<21} {self.cases:7,} cases: p50 {self.median * 1000:6.1f} ms, "
            f"fastest {min(self.waits) * 1000:6.1f} ms, processor {self.cost * 1000:5.1f} ms, "
            f"{self.body_bytes:6,} bytes, {self.wire_bytes:6,} on the wire"
        )


def look(
    service: Service, engine: Engine, people: Mapping[str, Desk], queue_id: str, cases: int, times: int
) -> Iterator[Shown]:
    """Open the desk, a queue with each filter, a case, a lead's pages, what is to be done, a search, late cases.

    ``people`` are a lead, a coordinator, and somebody of another queue, a small one beside it.
    """
    desk, beside = people["lead"], people["beside"]
    queue = f"/desk/queues/{queue_id}"
    pages: dict[str, Callable[[], Answer]] = {"home": lambda: desk.get("/desk/")}
    pages |= {name: _getter(desk, queue + query) for name, query in FILTERS.items()}
    found = _CASE.search(desk.get(queue + FILTERS["queue"]).text)
    assert found is not None
    pages["case"] = _getter(desk, f"/desk/cases/{found[1]}")
    pages["story"] = _getter(desk, f"/desk/cases/{found[1]}/story")
    pages["workload"] = _getter(desk, f"{queue}/workload")
    pages["duty"] = _getter(desk, f"{queue}/duty")
    pages |= {name: _getter(desk, path) for name, path in WORK.items()}
    pages["late cases"] = _getter(people["coordinator"], "/desk/escalations")
    pages |= {f"{name}, small queue": _getter(beside, WORK[name]) for name in ("today", "calendar")}
    pages["search"] = lambda: desk.post("/desk/search", {"q": NOBODY})
    connected = connections_of(engine)
    for name, show in pages.items():
        yield measure(service, name, cases, show, times, connected)


def measure(
    service: Service, page: str, cases: int, show: Callable[[], Answer], times: int, connected: Sequence[int] = ()
) -> Shown:
    """Show a page so many times, once before it counts; ``connected`` are the database's own processes.

    What it costs is the lower of two halves: a machine that others use at the same time makes everything dearer.
    """
    answer, pids, waits, costs = show(), [service.process.pid, *connected], list[float](), list[float]()
    half = max(1, times // 2)
    for _ in range(2):
        used = all_seconds_used(pids)
        for _ in range(half):
            begun = perf_counter()
            answer = show()
            waits.append(perf_counter() - begun)
            assert answer.status == 200, f"{page}: {answer.status}"
        costs.append((all_seconds_used(pids) - used) / half)
    return Shown(page, cases, waits, min(costs), len(answer.body), answer.wire_bytes)


def _getter(desk: Desk, path: str) -> Callable[[], Answer]:
    return lambda: desk.get(path)
