"""Every page of both sides, examined: light and dark, phone and desktop, narrow with large text, every language."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, ViewportSize

from app.web.languages import SOURCE, STAFF, offered
from tests.journeys.further_pages import NOT_TOURED
from tests.journeys.house import DESKTOP, PHONE, House
from tests.journeys.looking import OF_WORDS, axe_finds, too_small, too_wide, too_wide_when_narrow_and_large
from tests.journeys.tour import desk_tour, family_tour
from tests.web.walking import left_in_english
from tests.web.ways_in import walked

pytestmark = pytest.mark.browser

Light = Literal["light", "dark"]
FAMILY_PAGES, DESK_PAGES = 53, 74
Way = tuple[ViewportSize, Light]
# All four ways to see a page are examined, though not each in every language: colours and places do not hang on it.
SEEN: Mapping[str, Way] = {
    "uk": (PHONE, "dark"),
    "ru": (PHONE, "light"),
    "crh": (DESKTOP, "dark"),
    "en": (DESKTOP, "light"),
}
# Every rule of axe in a language that is seen light and in one that is seen dark, those about words in all.
EVERY_RULE = {"uk", "en"}
# The desk's pages are many and made of the same parts: each is seen in one of two ways, with axe in one language.
SEEN_AT_THE_DESK: Sequence[Way] = (SEEN["uk"], SEEN["en"])


class Examiner:
    """Goes along, examines every page, and keeps what was found."""

    def __init__(self, language: str, ways: Iterable[Way], *, axe: bool = True, rules: Sequence[str] = ()) -> None:
        """Look out for pages in `language`, page by page in the next of some ways to see them."""
        self.language, self.ways, self.axe, self.rules = language, cycle(ways), axe, rules
        self.seen: list[str] = []
        self.addresses: set[str] = set()
        self.found: list[str] = []

    def __call__(self, name: str, page: Page) -> None:
        """Examine the page that is shown."""
        self.seen.append(name)
        self.addresses.add(urlsplit(page.url).path)
        self._note(name, "language", [self.language] if page.get_attribute("html", "lang") != self.language else [])
        if self.language != SOURCE:
            text = page.locator("body").inner_text()
            self._note(name, "left in English", left_in_english(text))
        self._note(name, "narrow", too_wide_when_narrow_and_large(page))
        size, light = next(self.ways)
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=light)
        found = [*too_small(page), *too_wide(page), *(axe_finds(page, only=self.rules) if self.axe else ())]
        self._note(name, f"{size['width']} px, {light}", found)

    def conclude(self, pages: int) -> None:
        """Fail with everything that was found, or where pages were left out."""
        if self.found:
            pytest.fail("\n".join(self.found), pytrace=False)
        assert len(set(self.seen)) == len(self.seen) == pages

    def left_out(self, house: House, side: str) -> set[str]:
        """The addresses of a side that lead to pages, and that nobody opened; why not is said for some."""
        routes = [found.path for found in walked(house.application) if found.method == "GET" and found.side == side]
        # Of two that fit, the one with fewer names in it is meant.
        routes.sort(key=lambda path: path.count("{"))
        opened = {next((path for path in routes if _fits(path, address)), "") for address in self.addresses}
        return set(routes) - opened - NOT_TOURED.keys()

    def _note(self, name: str, where: str, found: Sequence[object]) -> None:
        self.found += [f"{name}: {where}: {one}" for one in found]


def _fits(path: str, address: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)), address) is not None


@pytest.mark.parametrize("language", offered())
def test_every_page_of_the_families_holds_in_every_language(house: House, language: str) -> None:
    examiner = Examiner(language, [SEEN[language]], rules=() if language in EVERY_RULE else OF_WORDS)
    family_tour(house, language, examiner)
    examiner.conclude(FAMILY_PAGES)
    assert examiner.left_out(house, "family") == set()


@pytest.mark.parametrize("language", STAFF)
def test_every_page_of_the_desk_holds_in_both_languages(house: House, language: str) -> None:
    examiner = Examiner(language, SEEN_AT_THE_DESK, axe=language != SOURCE)
    desk_tour(house, language, examiner)
    examiner.conclude(DESK_PAGES)
    assert examiner.left_out(house, "desk") == set()


def test_an_address_is_left_out_with_a_reason_only_where_it_is_one(house: House) -> None:
    assert {found.path for found in walked(house.application) if found.method == "GET"} >= NOT_TOURED.keys()
