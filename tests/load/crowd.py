"""Everybody at once: families, staff, a coordinator, a flood; and one urgent report that must come through."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape

from app.intake.draft import begin, seal_draft
from tests.cast import CONSENTS, Cast, answers
from tests.load import day
from tests.load.people import GOOD, Colleague, Family, pour
from tests.load.waits import Pace, Waits, memory_megabytes
from tests.service.client import Client
from tests.service.desk import Desk
from tests.service.machine import Service

# On a slow line a report takes half a minute: as many are under way at once as come in that time, and some more.
SENDERS, LEAVERS, RETURNERS, FLOODERS = 24, 6, 4, 8
STAFF = {"daria": "legal", "oksana": "tracing", "mykola": "tracing", "ivan": "protection", "tomas": "triage"}
WATCHER, WATCHED, COORDINATOR = "solomiia", "protection", "lena"
_CASE = re.compile(r'href="/desk/cases/(\w+)"')
_SHOWN = re.compile(r'name="shown"\s+value="([^"]+)"')
_NEXT = re.compile(r'href="([^"]+)" rel="next"')
LOOK_SECONDS = 0.5
# Nothing that asks for haste: it goes to the first look, as a report in which nothing fits.
IDLE = {"situation": "dk"}
HASTY = {"situation": "detained_at_point"}


@dataclass(frozen=True)
class Through:
    """The seconds from pressing "Send" until the code was shown, a caseworker saw the case in the list, and read it."""

    shown: float
    seen: float
    read: float
    place: int
    case_id: str

    def line(self) -> str:
        """All of it in a line."""
        return (
            f"an urgent report: code after {self.shown:.2f} s, in the list after {self.seen:.2f} s at place "
            f"{self.place}, read after {self.read:.2f} s"
        )


@dataclass
class Crowd:
    """Who comes while the service is looked at."""

    cast: Cast
    service: Service
    seconds: float
    waits: Waits = field(default_factory=Waits)
    memory: list[float] = field(default_factory=list)
    through: list[Through] = field(default_factory=list)

    def colleague(self, name: str) -> Colleague:
        """A member of the cast at the desk."""
        return Colleague(self.service.port, self.waits, name, *self.cast.secrets(name))

    def loops(self, claim: Mapping[str, str]) -> Iterator[Callable[[], None]]:
        """What everybody does, each at the pace of ten times a bad day."""
        ends, port, per_report = time.monotonic() + self.seconds, self.service.port, day.REPORTS_PER_SECOND
        families = Family(port, self.waits)

        def pace(per_second: float) -> Pace:
            return Pace(per_second, ends)

        sending, leaving = pace(per_report), pace(per_report * day.LEFT_PER_REPORT)
        returning, flooding = pace(per_report * day.RETURNS_PER_REPORT), pace(day.JUNK_PER_MINUTE / 60)
        working = pace(per_report * day.DESK_PAGES_PER_REPORT)
        yield from [lambda: families.send_reports(sending)] * SENDERS
        yield from [lambda: families.leave_drafts(leaving)] * LEAVERS
        yield from [lambda: families.come_back(returning, families.codes)] * RETURNERS
        yield from [lambda: pour(port, self.waits, flooding, claim)] * FLOODERS
        for name, queue in STAFF.items():
            yield partial(self._let_work, name, working, queue)
        coordinating = pace(day.COORDINATOR_PAGES_PER_SECOND)
        yield lambda: self.colleague(COORDINATOR).coordinate(coordinating)

    def _let_work(self, name: str, working: Pace, queue: str) -> None:
        # The colleague logs in when their thread begins, not before.
        self.colleague(name).work(working, queue)

    def run(self, claim: Mapping[str, str], urgent_after: Sequence[float]) -> None:
        """Let everybody come at once, and now and then, after so many seconds, an urgent report among them."""
        begun = time.monotonic()
        with Client(self.service.port) as window, Client(self.service.port) as line:
            watcher = self.colleague(WATCHER).log_in(window)
            self.note_memory()
            with _at_once([*self.loops(claim)], self.waits):
                for after in urgent_after:
                    time.sleep(max(0.0, begun + after - time.monotonic()))
                    self.note_memory()
                    self.through.append(self.send_urgent(line, watcher))
        self.note_memory()

    def send_urgent(self, line: Client, watcher: Desk) -> Through:
        """Somebody was summoned for tomorrow: from "Send" to a caseworker who reads it."""
        mark = f"Термінове {len(self.through)}"
        family = Family(self.service.port, self.waits)
        draft = self.on_the_last_page(mark)
        begun = time.monotonic()
        # What the line itself takes is part of it here.
        code = family.ask(line, "POST", "/uk/report/check", {"draft": draft, "go": "send"}).code
        shown = time.monotonic() - begun
        case_id = self.cast.case_of(code, datetime.now(UTC))
        while (place := self.place_of(case_id, watcher)) is None:
            time.sleep(LOOK_SECONDS)
        seen = time.monotonic() - begun
        page = watcher.get(f"/desk/cases/{case_id}")
        assert mark in page.text
        return Through(shown, seen, time.monotonic() - begun, place, case_id)

    def on_the_last_page(self, mark: str) -> str:
        """An urgent report in which only "Send" is left to press."""
        now = datetime.now(UTC)
        tomorrow = (now + timedelta(days=1)).date().isoformat()
        whole = answers(situation="summoned", deadline=tomorrow, story=mark)
        with self.cast.session() as session:
            return seal_draft(session, replace(begin("uk", now), answers=whole, consents=CONSENTS), now)

    def place_of(self, case_id: str, watcher: Desk) -> int | None:
        """Where a case stands in the watcher's queue, counted from the most urgent; None where it does not."""
        before, path = 0, f"/desk/queues/{WATCHED}"
        while path:
            page = watcher.get(path).text
            cases = list(dict.fromkeys(_CASE.findall(page)))
            if case_id in cases:
                return before + cases.index(case_id) + 1
            before += len(cases)
            following = _NEXT.search(page)
            path = unescape(following[1]) if following else ""
        return None

    def set_aside(self, watcher: Desk, but: str) -> tuple[int, float]:
        """Set aside everything that stands before a case, a page at a time; give how many pages and seconds."""
        begun, pages = time.monotonic(), 0
        while True:
            page = watcher.get(f"/desk/queues/{WATCHED}").text
            cases = list(dict.fromkeys(_CASE.findall(page)))
            before = cases[: cases.index(but)] if but in cases else cases
            if not before:
                return pages, time.monotonic() - begun
            pages += 1
            fields = {"act": "set-aside", "case": before, "shown": _SHOWN.findall(page)}
            assert watcher.post(f"/desk/queues/{WATCHED}/many", fields).status in GOOD

    def note_memory(self) -> None:
        """Look how much memory the service holds."""
        self.memory.append(memory_megabytes(self.service.process.pid))

    def lines(self) -> Iterator[str]:
        """All figures."""
        yield from self.waits.lines()
        yield from (each.line() for each in self.through)
        yield "memory " + " → ".join(f"{each:.0f}" for each in self.memory) + " MB"
        yield f"failures: {len(self.waits.failures)} {self.waits.failures[:5]}"


@contextmanager
def _at_once(loops: Sequence[Callable[[], None]], waits: Waits) -> Iterator[None]:
    """Run all loops while the block lasts, and until they end; what goes wrong in one is a failure."""

    def go(loop: Callable[[], None]) -> None:
        try:
            loop()
        except BaseException as failure:  # noqa: BLE001 - a thread's failure must reach the test.
            waits.failures.append(repr(failure))

    threads = [threading.Thread(target=go, args=[loop]) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()
