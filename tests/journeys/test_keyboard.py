"""A whole report with the keyboard alone: every stop shows where it is, and nothing lies over it."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Page

from app.questionnaire import current
from tests.journeys.family import Family
from tests.journeys.house import House
from tests.journeys.staff import Staff

pytestmark = pytest.mark.browser

MOST_STOPS = 150
# What is focused has a ring, lies in sight, and is what a finger would touch there: in its middle, or in a large field
# where the writing begins.
SHOWN = """(selector) => {
    const element = document.activeElement, style = getComputedStyle(element);
    if (element === document.body) return "the page itself";
    const box = element.getClientRects()[0];
    const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 24)];
    const there = document.elementFromPoint(x, y);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return "no ring: " + element.outerHTML;
    if (!there || !(element.contains(there) || there.contains(element))) return "covered: " + element.outerHTML;
    return element.matches(selector) ? "there" : "";
}"""
# What is chosen in each step: a field, and the keys that answer it once the focus is there.
KEYS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "safety": {"device": ("Space", "ArrowDown", "ArrowDown", "ArrowDown"), "in_occupied": ("Space",)},
    "situation": {"situation": ("Space", "ArrowUp", "ArrowUp"), "oblast": ("ArrowDown", "ArrowDown", "ArrowDown")},
    "taking": {"threat": ("Space", "Tab", "Tab", "Space")},
    "consent": {"consent_ngo": ("Space",)},
}


class Keyboard:
    """Somebody who has no mouse and no finger on a screen."""

    def __init__(self, page: Page) -> None:
        """Begin at the top of the page."""
        self.page = page
        self.stops = 0

    def go_to(self, selector: str) -> None:
        """Press Tab until the focus is there, and look at every stop on the way."""
        for _stop in range(MOST_STOPS):
            self.press("Tab")
            shown = self.page.evaluate(SHOWN, selector)
            assert shown in {"", "there"}
            if shown:
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        self.stops += keys.count("Tab")

    def write(self, selector: str, text: str) -> None:
        """Go to a field and type into it."""
        self.go_to(selector)
        self.page.keyboard.type(text)

    def enter(self, selector: str) -> int:
        """Go to a button or a link and press it."""
        self.go_to(selector)
        return self.enter_here()

    def enter_here(self) -> int:
        """Press Enter where the focus is, and wait for the page that comes."""
        with self.page.expect_navigation() as coming:
            self.press("Enter")
        assert coming.value is not None
        return coming.value.status


@pytest.mark.parametrize(("language", "phone"), [("uk", False), ("crh", True)])
def test_a_whole_report_is_told_sent_and_read_with_the_keyboard_alone(house: House, language: str, phone: bool) -> None:
    family = house.family(language, phone=phone)
    family.open(f"/{language}/")
    hands = Keyboard(family.page)
    assert hands.enter("main .row .on") == 200
    assert hands.enter("main .row .on") == 200
    for step in current().step_codes[:-1]:
        _answer(hands, step)
        assert hands.enter("main .row .on") == 200
    _is_what_was_chosen(family)
    hands.enter("main .row .on")
    code = family.code()
    hands.write("#typed", code)
    # In a field, too, Enter goes on.
    assert hands.enter_here() == 200
    assert family.page.locator("#code").count() == 0
    assert hands.enter("main .row .button") == 200
    hands.write("main [name=code]", code)
    assert hands.enter_here() == 200
    hands.write("main [name=message]", "Дякуємо.")
    assert hands.enter("main form[action$='/case'] button") == 200
    assert family.path == f"/{language}/case/written"
    assert hands.stops > 200


def _answer(hands: Keyboard, step: str) -> None:
    for field, keys in KEYS.get(step, {}).items():
        hands.go_to(f"main [name={field}]")
        hands.press(*keys)
    if step == "person":
        hands.write("main [name=surname]", "Сонцецвітенко")
    if step == "needs":
        hands.write("main [name=story]", "Його забрали.")


def _is_what_was_chosen(family: Family) -> None:
    questions = current().questions
    chosen = {"device": "may_be_checked", "situation": "exchanged_to_ru", "oblast": "UA14"}
    for question, value in chosen.items():
        choice = questions[question].choice(value)
        assert choice is not None
        assert family.says(family.say(choice.label))
    assert family.says("Сонцецвітенко")


def test_at_the_desk_a_case_is_opened_and_answered_with_the_keyboard_alone(house: House) -> None:
    house.cast.report()
    staff = house.staff("daria", "en")
    _log_in_by_keyboard(staff)
    hands = Keyboard(staff.page)
    assert hands.enter("main .queues h2 a") == 200
    assert hands.enter("tbody th a") == 200
    assert hands.enter("main .steps form[action$=take] button") == 200
    hands.write("main [name=message]", "Ми з вами.")
    assert hands.enter("form[action$=message] button") == 200
    assert staff.page.locator(".talk .ours", has_text="Ми з вами.").count() == 1


def _log_in_by_keyboard(staff: Staff) -> None:
    hands = Keyboard(staff.page)
    staff.open("/desk/login?language=en")
    hands.write("main [name=name]", staff.name)
    hands.write("main [name=password]", staff.cast.secrets(staff.name)[0])
    assert hands.enter_here() == 200
    hands.write("main [name=totp]", staff.digits())
    assert hands.enter_here() == 200
