"""What a page of figures shows: facts only, so that templates choose words and nothing else."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.statistics.declaring import MONTH
from app.statistics.periods import Period
from app.statistics.releases import Figures, Released
from app.web.figures.words import KINDS, TABLES, code_in_words
from app.web.pages import translate_into

# Shades of the map; a region of which nothing is shown has none.
SHADES = 5
_WIDTH = 1000


@dataclass(frozen=True)
class Cell:
    """A figure with the ends of its range on a scale of a thousand; ``value`` None where it is not shown."""

    value: int | None
    half_range: int
    length: int
    low: int
    high: int
    column: str


@dataclass(frozen=True)
class Curve:
    """A course through time on a field of 1000 by 100: a path, and the corners of the bands of its range."""

    path: str
    bands: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One row of a table; ``curve`` where its cells follow one another in time."""

    code: str
    label: str
    cells: tuple[Cell, ...]
    curve: Curve | None = None


@dataclass(frozen=True)
class Shape:
    """A region on the map: a path, or a circle (cx, cy, r)."""

    code: str
    label: str
    path: str
    circle: tuple[int, int, int] | None
    shade: int


@dataclass(frozen=True)
class TableView:
    """A table as a page shows it; ``hidden`` is how many rows have no figure that is shown, and are left out."""

    code: str
    title: str
    half_range: int
    threshold: int
    answers: int
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    hidden: int
    shapes: tuple[Shape, ...]
    # What the shades of the map stand for: shade, least, most.
    legend: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class ReleaseView:
    """A release as a page shows it; ``empty`` are the tables of which nothing is shown, here or beside it."""

    release: Released
    kind: str
    period: str
    percent: int
    epsilon: float
    tables: tuple[TableView, ...]
    empty: tuple[TableView, ...]


def side_views(releases: Sequence[Released], language: str) -> list[ReleaseView]:
    """Releases that are looked at together: what stands beside one another is drawn on one scale."""
    return [release_view(each, language, releases) for each in releases]


def release_view(release: Released, language: str, beside: Sequence[Released] = ()) -> ReleaseView:
    """A release in a language; its tables are on one scale with the same tables of those ``beside``."""
    same = {code: [table for each in beside for table in each.tables if table.code == code] for code in TABLES}
    views = tuple(table_view(table, language, same[table.code]) for table in release.tables)
    # A table that is empty here alone keeps its place, so that what stands beside one another is the same.
    told = {table.code for each in (release, *beside) for table in each.tables if _shows_anything(table)}
    return ReleaseView(
        release=release,
        kind=translate_into(language)(KINDS[release.kind.value]),
        period=period_in_words(release.period),
        percent=round(release.confidence * 100),
        epsilon=release.epsilon_milli / 1000,
        tables=tuple(view for view in views if view.code in told),
        empty=tuple(view for view in views if view.code not in told),
    )


def period_in_words(period: Period) -> str:
    """The quarter as numbers that all languages read alike: ``01.07 – 30.09.2026``."""
    first, last = period.months[0], period.months[-1]
    days = 31 if last.endswith(("03", "12")) else 30
    return f"01.{first[5:]} – {days}.{last[5:]}.{last[:4]}"


def table_view(table: Figures, language: str, beside: Sequence[Figures] = ()) -> TableView:
    """A table in a language, on one scale with those ``beside`` it."""
    together = (table, *beside)
    most = max(((value or 0) + each.half_range for each in together for _, _, value in each.cells), default=1) or 1
    darkest = max(max(_sums(each).values(), default=0) for each in together)
    columns = tuple(dict.fromkeys(column for _, column, _ in table.cells))
    lines = []
    for row in dict.fromkeys(row for row, _, _ in table.cells):
        cells = tuple(
            scaled(value, table.half_range, most, code_in_words(table.columns, column, language) if column else "")
            for code, column, value in table.cells
            if code == row
        )
        lines.append(Line(row, code_in_words(table.rows, row, language), cells))
    shown = tuple(line for line in lines if any(cell.value is not None for cell in line.cells))
    return TableView(
        code=table.code,
        title=translate_into(language)(TABLES[table.code]),
        half_range=table.half_range,
        threshold=table.threshold,
        answers=table.answers,
        columns=tuple(code_in_words(table.columns, column, language) for column in columns if column),
        lines=shown if table.columns == MONTH or table.code == "age_sex" else _largest_first(shown),
        hidden=len(lines) - len(shown),
        shapes=_shapes(table, lines, darkest) if table.rows == "oblast" else (),
        legend=_legend(darkest, table.threshold) if table.rows == "oblast" else (),
    )


def _shows_anything(table: Figures) -> bool:
    return any(value is not None for _, _, value in table.cells)


def _largest_first(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: -(line.cells[0].value or 0)))


def scaled(value: int | None, half_range: int, most: int, column: str) -> Cell:
    """A figure on a scale that ends at ``most``."""
    shown = value or 0
    low, high = max(0, shown - half_range), shown + half_range
    return Cell(value, half_range, _WIDTH * shown // most, _WIDTH * low // most, _WIDTH * high // most, column)


def _sums(table: Figures) -> dict[str, int]:
    """The sum of what is shown of each region of the map."""
    sums = dict.fromkeys(_outlines(), 0) if table.rows == "oblast" else {}
    for row, _, value in table.cells:
        if row in sums:
            sums[row] += value or 0
    return sums


def _shapes(table: Figures, lines: list[Line], darkest: int) -> tuple[Shape, ...]:
    """The map: each region by the sum of what is shown of it, in shades; the numbers themselves stand in the table."""
    sums, labels = _sums(table), {line.code: line.label for line in lines}
    return tuple(
        Shape(code, labels.get(code, code), path, circle, -(-SHADES * sums[code] // (darkest or 1)))
        for code, (path, circle) in _outlines().items()
    )


def _legend(darkest: int, threshold: int) -> tuple[tuple[int, int, int], ...]:
    """The shades from zero on, of which those are named that a number which is large enough to be shown can have."""
    ends = [darkest * shade // SHADES for shade in range(SHADES + 1)]
    shades = ((shade, max(ends[shade - 1] + 1, threshold), ends[shade]) for shade in range(1, SHADES + 1))
    return tuple((shade, least, most) for shade, least, most in shades if least <= most)


@cache
def _outlines() -> Mapping[str, tuple[str, tuple[int, int, int] | None]]:
    data: dict[str, Any] = tomllib.loads((Path(__file__).parent / "ukraine.toml").read_text(encoding="utf-8"))
    paths = {code: (path, None) for code, path in data["shapes"].items()}
    circles = {code: ("", (circle["cx"], circle["cy"], circle["r"])) for code, circle in data["circles"].items()}
    return {**paths, **circles}
