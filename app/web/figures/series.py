"""Series: the same tables through several releases, each figure with the range that it has in its own."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from app.statistics.declaring import MONTH
from app.statistics.errors import NoSuchRelease
from app.statistics.periods import ReleaseKind
from app.statistics.releases import Figures, Released
from app.web.figures.views import Cell, Curve, Line, TableView, period_in_words, release_view, scaled
from app.web.figures.words import KINDS, TABLES, code_in_words
from app.web.pages import translate_into

# Two years: more would make a page that nobody reads, and each release stands by itself.
MOST_RELEASES = 8
LEAST_RELEASES = 2
WIDE, HIGH = 1000, 100


class Point(NamedTuple):
    """A figure of a series at its place in time; ``value`` None where it is not shown."""

    value: int | None
    half_range: int
    moment: str


def kinds_in_series(releases: Sequence[Released]) -> dict[str, str]:
    """The kinds of which there are enough releases to show a course, with their msgids."""
    return {kind.value: KINDS[kind.value] for kind in ReleaseKind if of_kind(releases, kind)}


def series_of(releases: Sequence[Released], kind: str, language: str) -> dict[str, Any]:
    """What a page of a series shows.

    Raises: :class:`~app.statistics.errors.NoSuchRelease` where there are not releases enough, or no such kind.
    """
    found = of_kind(releases, ReleaseKind(kind)) if kind in set(ReleaseKind) else ()
    if not found:
        raise NoSuchRelease(kind[:8])
    views = series_views(found, language)
    return {
        "views": [view for view in views if view.lines],
        "empty": [view for view in views if not view.lines],
        "newest": release_view(found[-1], language),
        "kind": translate_into(language)(KINDS[kind]),
    }


def of_kind(releases: Sequence[Released], kind: ReleaseKind) -> tuple[Released, ...]:
    """The newest releases of a kind that make a series, oldest first; none where there is nothing to compare."""
    newest = sorted((each for each in releases if each.kind is kind), key=lambda each: each.period)[-MOST_RELEASES:]
    return tuple(newest) if len(newest) >= LEAST_RELEASES else ()


def series_views(releases: Sequence[Released], language: str) -> tuple[TableView, ...]:
    """Every table of these releases as a series, in the order and the labels of the newest."""
    return tuple(_series(table, releases, language) for table in releases[-1].tables)


def _series(newest: Figures, releases: Sequence[Released], language: str) -> TableView:
    found = [(each, table) for each in releases for table in each.tables if table.code == newest.code]
    points: dict[tuple[str, str], list[Point]] = {}
    for release, table in found:
        by_month = table.columns == MONTH
        for row, column, value in table.cells:
            moment = code_in_words(MONTH, column, language) if by_month else period_in_words(release.period)
            group = (row, "" if by_month else column)
            points.setdefault(group, []).append(Point(value, table.half_range, moment))
    most = max((point.value or 0) + point.half_range for group in points.values() for point in group)
    lines = [_line(newest, group, each, most, language) for group, each in points.items()]
    shown = tuple(line for line in lines if line is not None)
    return TableView(
        code=newest.code,
        title=translate_into(language)(TABLES[newest.code]),
        half_range=newest.half_range,
        threshold=newest.threshold,
        answers=newest.answers,
        columns=tuple(point.moment for point in next(iter(points.values()))),
        lines=shown,
        hidden=len(lines) - len(shown),
        shapes=(),
    )


def _line(table: Figures, group: tuple[str, str], points: Sequence[Point], most: int, language: str) -> Line | None:
    """A group through time; None where nothing of it is shown in any release."""
    if all(point.value is None for point in points):
        return None
    row, column = group
    words = [code_in_words(name, code, language) for name, code in ((table.rows, row), (table.columns, column)) if code]
    cells: tuple[Cell, ...] = tuple(scaled(point.value, point.half_range, most, point.moment) for point in points)
    return Line(row, ", ".join(words), cells, _curve(points))


def _curve(points: Sequence[Point]) -> Curve:
    """The course, on a scale of its own from zero; broken where a figure is not shown."""
    top = max((point.value or 0) + point.half_range for point in points if point.value is not None)
    at: Mapping[int, float] = {number: (number + 0.5) * WIDE / len(points) for number in range(len(points))}
    lines, bands = [], []
    for is_shown, run in groupby(enumerate(points), key=lambda each: each[1].value is not None):
        if not is_shown:
            continue
        there = [(at[number], point.value or 0, point.half_range) for number, point in run]
        # A figure alone between two that are not shown is a stroke as wide as its place.
        if len(there) == 1:
            (x, value, reach), half = there[0], WIDE / len(points) / 4
            there = [(x - half, value, reach), (x + half, value, reach)]
        lines.append("M" + "L".join(f"{x:.0f} {_height(value, top)}" for x, value, _ in there))
        above = [f"{x:.0f},{_height(value + reach, top)}" for x, value, reach in there]
        below = [f"{x:.0f},{_height(max(0, value - reach), top)}" for x, value, reach in reversed(there)]
        bands.append(" ".join(above + below))
    return Curve("".join(lines), tuple(bands))


def _height(value: int, top: int) -> int:
    return HIGH - HIGH * value // top
