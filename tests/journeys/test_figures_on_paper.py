"""Figures on paper, JavaScript off: map and tables with their ranges and what was done to them, and no buttons."""

import pytest

from tests.journeys.house import House
from tests.statistics.made import confirm, facet, make, put

pytestmark = pytest.mark.browser


def test_a_release_is_printed_with_its_map_its_ranges_and_its_method(house: House) -> None:
    put(house.cast, [facet(need=["tracing"])] * 60 + [facet(oblast="UA85")] * 30)
    make(house.cast)
    confirm(house.cast)
    amina = house.family()
    assert amina.open("/uk/figures") == 200
    amina.page.emulate_media(media="print")
    shown = amina.page.locator("main :is(figure.map > svg, table) >> visible=true")
    assert shown.count() > 3
    assert amina.page.locator("main figure.map > svg >> visible=true").count() == 1
    for told in ("60 ± 9", "30 ± 9", "412 ± 4"):
        assert amina.says(told), told
    assert amina.page.locator("main :is(.files, form, button, .button) >> visible=true").count() == 0
    assert amina.page.locator("#leave >> visible=true").count() == 0
