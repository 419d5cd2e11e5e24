"""Expected: a queue in less than 40 ms, and no page slower for a hundred thousand cases than for a thousand.

What opens many cases at once takes longer: a day's work 0.2 s, a search of a thousand 1.5 s.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from time import process_time

from sqlmodel import Session

from app.casework.diary import add_task
from app.duties import watch_clocks
from tests.benchmarks.filling import DUE, Filling
from tests.benchmarks.installed import Installed
from tests.benchmarks.pages import FILTERS, WORK, Shown, look
from tests.cast import Cast
from tests.service.client import Client
from tests.service.desk import Desk
from tests.service.load import percentile
from tests.service.machine import serving

SIZES = (1_000, 10_000, 100_000)
TIMES = 20
PASSES = 10


def test_the_desk_is_as_fast_however_many_cases_there_are(installed: Installed) -> None:
    passes: dict[int, float] = {}
    shown = list(grown_and_looked_at(installed, "legal", SIZES, TIMES, passes))

    print(f"\nPages of the desk on {installed.kind}, one reader:")
    for each in sorted(shown, key=lambda each: each.page):
        print("  " + each.line())
    for size, seconds in passes.items():
        print(f"  the worker passes on {DUE} of {size:7,} cases: {seconds * 1000:6.1f} ms")
    for name in (*FILTERS, *WORK, "home", "late cases", "search"):
        # Up to a thousand are counted on the first page, so it is held against a queue that has as many.
        *_, large = of_it = [each for each in shown if each.page == name]
        small = of_it[1 if name == "home" else 0]
        assert large.median < (1.5 if name == "search" else 0.2 if name in WORK else 0.04), name
        assert large.cost < 1.3 * small.cost + 0.005, name
    assert passes[SIZES[-1]] < 1.5 * passes[SIZES[0]] + 0.02


def grown_and_looked_at(
    installed: Installed, queue_id: str, sizes: tuple[int, ...], times: int, passes: dict[int, float]
) -> Iterator[Shown]:
    """Let a queue grow, and look at it at each size; how long the worker takes goes into ``passes``."""
    cast = installed.cast
    filling = Filling(cast, queue_id, cast.founded_account("daria"), cast.founded_account("bohdan"))
    _promise(cast, filling.real)
    with serving(installed.machine) as service, Client(service.port) as window, Client(service.port) as other:
        desk = Desk(window, "daria", *cast.secrets("daria"))
        coordinator = Desk(other, "lena", *cast.secrets("lena"))
        for size in sizes:
            filling.grow_to(size)
            passes[size] = percentile([_pass(cast) for _ in range(PASSES)], 0.5)
            yield from look(service, desk, coordinator, queue_id, size, times)


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


def _pass(cast: Cast) -> float:
    """The processor seconds of one step over all cases that are late, taken back afterwards."""
    with closing(Session(cast.engine)) as session:
        begun = process_time()
        watch_clocks(session, "", datetime.now(UTC))
        session.flush()
        seconds = process_time() - begun
        session.rollback()
        return seconds
