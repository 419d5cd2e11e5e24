"""Expected: a list in clear for 40 ms of a processor, and no page dearer for a hundred thousand cases than for few.

What opens many cases at once takes more: a page of a queue with all that is shared with it, a case, the calendar or a
day's work 100 ms, a search of a thousand a second. What is shared with a queue, and what it is told of, is put in order
by looking at each, so the page grows with that: here there is a hundredth as much of it as of the queue's own.

What counts is the time of processors, of the server's process and of those that serve it in the database, and how it
grows from one size to the next in one run: the clock of a machine that others use says little, and is only printed.
Where processors are slow just then, as one opening of a sealing tells, they may take as much longer.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from time import perf_counter, process_time

from sqlmodel import Session

from app.casework.diary import add_task
from app.duties import watch_clocks
from app.vault.hybrid import key_pair, new_private_key, open_with, seal_to
from tests.benchmarks.filling import DUE, Filling
from tests.benchmarks.installed import Installed
from tests.benchmarks.pages import Shown, look
from tests.cast import Cast
from tests.service.client import Client
from tests.service.desk import Desk
from tests.service.load import percentile
from tests.service.machine import serving
from tests.service.processor import all_seconds_used, connections_of, resident_bytes

SIZES = (1_000, 10_000, 100_000)
TIMES = 20
PASSES = 10
# What one opening of a sealing takes on a quiet machine of two cores.
OPENING = 80e-6
LIST, DAYS_WORK, SEARCH, STEP = 0.04, 0.1, 1.0, 0.02
COUNTED = frozenset({"home", "workload"})
LISTS = frozenset({"home", "workload", "duty", "late cases"})
# What a server that has shown so many pages may hold more than before.
MEMORY = 32 << 20


@dataclass(frozen=True)
class Grown:
    """A queue at one size: how it was filled, what the worker's step over it costs, what the server holds."""

    cases: int
    filled_in: float
    clocks: float
    clocks_waited: float
    memory: int
    slowness: float

    def line(self) -> str:
        """All figures in a line."""
        return (
            f"{self.cases:7,} cases, filled in {self.filled_in:5.1f} s: the worker passes on {DUE} of them, processor "
            f"{self.clocks * 1000:5.1f} ms, {self.clocks_waited * 1000:5.1f} ms by the clock; the server holds "
            f"{self.memory >> 20} MiB; processors {self.slowness:.1f} times as slow as when it is quiet"
        )


def test_the_desk_is_as_fast_however_many_cases_there_are(installed: Installed) -> None:
    grown: list[Grown] = []
    shown = list(grown_and_looked_at(installed, "legal", SIZES, TIMES, grown))

    print(f"\nPages of the desk on {installed.kind}, one reader:")
    for each in sorted(shown, key=lambda each: each.page):
        print("  " + each.line())
    for size in grown:
        print("  " + size.line())
    slow = max(size.slowness for size in grown)
    pages = [_against(name, shown) for name in dict.fromkeys(each.page for each in shown)]
    for page in pages:
        print("  " + page.line(slow))
    print(f"  {'clocks':<21} {grown[-1].clocks / grown[0].clocks:4.2f} times")
    assert [page.name for page in pages if not page.is_flat(slow)] == []
    assert [page.name for page in pages if page.large.cost >= page.most * slow] == []
    assert grown[-1].clocks < 1.5 * grown[0].clocks + STEP * slow
    assert grown[-1].memory < grown[0].memory + MEMORY


@dataclass(frozen=True)
class Against:
    """A page at the largest size, held against the same page at a small one; ``most`` is what it may cost."""

    name: str
    small: Shown
    large: Shown
    most: float

    def is_flat(self, slow: float) -> bool:
        """Whether a hundred times as many cases make it no dearer; a processor's clock ticks a hundred times a second,
        and a few ticks are allowed."""
        return self.large.cost < 1.3 * self.small.cost + 0.005 * slow

    def line(self, slow: float) -> str:
        """How many times as dear, and whether that is flat."""
        ratio, told = self.large.cost / max(self.small.cost, 1e-4), "flat" if self.is_flat(slow) else "NOT FLAT"
        return f"{self.name:<21} {ratio:4.2f} times ({self.small.cases:,} → {self.large.cases:,} cases), {told}"


def _against(name: str, shown: Iterable[Shown]) -> Against:
    *_, large = of_it = [each for each in shown if each.page == name]
    # Up to a thousand are counted on these pages, so they are held against a queue that has as many.
    small = of_it[1 if name in COUNTED else 0]
    most = SEARCH if name == "search" else DAYS_WORK if name not in LISTS else LIST
    return Against(name, small, large, most)


def grown_and_looked_at(
    installed: Installed, queue_id: str, sizes: tuple[int, ...], times: int, grown: list[Grown]
) -> Iterator[Shown]:
    """Let a queue grow, and look at it at each size."""
    cast = installed.cast
    filling = Filling(cast, queue_id, cast.founded_account("daria"), cast.founded_account("bohdan"))
    _promise(cast, filling.real)
    with serving(installed.machine) as service, ExitStack() as windows:
        people = {
            part: Desk(windows.enter_context(Client(service.port)), name, *cast.secrets(name))
            for part, name in (("lead", "daria"), ("coordinator", "lena"), ("beside", "oksana"))
        }
        for size in sizes:
            begun = perf_counter()
            filling.grow_to(size)
            filled_in, slowness = perf_counter() - begun, _slowness()
            passes = [_pass(cast) for _ in range(PASSES)]
            yield from look(service, cast.engine, people, queue_id, size, times)
            clocks, waited = (percentile([each[part] for each in passes], 0.5) for part in (0, 1))
            held = resident_bytes(service.process.pid)
            grown.append(Grown(size, filled_in, clocks, waited, held, max(slowness, _slowness())))


def _slowness() -> float:
    """How many times as long as on a quiet machine one opening takes the processor just now; 1 where it is quiet."""
    pair = key_pair(new_private_key())
    sealed = seal_to(pair.public, b"x" * 300, b"a benchmark")
    begun, number = process_time(), 400
    for _ in range(number):
        open_with(pair, sealed, b"a benchmark")
    return max(1.0, (process_time() - begun) / number / OPENING)


def _promise(cast: Cast, cases: list[str]) -> None:
    """Something is due in many cases: more than the calendar shows at once."""
    # Six digits are good once: those of a while ago leave the present ones to the window.
    now = datetime.now(UTC) - timedelta(minutes=2)
    daria = cast.member("daria", now)
    for number, case_id in enumerate(cases):
        day: date = now.date() + timedelta(days=number % 20)
        with cast.session() as session:
            add_task(
                session, daria, case_id, {"text": "Подзвонити", "service": "legal", "day": day.isoformat()}, "", now
            )


def _pass(cast: Cast) -> tuple[float, float]:
    """One step over all that is late, taken back: seconds of the processors, the database's too, and by the clock."""
    with closing(Session(cast.engine)) as session:
        session.connection()
        serving_it = connections_of(cast.engine)
        used, begun = process_time() + all_seconds_used(serving_it), perf_counter()
        watch_clocks(session, "", datetime.now(UTC))
        session.flush()
        taken = process_time() + all_seconds_used(serving_it) - used, perf_counter() - begun
        session.rollback()
        return taken
