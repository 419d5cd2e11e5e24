"""Lockdown by a button, JavaScript off: two close the desk for everybody at once, families go on, two open it again."""

import pytest

from tests.journeys.family import TOLD
from tests.journeys.house import House
from tests.journeys.looking import NARROW, too_wide
from tests.journeys.staff import Staff

pytestmark = pytest.mark.browser


def wish(staff: Staff, what: str) -> None:
    """Find the way from one's own page, and press the button."""
    staff.open("/desk/me")
    assert staff.press("main a[href='/desk/lockdown']") == 200
    assert too_wide(staff.page) == []
    assert staff.press(f"main button[value={what}]") == 200


def test_two_people_close_the_desk_and_two_open_it(house: House) -> None:
    petro, daria, bohdan, iryna = (house.staff(name) for name in ("petro", "daria", "bohdan", "iryna"))
    petro.page.set_viewport_size(NARROW)
    for staff in (petro, daria, bohdan):
        assert staff.log_in() == 200
    wish(petro, "ask")
    assert petro.says(petro.say("A second person is awaited"))
    assert petro.page.locator("button[value=confirm]").count() == 0, "nobody is their own second person"
    bohdan.open("/desk/lockdown")
    assert bohdan.status == 403, "who leads nothing has no button"
    assert bohdan.open("/desk/queues/legal") == 200

    # Whoever confirms is out with all others: their next page is the log-in, which says why.
    daria.open("/desk/lockdown")
    assert daria.says("Петро")
    daria.press("main button[value=confirm]")
    for staff, page in ((daria, "/desk/"), (petro, "/admin/"), (bohdan, "/desk/queues/legal")):
        staff.open(page)
        assert staff.path.startswith("/desk/login"), staff.name
    assert bohdan.log_in() == 403

    amina = house.family()
    amina.tell(TOLD)
    code = amina.send()
    assert amina.note(code) == 200
    assert amina.come_back(code) == 200

    petro.log_in()
    assert petro.path == "/desk/lockdown"
    assert petro.open("/admin/") == 403, "only the lockdown's own page opens"
    petro.open("/desk/lockdown")
    assert petro.heading == petro.say("The desk is closed")
    petro.press("main button[value=ask]")
    iryna.log_in()
    iryna.open("/desk/lockdown")
    iryna.press("main button[value=confirm]")
    assert iryna.heading == iryna.say("The desk is open")
    bohdan.log_in()
    assert bohdan.open(f"/desk/cases/{house.cast.case_of(code)}") == 200
