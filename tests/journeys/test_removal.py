"""Removing somebody in the browser, JavaScript off: out at once, a new key, all cases sealed anew with progress."""

import pytest

from app.casework import resealing
from tests.journeys.house import House
from tests.journeys.looking import NARROW, too_wide

pytestmark = pytest.mark.browser
WAITS = (
    "Somebody who knew the key was removed, or is no caseworker any more."
    " Until you make a new one, this queue receives nothing."
)


def test_who_is_removed_is_out_at_once_and_the_queue_goes_on_under_a_new_key(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "STEP", 1)
    cases = [house.cast.case_of(house.cast.report()) for _ in range(3)]
    petro, daria, bohdan = (house.staff(name) for name in ("petro", "daria", "bohdan"))
    for staff in (petro, daria, bohdan):
        staff.log_in()
    assert bohdan.open(f"/desk/cases/{cases[0]}") == 200

    petro.open("/admin/")
    petro.press(f"tbody a[href$='{house.cast.founded_account('bohdan')}']")
    assert petro.press("form[action$='/remove'] button") == 422
    assert petro.page.locator("form[action$='/remove'] [role=alert]").is_visible(), "nobody is removed by a slip"
    assert bohdan.open(f"/desk/cases/{cases[0]}") == 200
    petro.page.check("[name=meant]")
    assert petro.press("form[action$='/remove'] button") == 200
    assert petro.says("legal")
    bohdan.open(f"/desk/cases/{cases[0]}")
    assert bohdan.path.startswith("/desk/login")
    assert bohdan.first_step() == 401

    # Until a lead made a new key, the queue receives nothing and triage does.
    halyna = house.staff("halyna")
    halyna.log_in()
    waiting = house.cast.case_of(house.cast.report())
    assert halyna.open(f"/desk/cases/{waiting}") == 200
    daria.page.set_viewport_size(NARROW)
    daria.open("/desk/queues/legal/keys")
    assert too_wide(daria.page) == []
    assert daria.says(daria.say(WAITS))
    assert daria.press("form[action$='/renew'] button") == 200
    assert daria.press("form[action$='/reseal'] button") == 200
    # The page says how far it is, and goes on by itself without a script.
    assert daria.page.locator("main a[href*='going=']").is_visible()
    daria.page.get_by_text(daria.say("None: every case of this queue is sealed to the newest key.")).wait_for()
    for case in cases:
        assert daria.open(f"/desk/cases/{case}") == 200
