"""Expected: the page of a queue in less than 40 ms, and no slower for a hundred thousand cases than for a thousand."""

from collections.abc import Iterator

from tests.benchmarks.filling import Filling
from tests.benchmarks.installed import Installed
from tests.benchmarks.pages import FILTERS, Shown, look
from tests.service.client import Client
from tests.service.desk import Desk
from tests.service.machine import serving

SIZES = (1_000, 10_000, 100_000)
TIMES = 40


def test_a_queue_is_listed_as_fast_however_long_it_is(installed: Installed) -> None:
    shown = list(grown_and_looked_at(installed, "legal", SIZES, TIMES))

    print(f"\nPages of the desk on {installed.kind}, one reader:")
    for each in sorted(shown, key=lambda each: each.page):
        print("  " + each.line())
    for name in FILTERS:
        small, *_, large = [each for each in shown if each.page == name]
        assert large.median < 0.04
        assert large.cost < 1.3 * small.cost + 0.003


def grown_and_looked_at(installed: Installed, queue_id: str, sizes: tuple[int, ...], times: int) -> Iterator[Shown]:
    """Let a queue grow, and look at it at each size."""
    cast = installed.cast
    daria = next(each.person for each in cast.founded.people if each.plan.name == "daria")
    filling = Filling(cast, queue_id, daria.account_id)
    with serving(installed.machine) as service, Client(service.port) as window:
        desk = Desk(window, "daria", *cast.secrets("daria"))
        for size in sizes:
            filling.grow_to(size)
            yield from look(service, desk, queue_id, size, times)
