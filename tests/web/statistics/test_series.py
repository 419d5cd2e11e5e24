"""Series: the figures of several releases in their order, each with its own range, and nothing where one is hidden."""

from datetime import date

import pytest

from app.statistics.errors import NoSuchRelease
from app.statistics.periods import Period, ReleaseKind
from app.statistics.releases import Figures, Released
from app.web.figures.series import MOST_RELEASES, kinds_in_series, of_kind, series_of, series_views
from app.web.figures.views import side_views


def released(number: int, period: Period, missing: int | None, killed: int | None, half_range: int = 9) -> Released:
    cells = (("missing", "", missing), ("killed", "", killed), ("wounded", "", None))
    table = Figures("situation", "situation", "", 1, 3, 334, 20, half_range, cells)
    return Released(number, ReleaseKind.INTAKE, period, "2026-11", 0.95, 3036, date(2026, 11, 20), (table,))


THREE = (
    released(3, Period(2026, 3), 90, 30),
    released(2, Period(2026, 2), 60, None, 12),
    released(1, Period(2026, 1), 30, 40),
)


def test_figures_stand_in_the_order_of_their_quarters_with_the_range_of_their_own_release() -> None:
    (view,) = series_views(of_kind(THREE, ReleaseKind.INTAKE), "en")
    missing, killed = view.lines
    assert [(cell.value, cell.half_range) for cell in missing.cells] == [(30, 9), (60, 12), (90, 9)]
    assert [cell.column[:5] for cell in missing.cells] == ["01.01", "01.04", "01.07"]
    assert [cell.value for cell in killed.cells] == [40, None, 30]
    assert view.hidden == 1


def test_a_line_is_broken_where_a_figure_is_not_shown() -> None:
    (view,) = series_views(of_kind(THREE, ReleaseKind.INTAKE), "uk")
    whole, broken = (line.curve for line in view.lines)
    assert whole is not None
    assert broken is not None
    assert (whole.path.count("M"), len(whole.bands)) == (1, 1)
    assert (broken.path.count("M"), len(broken.bands)) == (2, 2)
    # The middle third of the field stays empty.
    xs = [float(corner.split(",")[0]) for band in broken.bands for corner in band.split()]
    assert not any(1000 / 3 < x < 2000 / 3 for x in xs)


def test_a_table_of_which_no_quarter_shows_anything_is_listed_and_not_drawn() -> None:
    quiet = [released(2, Period(2026, 2), None, None), released(1, Period(2026, 1), None, None)]
    shown = series_of(quiet, "intake", "uk")
    assert (shown["views"], [view.code for view in shown["empty"]]) == ([], ["situation"])
    once = series_of([*quiet, released(3, Period(2026, 3), 30, None)], "intake", "uk")
    assert ([view.code for view in once["views"]], once["empty"]) == (["situation"], [])


def test_a_table_that_is_empty_in_one_of_two_releases_keeps_its_place_beside_the_other() -> None:
    told, quiet = released(2, Period(2026, 2), 30, None), released(1, Period(2026, 1), None, None)
    (alone,) = side_views([quiet], "uk")
    assert ([view.code for view in alone.tables], [view.code for view in alone.empty]) == ([], ["situation"])
    for beside in side_views([told, quiet], "uk"):
        assert ([view.code for view in beside.tables], beside.empty) == (["situation"], ())
    assert [view.empty for view in side_views([quiet, quiet], "uk")] == [alone.empty, alone.empty]


def test_one_release_is_no_course_and_of_many_the_newest_stand() -> None:
    many = [released(number, Period(2020 + number // 4, number % 4 + 1), 50, 50) for number in range(12)]
    assert [each.number for each in of_kind(many, ReleaseKind.INTAKE)] == list(range(12 - MOST_RELEASES, 12))
    assert list(kinds_in_series(many)) == ["intake"]
    assert kinds_in_series(many[:1]) == {}
    for kind in ("outcome", "other", ""):
        with pytest.raises(NoSuchRelease):
            series_of(many, kind, "uk")
