"""Expected: none refused, fifty reports in a second and three fifths of the least's rate, p99 under 400 ms."""

from tests.benchmarks.bare import durable_insert
from tests.benchmarks.installed import Installed
from tests.benchmarks.receiving import over_the_form, over_the_interface, receive
from tests.service.load import send_all
from tests.service.machine import serving

REPORTS = 480
WARMING = 16


def test_reports_are_accepted_nearly_as_fast_as_they_can_be_sealed(installed: Installed) -> None:
    cast = installed.cast
    with durable_insert(cast.url, installed.folder) as insert, serving(installed.machine) as service:
        for requests in (over_the_interface(WARMING, 1), over_the_form(cast, WARMING, 2)):
            assert send_all(service.port, requests).refused == 0
        received = [
            receive(service, cast, "interface", over_the_interface(REPORTS, 3), insert),
            receive(service, cast, "form", over_the_form(cast, REPORTS, 4), insert),
        ]

    print(f"\nReports on {installed.kind}, eight clients:")
    for each in received:
        print("  " + each.line())
    for each in received:
        assert each.refused == 0
        assert each.per_second >= 50
        assert each.share >= 0.6
        assert each.wait(0.99) < 0.4
