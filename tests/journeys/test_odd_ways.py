"""What people do besides going straight on: twice, back, too late, in another language, away."""

from datetime import timedelta

import pytest
from sqlmodel import func, select

from app.casefile.tables import Case
from app.intake.errors import UnknownCode
from app.intake.returning import open_return
from app.web.family.words import DRAFT_LOST, VISIT_ENDED
from app.web.languages import offered
from tests.journeys.family import TOLD
from tests.journeys.house import House

pytestmark = pytest.mark.browser
# What going back and coming again does is the browser's own affair.
WHOLE_BROWSER = True

WRITTEN = "Він зателефонував і сказав,\nщо суд перенесли."
SHORT = {"safety": TOLD["safety"], "situation": TOLD["situation"], "consent": {"consent_ngo": "yes"}}


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
