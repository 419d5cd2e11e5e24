"""One's own sessions in the browser, JavaScript off: seen, ended, and what was being written is not lost by it."""

from datetime import timedelta

import pytest

from tests.journeys.house import House
from tests.journeys.looking import NARROW, too_wide

pytestmark = pytest.mark.browser


def test_another_session_is_seen_and_ended_and_its_unsent_words_come_back(house: House) -> None:
    case = house.cast.case_of(house.cast.report())
    here, there = house.staff("daria"), house.staff("daria")
    there.log_in()
    there.open(f"/desk/cases/{case}")
    house.clock.pass_by(timedelta(minutes=7))
    here.log_in()
    here.page.set_viewport_size(NARROW)
    here.open("/desk/me")
    assert too_wide(here.page) == []
    listed = here.page.locator("main .queues li")
    assert listed.locator("h2").all_inner_texts() == [here.say("This session"), here.say("Another session")]
    assert here.press(listed.nth(1).locator("button")) == 200
    assert listed.count() == 1

    there.note("Слова, які ще нікуди не пішли.")
    assert there.status == 401
    assert there.log_in_here() == 200
    assert there.page.locator("textarea").first.input_value() == "Слова, які ще нікуди не пішли."

    # Somebody who knows the passphrase and has no digits is seen as well, and ended with all others.
    thief = house.staff("daria")
    thief.open("/desk/login")
    thief.first_step()
    here.open("/desk/me")
    assert here.says("Не сказано, коли він почався")
    here.press("form:has([value=all]) button")
    assert listed.count() == 1
    thief.second_step()
    assert thief.path.startswith("/desk/login"), "the right digits come too late"
