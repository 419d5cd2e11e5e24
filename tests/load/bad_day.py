"""``make load``: ten times a bad day for minutes, with a thousand junk reports a minute, on each kind of database.

Expected: no failed request, p99 within a second, memory flat; an urgent report is read within seconds.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.installed import Installed
from tests.cast import plans
from tests.load.crowd import HASTY, IDLE, Crowd
from tests.service.client import Client
from tests.service.founded import durable_database, founded_cast, founded_machine
from tests.service.load import percentile
from tests.service.machine import serving

SECONDS = 60
URGENT_AFTER = [10, 20, 30, 40, 50]
# Python's own allocator takes a while to have what it needs.
MOST_GROWTH = 1.1


@pytest.fixture(params=["sqlite", "postgresql"])
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installed]:
    """The whole cast on an empty installation that waits for the disk."""
    with durable_database(request.param, tmp_path) as database, founded_cast(database.url, plans()) as cast:
        yield Installed(request.param, cast, founded_machine(cast, tmp_path / "machine"), tmp_path)


def test_ten_times_a_bad_day(installed: Installed) -> None:
    with serving(installed.machine) as service:
        crowd = Crowd(installed.cast, service, SECONDS)
        crowd.run(IDLE, URGENT_AFTER)
    print(f"\nTen times a bad day on {installed.kind}, {SECONDS} s:", *crowd.lines(), sep="\n  ")

    assert crowd.waits.failures == []
    assert percentile(crowd.waits.of_all(), 0.99) < 1
    assert crowd.memory[-1] < MOST_GROWTH * crowd.memory[len(crowd.memory) // 2]
    for each in crowd.through:
        assert each.place <= len(URGENT_AFTER)
        assert each.read < 5


def test_junk_that_claims_to_be_as_urgent(installed: Installed) -> None:
    """Then order does not help: a person sets aside what stands before it, a page at a time."""
    with serving(installed.machine) as service:
        crowd = Crowd(installed.cast, service, 30)
        crowd.run(HASTY, [25])
        with Client(service.port) as window:
            watcher = crowd.colleague("ivan").log_in(window)
            (through,) = crowd.through
            pages, seconds = crowd.set_aside(watcher, through.case_id)
    print(f"\nJunk that claims haste on {installed.kind}:", *crowd.lines(), sep="\n  ")
    print(f"  what stood before it was set aside in {pages} pages, {seconds:.1f} s of the machine")

    assert crowd.waits.failures == []
    assert seconds / pages < 1
