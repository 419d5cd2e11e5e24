"""Going back and coming again after a report was sent, in the whole browser that a person has."""

import pytest
from sqlmodel import func, select

from app.casefile.tables import Case
from tests.journeys.family import SHORT
from tests.journeys.house import House

pytestmark = pytest.mark.browser
# What going back and coming again does is the browser's own affair.
WHOLE_BROWSER = True


def _cases(house: House) -> int:
    with house.cast.session() as session:
        return session.exec(select(func.count()).select_from(Case)).one()


def test_a_report_that_is_sent_twice_has_one_code_and_is_one_case(house: House) -> None:
    family = house.family(script=True)
    family.tell(SHORT)
    code = family.send()
    assert family.page.locator("[name=draft]").count() == 1

    # The line broke before the answer came: the page is asked for again, and then the one before it.
    family.page.reload()
    assert family.code() == code
    assert family.back() == 200
    assert family.code() == code
    assert _cases(house) == 1
    assert family.note(code) == 200


def test_after_the_code_was_typed_going_back_shows_neither_it_nor_the_report(house: House) -> None:
    family = house.family("ru")
    family.tell(SHORT)
    code = family.send()
    family.note(code)

    # The browser asks again for the page of the code, for the one with all answers, for the last step.
    said = ""
    for _page in range(3):
        assert family.back() == 200
        said += family.page.locator("main").inner_text()
        assert code not in family.page.content().replace(" ", "")
        assert family.page.locator("#code, .facts, textarea").count() == 0
        assert family.heading == family.say("This report has already been received")
    assert family.say("Nothing was sent twice. You have noted the code already, and it is not shown again.") in said
    assert _cases(house) == 1


def test_what_was_changed_after_sending_is_pointed_to_a_message(house: House) -> None:
    family = house.family("en")
    family.tell(SHORT)
    family.press("main .facts button[formaction$='#relation']")
    family.fill({"relation": "sibling"})
    family.go("check")
    code = family.send()

    # The page from before the change has other answers than those that were received.
    family.back()
    family.back()

    assert family.code() == code
    assert family.says("What was received first stands; what you changed since has not been added.")
    assert _cases(house) == 1
