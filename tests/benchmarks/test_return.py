"""How long a family waits when it comes back with its code, among a hundred thousand other cases."""

import json

from tests.benchmarks.filling import Filling
from tests.benchmarks.installed import Installed
from tests.benchmarks.pages import measure
from tests.benchmarks.receiving import over_the_interface
from tests.service.client import Answer, Client
from tests.service.machine import serving

CASES = 100_000
TIMES = 60


def test_a_family_comes_back(installed: Installed) -> None:
    Filling(installed.cast, "legal", "somebody").grow_to(CASES)
    with serving(installed.machine) as service, Client(service.port) as family:
        code = json.loads(next(iter(over_the_interface(1, 5)))(family).body)["code"]

        def come_back() -> Answer:
            return family.post_json("/api/v1/return", {"code": code})

        bearer = {"Authorization": f"Bearer {come_back().json()['token']}"}
        shown = [
            measure(service, "return", CASES, come_back, TIMES),
            measure(service, "thread", CASES, lambda: family.get("/api/v1/thread", bearer), TIMES),
        ]

    print(f"\nComing back on {installed.kind}, one family:")
    for each in shown:
        print("  " + each.line())
    assert all(each.median < 0.2 for each in shown)
