"""Guidance as it was written: pages, their sections, and who else helps."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Helper:
    """A body that helps: what it does, and what turning to it can bring with it."""

    code: str
    name: str
    does: str
    risk: str


@dataclass(frozen=True)
class Section:
    """One part of a page; `tone` is "heed" for what must not be overlooked, `reviewed` a month such as "2026-11"."""

    title: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]
    helpers: tuple[Helper, ...]
    sources: tuple[str, ...]
    reviewed: str
    tone: str = ""


@dataclass(frozen=True)
class Page:
    """The guidance for some situations; `number` is its place in the list, beginning with one.

    `may_be_the_reader` tells whether the person that the page is about may be the one who reads it.
    """

    code: str
    number: int
    situations: tuple[str, ...]
    title: str
    lead: str
    sections: tuple[Section, ...]
    may_be_the_reader: bool = True


@dataclass(frozen=True)
class Guidance:
    """All pages, in the order of the list; `shown_the_list` are the situations that no single page fits."""

    version: str
    pages: tuple[Page, ...]
    shown_the_list: tuple[str, ...]

    @cached_property
    def _by_address(self) -> Mapping[str, Page]:
        return {address: page for page in self.pages for address in (page.code, *page.situations)}

    def page_for(self, situation: str) -> Page | None:
        """Return the page for a situation of the questionnaire, or for a page's own code."""
        return self._by_address.get(situation)
