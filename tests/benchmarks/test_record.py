"""How long the auditors wait for the record of a hundred thousand actions, signatures included."""

from tests.benchmarks.installed import Installed
from tests.benchmarks.record import fill_record, time_check

ENTRIES = 100_000


def test_the_record_is_verified_to_its_last_entry(installed: Installed) -> None:
    verdict, seconds = time_check(installed.cast, fill_record(installed.cast, ENTRIES))

    print(f"\nThe record on {installed.kind}: {ENTRIES:,} entries in {seconds:.1f} s; a million take ten times as long")
    assert (verdict.entries, verdict.reason) == (ENTRIES, None)
    assert seconds < 60
