"""Released tables as files: CSV with HXL tags, XLSX, JSON, SVG. Each says release, method and range."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import xlsxwriter

from app.statistics.declaring import MONTH
from app.statistics.releases import Figures, Released
from app.web.figures.views import release_view, table_view
from app.web.figures.words import code_in_words
from app.web.pages import environment

# HXL 1.1: one tag for a column of codes, one for its labels.
_TAGS = {
    "oblast": ("#adm1+code", "#adm1+name"),
    "raion": ("#adm2+code", "#adm2+name"),
    MONTH: ("#date+month", "#date+month+name"),
    "age": ("#population+age+code", "#population+age+name"),
    "sex": ("#population+sex+code", "#population+sex+name"),
    "need": ("#need+code", "#need+name"),
}
_OTHERWISE = ("#indicator+code", "#indicator+name")
_FIGURES = (
    ("people", "#affected+num"),
    ("at_least", "#affected+num+min"),
    ("at_most", "#affected+num+max"),
    ("release", "#meta+release"),
    ("period", "#date+period"),
    ("method", "#meta+method"),
)
# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table_rows(release: Released, table: Figures, language: str) -> tuple[list[str], list[str], list[list[Any]]]:
    """Header, HXL tags, and a row for each figure that is shown."""
    dimensions = [name for name in (table.rows, table.columns) if name]
    header = [part for name in dimensions for part in (name, f"{name}_label")] + [name for name, _ in _FIGURES]
    tags = [tag for name in dimensions for tag in _TAGS.get(name, _OTHERWISE)] + [tag for _, tag in _FIGURES]
    rows = []
    for row, column, value in table.cells:
        if value is None:
            continue
        codes = [(name, code) for name, code in ((table.rows, row), (table.columns, column)) if name]
        labels = [part for name, code in codes for part in (code, code_in_words(name, code, language))]
        low, high = max(0, value - table.half_range), value + table.half_range
        rows.append([*labels, value, low, high, release.number, str(release.period), method_of(release, table)])
    return header, tags, rows


def method_of(release: Released, table: Figures) -> str:
    """The method in one line of English, for whoever calculates with the figures."""
    return (
        f"differential privacy: discrete Laplace noise of scale {table.scale} on every cell, zeros included; "
        f"at most {table.answers} per person; epsilon {table.epsilon_milli / 1000:.3f} of "
        f"{release.epsilon_milli / 1000:.3f}; below {table.threshold} not shown; "
        f"range at {release.confidence:.0%} confidence; tables {release.declaration}"
    )


def as_csv(release: Released, table: Figures, language: str) -> bytes:
    """The table as CSV, the tags in its second row; where nothing is shown, one row says of which release and how."""
    header, tags, rows = table_rows(release, table, language)
    nothing = [""] * header.index("release") + [release.number, str(release.period), method_of(release, table)]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerows([header, tags, *([_harmless(value) for value in row] for row in rows or [nothing])])
    # Spreadsheets take a file without this mark for one of their own code page.
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def as_xlsx(release: Released, table: Figures, language: str) -> bytes:
    """The table as a workbook: the figures, and a sheet that says what they are."""
    header, tags, rows = table_rows(release, table, language)
    written = io.BytesIO()
    # Nothing is computed and nothing linked: a text stays a text, whatever it begins with.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        sheet = book.add_worksheet(table.code)
        for number, row in enumerate([header, tags, *rows]):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(2, 0)
        sheet.autofit()
        about = book.add_worksheet("about")
        for number, pair in enumerate(_about(release, table, language).items()):
            about.write_row(number, 0, [pair[0], str(pair[1])])
    return written.getvalue()


def as_json(release: Released, table: Figures, language: str) -> bytes:
    """The table as JSON."""
    header, _, rows = table_rows(release, table, language)
    keys = header[: header.index("release")]
    figures = [dict(zip(keys, row[: len(keys)], strict=True)) for row in rows]
    document = {**_about(release, table, language), "figures": figures}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def as_svg(release: Released, table: Figures, language: str) -> bytes:
    """The table as a picture that stands alone."""
    template = environment(language).get_template("figures/picture.svg")
    view = table_view(table, language)
    return template.render(table=view, view=release_view(release, language), method=method_of(release, table)).encode()


FILES: Mapping[str, tuple[str, Callable[[Released, Figures, str], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "json": ("application/json", as_json),
    "svg": ("image/svg+xml", as_svg),
}


def file_name(release: Released, code: str, kind: str) -> str:
    """What a file is called where it is saved."""
    return f"release-{release.number}-{code}.{kind}"


def _about(release: Released, table: Figures, language: str) -> dict[str, Any]:
    return {
        "release": release.number,
        "kind": release.kind.value,
        "period": str(release.period),
        "table": table.code,
        "title": table_view(table, language).title,
        "made": release.made.isoformat(),
        "range": table.half_range,
        "confidence": release.confidence,
        "method": method_of(release, table),
    }


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
