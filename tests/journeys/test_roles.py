"""Other roles for somebody in the browser, JavaScript off: asked back, out at once, and a new key."""

import pytest

from app.accounts.admission import own_fingerprint
from tests.journeys.house import House
from tests.journeys.looking import NARROW, too_wide

pytestmark = pytest.mark.browser


def test_who_loses_a_role_loses_its_queue_and_whoever_gains_one_waits_for_its_key(house: House) -> None:
    case = house.cast.case_of(house.cast.report())
    petro, daria, bohdan = (house.staff(name) for name in ("petro", "daria", "bohdan"))
    for staff in (petro, daria, bohdan):
        staff.log_in()
    petro.page.set_viewport_size(NARROW)
    petro.open(f"/admin/people/{house.cast.founded_account('bohdan')}")
    assert petro.press("main a[href$='/roles']") == 200
    assert petro.path.endswith("/roles")
    assert too_wide(petro.page) == []
    petro.page.uncheck("[value=caseworker]")
    assert petro.press("main form .on") == 422, "nobody is left without a role"
    petro.page.check("[value=auditor]")
    assert petro.press("main form .on") == 200
    assert too_wide(petro.page) == []
    assert petro.says("Дарія Лановенко"), "it says who can make the key anew"
    assert petro.press("main form button.grave") == 422
    assert bohdan.open(f"/desk/cases/{case}") == 200, "nothing was taken by a slip"
    petro.page.check("[name=meant]")
    assert petro.press("main form button.grave") == 200
    assert too_wide(petro.page) == []
    assert petro.says("(legal)")

    bohdan.open(f"/desk/cases/{case}")
    assert bohdan.path.startswith("/desk/login")
    bohdan.log_in()
    assert bohdan.open(f"/desk/cases/{case}") == 403
    assert bohdan.open("/desk/keys/record") == 200
    daria.open("/desk/queues/legal/keys")
    assert daria.press("form[action$='/renew'] button") == 200
    assert daria.open(f"/desk/cases/{case}") == 200

    roman = house.staff("roman")
    roman.log_in()
    roman.open("/desk/keys/record")
    roman.fill({"fingerprint": own_fingerprint(house.cast.member("bohdan"))})
    assert roman.press("main form .on") == 200
    assert bohdan.open("/admin/trail") == 200
    assert bohdan.says(bohdan.say("changed a person’s roles"))
