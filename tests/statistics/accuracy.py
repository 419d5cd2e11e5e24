"""How near the released figures are to what was counted: many made-up reports, the real tables, the real noise."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.demonstration.drawn import draw
from app.statistics.counting import Adding, Counts, belongs, cell_key, nothing_counted
from app.statistics.declaring import OUTCOMES, WAITED, declared
from app.statistics.facets import code_report
from app.statistics.noise import laplace, shown
from app.statistics.periods import Period, ReleaseKind

PERIOD = Period(2026, 3)
_NOW = datetime(2026, 9, 30, 12, tzinfo=UTC)
# What becomes of people is uneven, so that there are small cells too.
_FALLING = [0.7**place for place in range(len(OUTCOMES))]


@dataclass(frozen=True)
class Accuracy:
    """Of the cells that hold at least so many: how many there are, and the share that is shown and so near."""

    cells: int
    near: float


@dataclass(frozen=True)
class Measured:
    """How near the releases are to what was counted, and the share of all cells that they show."""

    of_50_within_10: Accuracy
    of_200_within_3: Accuracy
    share_shown: float


def count_drawn(reports: int, seed: int = 6) -> Counts:
    """What a quarter's two releases count of so many reports drawn by chance, of every family that sent one."""
    counts: Counts = {}
    for kind in ReleaseKind:
        counts |= nothing_counted(declared().of(kind), PERIOD)
    adding = {kind: Adding(counts, declared().of(kind)) for kind in ReleaseKind}
    for facet in _facets(reports, seed):
        for kind in ReleaseKind:
            assert belongs(facet, kind, PERIOD)
            adding[kind].add(facet)
    return counts


def measure(counts: Counts, releases: int) -> Measured:
    """Release the same counts so many times, since one release is one throw of the dice."""
    found = [pair for _ in range(releases) for pair in _released(counts)]
    return Measured(
        _accuracy(found, least=50, within=0.10),
        _accuracy(found, least=200, within=0.03),
        sum(told is not None for _, told in found) / len(found),
    )


def _released(counts: Counts) -> Iterator[tuple[int, int | None]]:
    """Of every cell of every table the number, and what is shown of it."""
    for table in declared().tables:
        exact = [counts[table.code][cell_key(*cell)] for cell in table.cells(PERIOD)]
        yield from zip(exact, shown(table, laplace(table, exact)), strict=True)


def _accuracy(found: list[tuple[int, int | None]], least: int, within: float) -> Accuracy:
    large = [(exact, told) for exact, told in found if exact >= least]
    near = sum(told is not None and abs(told - exact) <= within * exact for exact, told in large)
    return Accuracy(len(large), near / len(large) if large else 1.0)


def _facets(reports: int, seed: int) -> Iterator[Mapping[str, Any]]:
    dice = random.Random(seed)
    for report in draw(reports, seed, _NOW):
        received = datetime(2026, dice.randint(7, 9), 15, tzinfo=UTC)
        outcome = {"closed": f"2026-0{dice.randint(7, 9)}", "outcome": dice.choices(OUTCOMES, _FALLING)[0]}
        yield {**code_report(report.answers, received), **outcome, "first_answer": dice.choice(WAITED)}
