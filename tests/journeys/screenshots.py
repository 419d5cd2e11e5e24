"""Photographs every page of both sides, in every language, on a phone and a desktop, light and dark.

Run by `make screenshots`, into a folder that git does not track; `make test` leaves it out.
"""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from app.web.languages import STAFF, offered
from tests.journeys.house import DESKTOP, PHONE, House
from tests.journeys.tour import desk_tour, family_tour

FOLDER = Path("screenshots")
SIZES = {"phone": PHONE, "desktop": DESKTOP}
LIGHTS: tuple[Literal["light", "dark"], ...] = ("light", "dark")


class Photographer:
    """Goes along and takes four pictures of every page."""

    def __init__(self, folder: Path) -> None:
        """Put the pictures into `folder`."""
        self.folder = folder
        self.taken = 0
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, name: str, page: Page) -> None:
        """Photograph the page that is shown."""
        before = page.viewport_size
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            for light in LIGHTS:
                page.emulate_media(color_scheme=light)
                page.screenshot(path=str(self.folder / f"{name}-{size}-{light}.png"), full_page=True)
                self.taken += 1
        assert before is not None
        page.set_viewport_size(before)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("language", offered())
def test_the_pages_of_families(house: House, language: str) -> None:
    photographer = Photographer(FOLDER / "family" / language)
    family_tour(house, language, photographer)
    assert photographer.taken


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("language", STAFF)
def test_the_pages_of_staff(house: House, language: str) -> None:
    photographer = Photographer(FOLDER / "desk" / language)
    desk_tour(house, language, photographer)
    assert photographer.taken
