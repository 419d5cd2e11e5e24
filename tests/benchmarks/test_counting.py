"""Expected: a release over a hundred thousand facets in 15 s, and a million in no more memory."""

from tests.benchmarks.counting import fill_facets, make_release, open_all
from tests.benchmarks.installed import Installed

FACETS = 100_000
# Of a million only so many are sealed for the key: what is looked at is memory.
REAL, MANY = 20_000, 1_000_000


def test_a_release_is_counted_in_the_time_that_opening_takes(installed: Installed) -> None:
    lena = installed.cast.member("lena")
    fill_facets(installed.cast, FACETS, FACETS)
    bare = open_all(installed.cast, lena)
    counted = make_release(installed.cast, lena)

    print(
        f"\nA release on {installed.kind}: {FACETS:,} facets in {counted.seconds:.1f} s, {counted.steps} steps, "
        f"the slowest {counted.slowest_step:.1f} s; {counted.processor_seconds:.1f} s of all processors, "
        f"{counted.own_seconds:.1f} of them in the service itself; the bare loop of opening takes {bare:.1f} s of one"
    )
    assert counted.seconds < 15
    assert counted.processor_seconds < 1.8 * bare + 2
    assert counted.own_seconds < bare


def test_a_million_facets_take_no_more_memory_than_the_first_of_them(installed: Installed) -> None:
    fill_facets(installed.cast, REAL, MANY)
    counted = make_release(installed.cast, installed.cast.member("lena"))

    print(
        f"\nA release on {installed.kind}: {MANY:,} facets in {counted.seconds:.1f} s, the slowest step "
        f"{counted.slowest_step:.1f} s; at most {counted.early_bytes >> 20} MiB in an early step, "
        f"{counted.late_bytes >> 20} MiB in the last"
    )
    assert counted.late_bytes < counted.early_bytes + (8 << 20)
