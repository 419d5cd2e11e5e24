"""The way out: from every page, at once, with nothing left behind; by a key only where a script runs."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from app.accounts.sessions import SessionKind
from app.accounts.tables import SessionRow
from app.web.family.words import VISIT_ENDED
from app.web.languages import offered
from tests.journeys.family import Family
from tests.journeys.house import House
from tests.journeys.test_every_page import FAMILY_PAGES
from tests.journeys.tour import WROTE, family_tour

pytestmark = pytest.mark.browser

BESIDE = "() => document.getElementById('leave').setAttribute('target', '_blank')"
HINT = "#leave-hint"
FORGET = '"cache", "cookies", "storage"'


class Leaver:
    """Goes along, and at every page takes the way out into a window beside it."""

    def __init__(self, house: House) -> None:
        """Nothing was left yet."""
        self.house = house
        self.left: list[str] = []

    def __call__(self, name: str, page: Page) -> None:
        """Leave, look at what is left, and undo it, so that the tour goes on."""
        with self._undone(page.context):
            page.evaluate(BESIDE)
            with page.context.expect_page() as opened, page.context.expect_event("response", _is_leaving) as answer:
                page.click("#leave button")
            away = opened.value
            expect(away).to_have_title("An ordinary page")
            assert away.url == self.house.neutral, name
            assert answer.value.status == 303
            assert answer.value.all_headers()["clear-site-data"] == FORGET
            assert page.context.cookies() == [], name
            away.close()
        self.left.append(name)

    @contextmanager
    def _undone(self, context: BrowserContext) -> Iterator[None]:
        cookies = context.cookies()
        locators = [SessionKind.FAMILY.keys(cookie["value"]).locator for cookie in cookies]
        with self.house.cast.session() as session:
            rows = [session.get_one(SessionRow, locator).model_dump() for locator in locators]
        yield
        with self.house.cast.session() as session:
            assert [session.get(SessionRow, locator) for locator in locators] == [None] * len(rows)
            session.add_all(SessionRow(**row) for row in rows)
        context.add_cookies(cookies)  # type: ignore[arg-type] # What it gives and what it takes have the same fields.


def _is_leaving(response: Response) -> bool:
    return response.url.endswith("/leave")


def _has_left(family: Family, house: House) -> bool:
    return family.page.url == house.neutral and family.page.context.cookies() == []


def test_from_every_page_the_way_out_leads_to_an_ordinary_one_and_leaves_nothing(house: House) -> None:
    leaver = Leaver(house)
    family_tour(house, "uk", leaver, script=False)
    assert len(leaver.left) == FAMILY_PAGES


@pytest.mark.parametrize("language", offered())
def test_whoever_goes_back_after_leaving_finds_the_question_for_the_code(house: House, language: str) -> None:
    family = house.family(language)
    family.come_back(house.cast.report())
    family.fill({"message": WROTE})

    family.leave()

    assert _has_left(family, house)
    assert family.back() == 401
    assert family.page.locator("main [name=code]").count() == 1
    assert WROTE.splitlines()[0] not in family.page.content()
    assert not family.says(family.say(VISIT_ENDED))


def test_the_way_out_is_open_when_nothing_can_be_stored(house: House) -> None:
    family = house.family()
    family.come_back(house.cast.report())
    with house.nothing_can_be_stored():
        family.leave()
    assert _has_left(family, house)


def test_the_way_out_is_an_address_too(house: House) -> None:
    family = house.family("crh")
    family.come_back(house.cast.report())
    family.open("/crh/leave")
    assert _has_left(family, house)


def test_the_way_out_stays_in_sight_and_is_the_first_thing_that_the_keyboard_reaches(house: House) -> None:
    family = house.family("en")
    family.open("/en/report/situation")
    assert family.page.evaluate("() => { scrollTo(0, 900); return scrollY }") == 900
    box = family.page.locator("#leave button").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 100
    family.open("/en/report/situation")
    for _link in ("to the content", "home"):
        family.page.keyboard.press("Tab")
    family.page.keyboard.press("Tab")
    family.page.keyboard.press("Enter")
    expect(family.page).to_have_url(house.neutral)


def test_three_times_shift_leaves_where_a_script_runs(house: House) -> None:
    family = house.family("ru", phone=False, script=True)
    family.come_back(house.cast.report())
    expect(family.page.locator(HINT)).to_be_visible()
    assert family.say("Pressing the Shift key three times does the same.") == family.page.locator(HINT).inner_text()
    for _time in range(3):
        family.page.keyboard.press("Shift")
    expect(family.page).to_have_url(house.neutral)
    assert family.page.context.cookies() == []


def test_capital_letters_and_two_times_shift_leave_nothing(house: House) -> None:
    family = house.family("uk", phone=False, script=True)
    family.come_back(house.cast.report())
    family.field("message").focus()
    for letter in "ABCD":
        family.page.keyboard.press(f"Shift+{letter}")
    for _time in range(2):
        family.page.keyboard.press("Shift")
    family.page.keyboard.press("x")
    family.page.keyboard.press("Shift")
    assert family.typed("message") == "ABCDx"
    assert family.path == "/uk/case"


def test_without_scripts_no_key_is_promised_and_none_does_anything(house: House) -> None:
    family = house.family("uk", phone=False)
    family.open("/uk/")
    expect(family.page.locator(HINT)).to_be_hidden()
    for _time in range(3):
        family.page.keyboard.press("Shift")
    assert family.path == "/uk/"
