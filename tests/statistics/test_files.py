"""Files: CSV that HXL tools read, XLSX, JSON, SVG; each says release, method and range."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import hxl
import pytest

from app.statistics.errors import NoSuchRelease
from app.statistics.periods import Period, ReleaseKind
from app.statistics.releases import Figures, Released
from app.web.figures.answering import file_of, number_of
from app.web.figures.files import FILES, as_csv, as_json, as_svg, as_xlsx
from app.web.figures.views import release_view, side_views

OBLASTS = Figures(
    "oblast_month", "oblast", "month", 1, 3, 334, 10, 9,
    (("UA14", "2026-07", 412), ("UA14", "2026-08", 31), ("UA14", "2026-09", None), ("UA01", "2026-07", None),
     ("UA85", "2026-07", 12), ("abroad", "2026-07", None)),
)  # fmt: skip
NEEDS = Figures("need", "need", "", 3, 5, 600, 10, 15, (("tracing", "", 90), ("unknown", "", 14), ("body", "", None)))
NOTHING = replace(NEEDS, cells=(("body", "", None),))
RELEASE = Released(3, ReleaseKind.INTAKE, Period(2026, 3), "2026-11", 0.95, 3036, date(2026, 11, 20), (OBLASTS, NEEDS))
LANGUAGES = ("uk", "ru", "crh", "en")


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_csv_holds_what_is_shown_and_nothing_else() -> None:
    tags, *found = rows(as_csv(RELEASE, OBLASTS, "uk"))
    assert tags["oblast"] == "#adm1+code"
    assert [(row["oblast"], row["month"], row["people"], row["at_least"], row["at_most"]) for row in found] == [
        ("UA14", "2026-07", "412", "403", "421"),
        ("UA14", "2026-08", "31", "22", "40"),
        ("UA85", "2026-07", "12", "3", "21"),
    ]
    assert {(row["release"], row["period"]) for row in found} == {("3", "2026-Q3")}
    assert all("scale 3" in row["method"] and "0.334 of 3.036" in row["method"] for row in found)


def test_a_csv_of_a_table_that_shows_nothing_says_of_which_release_and_how() -> None:
    tags, only = rows(as_csv(RELEASE, NOTHING, "uk"))
    assert tags["people"] == "#affected+num"
    assert (only["release"], only["period"]) == ("3", "2026-Q3")
    assert "scale 5" in only["method"]
    assert {value for name, value in only.items() if name not in {"release", "period", "method"}} == {""}


@pytest.mark.parametrize("table", [*RELEASE.tables, NOTHING], ids=lambda table: f"{table.code}-{len(table.cells)}")
def test_tools_for_hxl_find_the_csv_valid(table: Figures) -> None:
    # As HXL tools read it: by its tags, whatever the header says.
    text = as_csv(RELEASE, table, "en").decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert "#affected+num" in hxl.data(lines).display_tags
    required = "false" if table is NOTHING else "true"
    schema = hxl.schema(
        [
            ["#valid_tag", "#valid_required", "#valid_datatype", "#valid_value+regex"],
            ["#affected+num", required, "number", ""],
            ["#affected+num+min", required, "number", ""],
            ["#adm1+code", "false", "text", "UA[0-9]{2}|abroad|unknown"],
            ["#meta+release", "true", "number", ""],
        ]
    )
    assert schema.validate(hxl.data(lines))
    found = (row.get("#affected+num-min-max") for row in hxl.data(lines))
    assert [figure for figure in found if figure] == [str(value) for *_, value in table.cells if value is not None]


def test_no_cell_is_taken_for_a_formula() -> None:
    odd = Figures("need", "need", "", 3, 5, 600, 10, 15, (("=cmd|'/c calc'!A1", "", 90), ("@sum", "", 14)))
    assert [row["need"] for row in rows(as_csv(RELEASE, odd, "uk"))[1:]] == ["'=cmd|'/c calc'!A1", "'@sum"]
    with zipfile.ZipFile(io.BytesIO(as_xlsx(RELEASE, odd, "uk"))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_workbook_says_what_it_is() -> None:
    with zipfile.ZipFile(io.BytesIO(as_xlsx(RELEASE, NEEDS, "uk"))) as book:
        texts = book.read("xl/sharedStrings.xml").decode()
    for words in ("Про що просять родини", "differential privacy", "2026-Q3", "#affected+num"):
        assert words in texts


def test_json_says_what_it_is() -> None:
    found = json.loads(as_json(RELEASE, NEEDS, "uk"))
    assert (found["release"], found["period"], found["range"], found["confidence"]) == (3, "2026-Q3", 15, 0.95)
    assert [figure["people"] for figure in found["figures"]] == [90, 14]
    assert found["figures"][0]["at_most"] == 105


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_stands_alone_in_every_language(language: str) -> None:
    for table in RELEASE.tables:
        written = as_svg(RELEASE, table, language)
        picture = ET.fromstring(written)  # noqa: S314 - Our own picture.
        assert picture.tag.endswith("svg")
        assert b"style" not in written
        assert b"script" not in written
        assert written.count(b"\xc2\xb1") == sum(value is not None for *_, value in table.cells)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_has_every_region_crimea_and_sevastopol_in_it(language: str) -> None:
    view = release_view(RELEASE, language).tables[0]
    shapes = {shape.code: shape for shape in view.shapes}
    assert len(shapes) == 27
    assert (shapes["UA14"].shade, shapes["UA85"].shade, shapes["UA01"].shade) == (5, 1, 0)
    assert shapes["UA85"].circle is not None
    assert [line.code for line in view.lines] == ["UA14", "UA85"]
    assert view.hidden == 2


def test_what_is_not_there_is_no_file() -> None:
    for table, kind in (("need", "pdf"), ("nothing", "csv")):
        with pytest.raises(NoSuchRelease):
            file_of(RELEASE, table, kind, "uk")
    for text in ("x", "-1", "1e3", "٣", "12345678"):
        with pytest.raises(NoSuchRelease):
            number_of(text)
    for kind in FILES:
        assert file_of(RELEASE, "need", kind, "uk").headers["content-disposition"].endswith(f'need.{kind}"')


def test_what_stands_side_by_side_is_drawn_on_one_scale() -> None:
    cells = (("UA14", "2026-04", 824), ("UA44", "2026-04", 100))
    other = replace(RELEASE, number=4, period=Period(2026, 2), tables=(replace(OBLASTS, cells=cells),))
    left, right = (view.tables[0] for view in side_views([RELEASE, other], "en"))
    lengths = {cell.value: cell.length for view in (left, right) for line in view.lines for cell in line.cells}
    assert lengths[824] == pytest.approx(2 * lengths[412], abs=2)
    assert left.legend == right.legend
    assert left.legend[-1] == (5, 660, 824)
    shades = {shape.code: shape.shade for shape in left.shapes}
    assert (shades["UA14"], shades["UA85"], shades["UA01"]) == (3, 1, 0)


def test_the_legend_says_which_numbers_each_shade_stands_for() -> None:
    (view,) = side_views([RELEASE], "en")
    sums = {"UA14": 412 + 31, "UA85": 12}
    bounds = {shade: (least, most) for shade, least, most in view.tables[0].legend}
    for shape in view.tables[0].shapes:
        if shape.shade:
            least, most = bounds[shape.shade]
            assert least <= sums[shape.code] <= most
    # What is too small to be shown has no shade.
    assert bounds[1][0] == OBLASTS.threshold


def test_the_legend_names_no_number_that_is_never_shown() -> None:
    few = replace(OBLASTS, threshold=20, cells=(("UA14", "2026-04", 25), ("UA44", "2026-04", None)))
    (view,) = side_views([replace(RELEASE, tables=(few,))], "en")
    assert view.tables[0].legend == ((4, 20, 20), (5, 21, 25))
