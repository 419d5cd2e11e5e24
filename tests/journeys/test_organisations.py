"""An organisation comes and goes, JavaScript off: the root signs both, its first administrator joins and ends."""

from datetime import timedelta

import pytest

from tests.journeys.house import House
from tests.journeys.looking import NARROW, too_wide
from tests.journeys.newcomer import finish_alone, log_in
from tests.journeys.staff import Staff

pytestmark = pytest.mark.browser
NAME = "Правнича сотня"


def sign(staff: Staff, root: str, step: str) -> int:
    """Say that it is meant, type the root's key, and press the button."""
    staff.page.check("[name=meant]")
    staff.fill({"root_key": root})
    return staff.press(f"form[action$='/{step}'] button")


def test_an_organisation_is_added_administers_itself_and_ends(house: House) -> None:
    petro, root = house.staff("petro"), house.cast.founded.root_private.hex()
    petro.page.set_viewport_size(NARROW)
    petro.log_in()
    petro.open("/admin/organisations/new")
    petro.fill({"name": NAME, "purpose": "Угода від листопада.", "administrator": "Марта Нова", "root_key": "00" * 32})
    assert petro.press("form:has([name=root_key]) button") == 422
    assert petro.typed("name") == NAME
    assert petro.typed("root_key") == ""
    petro.fill({"root_key": root})
    assert petro.press("form:has([name=root_key]) button") == 200
    assert too_wide(petro.page) == []
    marta, words, secret, spoken = finish_alone(house, petro.page.inner_text("#link").removeprefix(house.address))

    petro.open("/admin/organisations")
    petro.fill({"fingerprint": spoken})
    assert petro.press("form:has([name=fingerprint]) button") == 200
    log_in(house, marta, words, secret)
    assert marta.open("/admin/") == 200
    assert not marta.says("Дарія"), "she reads no name of another organisation"

    petro.open("/admin/organisations")
    address = petro.page.locator(f"main li:has-text('{NAME}') a[href$='/end']").get_attribute("href") or ""
    petro.open(address)
    assert too_wide(petro.page) == []
    assert sign(petro, root, "leave") == 200
    house.clock.pass_by(timedelta(minutes=16))
    assert marta.open("/admin/") == 200, "until it is ended its people go on"
    petro.open(address)
    assert sign(petro, root, "end") == 200
    marta.open("/admin/")
    assert marta.path.startswith("/desk/login")
    assert petro.open(address) == 404
