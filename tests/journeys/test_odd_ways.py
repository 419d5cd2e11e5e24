"""What people do besides going straight on: too late, in another language, by an address, two at a time, away."""

from datetime import timedelta

import pytest

from app.intake.errors import UnknownCode
from app.intake.returning import open_return
from app.web.family.words import DRAFT_LOST, VISIT_ENDED
from app.web.languages import offered
from tests.journeys.family import SHORT, TOLD
from tests.journeys.house import House

pytestmark = pytest.mark.browser

WRITTEN = "Він зателефонував і сказав,\nщо суд перенесли."


def test_the_language_changes_in_the_middle_of_typing_and_nothing_is_lost(house: House) -> None:
    family = house.family()
    family.begin()
    family.fill(TOLD["safety"])
    family.go("next")
    family.fill(TOLD["situation"])
    # Half a date, which no language can take yet, is kept as well.
    typed = {**TOLD["situation"], "deadline_day": "30"}
    family.fill(typed)
    for language in (*offered()[1:], offered()[0]):
        assert family.switch(language) == 200
        assert family.language == language
        assert family.stands(typed)
        assert family.page.locator(".problems").count() == 0
    family.fill({"deadline_day": ""})
    assert family.go("next") == 200
    assert family.heading == family.say("About the person")


def test_the_code_can_be_read_in_another_language_before_it_is_typed(house: House) -> None:
    family = house.family("uk")
    family.tell(SHORT)
    code = family.send()
    family.switch("crh")
    assert family.language == "crh"
    assert family.code() == code
    assert family.note(code) == 200
    assert family.language == "crh"


def test_a_page_that_was_open_for_days_begins_again_and_keeps_what_was_typed_last(house: House) -> None:
    family = house.family("crh")
    family.begin()
    family.fill(TOLD["safety"])
    family.go("next")
    family.fill(TOLD["situation"])
    house.clock.pass_by(timedelta(hours=72))

    assert family.go("next") == 410

    assert family.says(family.say(DRAFT_LOST["too_old"]))
    assert family.page.locator("main form#step").get_attribute("action") == "/crh/report/safety"
    assert family.go("next") == 200
    assert family.stands(TOLD["situation"])


def test_a_step_that_is_opened_by_its_address_says_why_it_is_empty(house: House) -> None:
    family = house.family("en")
    assert family.open("/en/report/needs") == 200
    assert family.says(family.say(DRAFT_LOST["opened"]))


def test_a_visit_that_ended_keeps_the_message_until_the_code_is_typed_again(house: House) -> None:
    code = house.cast.report()
    family = house.family()
    family.come_back(code)
    family.fill({"message": WRITTEN})
    house.clock.pass_by(timedelta(hours=3))

    assert family.press("main form[action$='/case'] button") == 401

    assert family.says(family.say(VISIT_ENDED))
    assert family.typed("message") == WRITTEN
    assert family.enter(code) == 200
    assert family.path == "/uk/case/written"
    family.press("main .row .on")
    assert family.says("1 повідомлення від вас")


def test_a_session_that_ended_gives_back_what_was_being_written_after_the_log_in(house: House) -> None:
    case_id = house.cast.case_of(house.cast.report())
    staff = house.staff("daria", "en")
    staff.log_in()
    staff.open_case(case_id)
    house.clock.pass_by(timedelta(hours=2))

    assert staff.write(WRITTEN) == 401

    assert WRITTEN not in staff.page.content()
    assert staff.log_in_here() == 200
    assert staff.typed("message") == WRITTEN
    assert staff.page.locator("main .own").count() == 0
    assert staff.press("main .row .on") == 200
    assert staff.page.locator(".talk .ours", has_text=WRITTEN.splitlines()[1]).count() == 1


def test_a_session_that_ended_leads_back_to_the_page_that_was_asked_for(house: House) -> None:
    case_id = house.cast.case_of(house.cast.report())
    staff = house.staff("bohdan")
    staff.log_in()
    house.clock.pass_by(timedelta(hours=2))
    staff.open(f"/desk/cases/{case_id}")
    assert staff.log_in_here() == 200
    assert staff.path == f"/desk/cases/{case_id}"


def test_two_at_one_case_are_told_what_the_other_did(house: House) -> None:
    case_id = house.cast.case_of(house.cast.report())
    daria, bohdan = house.staff("daria", "en"), house.staff("bohdan", "en")
    for staff in (daria, bohdan):
        staff.log_in()
        staff.open_case(case_id)
    assert daria.do("take") == 200

    bohdan.do("take")

    assert bohdan.status == 409
    assert bohdan.page.locator(".notice[role=alert]", has_text="Дарія").count() == 1
    assert bohdan.page.locator("main form button", has_text="Take this case").count() == 1


def test_a_code_that_was_withdrawn_elsewhere_ends_the_visit(house: House) -> None:
    code = house.cast.report()
    first, second = house.family("ru"), house.family("ru")
    for family in (first, second):
        family.come_back(code)
    first.visit("/withdraw")
    assert first.withdraw(code) == 200

    second.fill({"message": WRITTEN})
    second.press("main form[action$='/case'] button")

    assert second.status == 401
    with pytest.raises(UnknownCode), house.cast.session() as session:
        open_return(session, code, house.clock.now)
