"""Counting: what one facet adds to the tables of a release, and how far a whole table may be off. Pure."""

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

from app.statistics.declaring import MONTH, UNKNOWN, Table
from app.statistics.periods import Period, ReleaseKind

# Cell of a table -> how many; a cell is written "row|column".
Counts = dict[str, dict[str, int]]
_NOT_TOLD = (UNKNOWN,)
_COUNTED_BY = {ReleaseKind.INTAKE: "received", ReleaseKind.OUTCOME: "closed"}


def nothing_counted(tables: tuple[Table, ...], period: Period) -> Counts:
    """Every cell of every table with nothing in it."""
    return {table.code: {cell_key(*cell): 0 for cell in table.cells(period)} for table in tables}


def belongs(facet: Mapping[str, Any], kind: ReleaseKind, period: Period) -> bool:
    """Whether a facet is counted in this release: a month lies in one period, so it is in no other of the kind."""
    return facet.get(_COUNTED_BY[kind], "") in period.months


class Adding:
    """Adds people to the counts; the cells of what was answered alike before are not looked for again.

    Kept for one step of a making, so that what it remembers does not grow with the number of people.
    """

    def __init__(self, counts: Counts, tables: tuple[Table, ...]) -> None:
        """Add to these counts, which hold every cell of the tables."""
        self._tables = [(table, counts[table.code], dict[Any, tuple[str, ...]]()) for table in tables]

    def add(self, facet: Mapping[str, Any]) -> None:
        """Add one person to every table, in each to at most as many cells as it declares."""
        for table, cells, known in self._tables:
            row, column = _answer(facet, table.rows), _answer(facet, table.columns)
            answered = (tuple(row) if isinstance(row, list) else row, column)
            try:
                found = known[answered]
            except KeyError:
                found = known[answered] = _cells_of(table, cells, row, column)
            except TypeError:
                # None of ours: who has the public key can seal lists of lists, and that must stop nothing.
                found = _cells_of(table, cells, row, column)
            for key in found:
                cells[key] += 1


def half_range(scale: int, confidence: float) -> int:
    """The least k such that discrete Laplace noise of this scale is within ±k with this confidence.

    P(|X| > k) = 2 a**(k+1) / (1 + a), with a = exp(-1/scale) (Ghosh, Roughgarden, Sundararajan 2009, the geometric
    mechanism).
    """
    ratio = exp(-1 / scale)
    k = 0
    while 2 * ratio ** (k + 1) / (1 + ratio) > 1 - confidence:
        k += 1
    return k


def cell_key(row: str, column: str) -> str:
    """A cell as counts name it."""
    return f"{row}|{column}"


def _cells_of(table: Table, cells: Mapping[str, int], row: Any, column: Any) -> tuple[str, ...]:
    """The cells of a table that these answers fall into, each once."""
    in_column = _codes(column)[0] if table.columns else ""
    found = {_cell(cells, each, in_column) for each in _codes(row)[: table.answers]}
    return tuple(key for key in found if key is not None)


def _cell(cells: Mapping[str, int], row: str, column: str) -> str | None:
    """The cell that an answer falls into; a code that the table does not know counts as not told."""
    key = f"{row}|{column}"
    if key in cells:
        return key
    tries = ((UNKNOWN, column), (row, UNKNOWN), (UNKNOWN, UNKNOWN))
    return next((key for key in (cell_key(*place) for place in tries) if key in cells), None)


def _answer(facet: Mapping[str, Any], dimension: str) -> Any:
    return facet.get("received" if dimension == MONTH else dimension)


def _codes(value: Any) -> Sequence[str]:
    if isinstance(value, list):
        return [code or UNKNOWN for code in value] or _NOT_TOLD
    return (value,) if value else _NOT_TOLD
