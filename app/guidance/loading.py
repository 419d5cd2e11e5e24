"""Reading the guidance out of its files, and refusing texts without a source, a review or a reader."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from app.guidance.definition import Guidance, Helper, Page, Section
from app.storage.errors import RodynaError

Table = Mapping[str, Any]

TEXTS = Path(__file__).parent / "texts"
TONES = frozenset({"", "heed"})

_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])", re.ASCII)


class BadGuidance(RodynaError):
    """The files of the guidance contradict themselves, or a text lacks its source."""


@cache
def current() -> Guidance:
    """Return the guidance that is shown."""
    return read_guidance(lambda name: tomllib.loads((TEXTS / f"{name}.toml").read_text(encoding="utf-8")))


def read_guidance(read: Callable[[str], Table]) -> Guidance:
    """Build the guidance from its tables: `read` gives the one of a name ("guidance", "shared", or a page's code).

    Raises: BadGuidance, KeyError
    """
    whole = read("guidance")
    builder = _Builder(whole, read("shared"))
    guidance = Guidance(
        version=whole["version"],
        pages=tuple(builder.page(code, number, read(code)) for number, code in enumerate(whole["pages"], 1)),
        shown_the_list=tuple(whole["shown_the_list"]),
    )
    _refuse_two_ways(guidance)
    builder.refuse_unused()
    return guidance


class _Builder:
    """Puts pages together, and remembers which sources, helpers and shared sections they used."""

    def __init__(self, whole: Table, shared: Table) -> None:
        self._reviewed: str = whole["reviewed"]
        self._known = {"source": whole["sources"], "helper": whole["helpers"], "section": shared}
        self._used: set[tuple[str, str]] = set()

    def page(self, code: str, number: int, table: Table) -> Page:
        return Page(
            code=code,
            number=number,
            situations=tuple(table["situations"]),
            title=table["title"],
            lead=table["lead"],
            sections=tuple(self._section(code, entry) for entry in table["sections"]),
            may_be_the_reader=table.get("may_be_the_reader", True),
        )

    def refuse_unused(self) -> None:
        # What no page shows is reviewed by nobody.
        unused = {(kind, name) for kind, names in self._known.items() for name in names} - self._used
        if unused:
            raise BadGuidance(f"used nowhere: {sorted(unused)}")

    def _section(self, page: str, entry: Table) -> Section:
        table = self._take("section", entry["use"]) if "use" in entry else entry
        helpers = tuple(self._helper(name) for name in table.get("helpers", ()))
        named = [*table.get("sources", ()), *self._sources_of(table.get("helpers", ()))]
        section = Section(
            title=table["title"],
            paragraphs=tuple(table.get("paragraphs", ())),
            points=tuple(table.get("points", ())),
            helpers=helpers,
            sources=tuple(dict.fromkeys(self._take("source", name) for name in named)),
            reviewed=table.get("reviewed", self._reviewed),
            tone=table.get("tone", ""),
        )
        _refuse_unfounded(page, section)
        return section

    def _helper(self, name: str) -> Helper:
        table = self._take("helper", name)
        return Helper(name, table["name"], table["does"], table["risk"])

    def _sources_of(self, helpers: Sequence[str]) -> list[str]:
        return [source for name in helpers for source in self._known["helper"][name]["sources"]]

    def _take(self, kind: str, name: str) -> Any:
        if name not in self._known[kind]:
            raise BadGuidance(f"no {kind} of this name: {name}")
        self._used.add((kind, name))
        return self._known[kind][name]


def _refuse_unfounded(page: str, section: Section) -> None:
    if not section.sources:
        raise BadGuidance(f"a text without a source: {page}, {section.title}")
    if not _MONTH.fullmatch(section.reviewed):
        raise BadGuidance(f"a text without a month of review: {page}, {section.title}")
    if section.tone not in TONES or not (section.paragraphs or section.points or section.helpers):
        raise BadGuidance(f"a section that cannot be shown: {page}, {section.title}")


def _refuse_two_ways(guidance: Guidance) -> None:
    addresses = [address for page in guidance.pages for address in {page.code, *page.situations}]
    addresses += guidance.shown_the_list
    twice = {address for address in addresses if addresses.count(address) > 1}
    if twice:
        raise BadGuidance(f"two pages for one situation: {sorted(twice)}")
