"""Telling two neighbouring data sets apart by what is released: how much privacy loss can be shown, not computed.

Whoever attacks knows everybody but one person, and that person's answers; the only thing they do not know is whether
the person is in. Many releases are made of both data sets, and the best test there is (the likelihood ratio, Neyman
and Pearson 1933) is put to them. What it shows is a lower bound of epsilon that holds with overwhelming probability
(Jagielski, Ullman, Oprea 2020, "Auditing Differentially Private Machine Learning", with Chernoff's bound in place of
Clopper and Pearson's).
"""

from collections.abc import Callable, Sequence
from math import log
from typing import Any

from app.statistics.counting import Adding, Counts, belongs, nothing_counted
from app.statistics.declaring import Table, declared
from app.statistics.noise import Mechanism
from app.statistics.periods import Period

# The chance that a sound mechanism is called broken, for each test: these tests run for years.
FALSE_ALARM = 1e-9

Adder = Callable[[Counts, tuple[Table, ...], dict[str, Any]], None]


def add(counts: Counts, tables: tuple[Table, ...], person: dict[str, Any]) -> None:
    """Add a person as a making does."""
    Adding(counts, tables).add(person)


def changed_cells(person: dict[str, Any], table: Table, period: Period, adder: Adder = add) -> list[tuple[int, int]]:
    """What the cells of a table hold without and with the person, where that differs; others are in it too."""
    counts = nothing_counted((table,), period)
    if not belongs(person, table.kind, period):
        return []
    for cell in counts[table.code]:
        counts[table.code][cell] = 40
    before = dict(counts[table.code])
    adder(counts, (table,), person)
    return [(before[cell], after) for cell, after in counts[table.code].items() if after != before[cell]]


def shown_loss(
    person: dict[str, Any],
    tables: Sequence[Table],
    periods: Sequence[Period],
    mechanism: Mechanism,
    releases: int,
    adder: Adder = add,
) -> float:
    """The privacy loss that can be shown from so many releases of all these tables and periods together."""
    without, within = [0.0] * releases, [0.0] * releases
    for table in tables:
        for period in periods:
            cells = changed_cells(person, table, period, adder)
            for known, told in ((without, 0), (within, 1)):
                exact = [cell[told] for cell in cells for _ in range(releases)]
                for at, value in enumerate(mechanism(table, exact) if exact else ()):
                    out, put_in = cells[at // releases]
                    known[at % releases] += (abs(value - out) - abs(value - put_in)) / table.scale
    return _bound(within, without)


def declared_loss(tables: Sequence[Table]) -> float:
    """What the tables are declared to draw from a person."""
    return sum(table.epsilon_milli for table in tables) / 1000


def all_tables() -> tuple[Table, ...]:
    """Every declared table of both kinds."""
    return declared().tables


def _bound(within: list[float], without: list[float]) -> float:
    """The threshold is chosen on one half and judged on the other, in both directions."""
    half = len(within) // 2
    best = 0.0
    for sign in (1, -1):
        one, other = (within, without) if sign > 0 else (without, within)
        candidates = sorted({sign * value for value in one[:half]})
        if not candidates:
            return 0.0
        step = max(1, len(candidates) // 40)
        chosen = max(candidates[::step], key=lambda t: _loss(one[:half], other[:half], sign, t))
        best = max(best, _loss(one[half:], other[half:], sign, chosen))
    return best


def _loss(one: list[float], other: list[float], sign: int, threshold: float) -> float:
    often = _limit(sum(sign * value >= threshold for value in one), len(one), upper=False)
    seldom = _limit(sum(sign * value >= threshold for value in other), len(other), upper=True)
    return log(often / seldom) if often > 0 else 0.0


def _limit(hits: int, tries: int, *, upper: bool) -> float:
    """The end of the interval that the true chance lies in (Chernoff: n KL(p^ | p) <= log(1 / false alarm))."""
    seen = hits / tries
    low, high = (seen, 1.0) if upper else (0.0, seen)
    for _ in range(60):
        middle = (low + high) / 2
        inside = tries * _divergence(seen, middle) <= log(1 / FALSE_ALARM)
        if inside is upper:
            low = middle
        else:
            high = middle
    return low if upper else high


def _divergence(seen: float, chance: float) -> float:
    if chance in {0.0, 1.0}:
        return 0.0 if seen == chance else float("inf")
    first = seen * log(seen / chance) if seen > 0 else 0.0
    second = (1 - seen) * log((1 - seen) / (1 - chance)) if seen < 1 else 0.0
    return first + second
