"""What came of it: whether what was acknowledged is there, once, and how long whom was kept waiting by which fault."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from app.intake.errors import IntakeError
from tests.cast import Cast
from tests.durability.kept import _case_of, _marks
from tests.durability.stubborn import Shown
from tests.faults.families import Met
from tests.faults.siege import COUNTS, Phase, Siege
from tests.service.load import percentile


@dataclass(frozen=True)
class Kept:
    """Of so many acknowledged reports: how many no code opens, how many came twice, and how many nobody was told of."""

    acknowledged: int
    lost: int
    twice: int
    unasked: int


def count_kept(cast: Cast, shown: Sequence[Shown]) -> Kept:
    """Open every case with its code, and read every case as staff read it."""
    marks = _marks(cast, COUNTS)

    def opens(one: Shown) -> bool:
        try:
            return marks.get(_case_of(cast, one.code)) == one.mark
        except IntakeError:
            return False

    with ThreadPoolExecutor(4) as pool:
        lost = sum(not opened for opened in pool.map(opens, shown))
    times = Counter(marks.values())
    told = {one.mark for one in shown}
    return Kept(
        len(shown),
        lost,
        sum(count - 1 for count in times.values()),
        sum(mark not in told for mark in times),
    )


def table(siege: Siege, phases: Sequence[Phase]) -> Iterator[str]:
    """A line for each fault: requests answered, those refused and broken on the way, the longest wait, and p99."""
    yield (
        f"{'fault':28} {'reports':>7} {'answers':>7} {'refused':>7} {'broken':>6}"
        f" {'outage s':>8} {'p99 s':>6} {'desk s':>6}  what was seen"
    )
    all_met = sorted((met for family in siege.families for met in family.met), key=lambda met: met.at)
    for each in phases:
        met, desk = [*_within(all_met, each)], [*_within(siege.staff.met, each)]
        yield (
            f"{each.name:28} {each.reports:7} {len(met):7} {sum(one.refused for one in met):7}"
            f" {sum(one.broken for one in met):6} {_longest(met):8.2f}"
            f" {percentile((one.last_seconds for one in met), 0.99):6.2f} {_longest(desk):6.2f}  {each.said}"
        )


def _within(met: Iterable[Met], of: Phase) -> Iterator[Met]:
    return (one for one in met if of.begun <= one.at < of.ended)


def _longest(met: Sequence[Met]) -> float:
    return max((one.seconds for one in met), default=0.0)
