"""A key that somebody swapped in the database, JavaScript off: everybody at the desk is told, families go elsewhere."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from app.accounts.tables import RingKey
from app.vault.hybrid import new_private_key, public_key
from tests.journeys.family import TOLD
from tests.journeys.house import House
from tests.journeys.looking import NARROW, too_wide

pytestmark = pytest.mark.browser


def test_a_swapped_key_is_an_alarm_and_gets_no_report_until_its_lead_makes_another(house: House) -> None:
    daria, tomas, amina = house.staff("daria"), house.staff("tomas"), house.family()
    daria.page.set_viewport_size(NARROW)
    for staff in (daria, tomas):
        staff.log_in()
    assert daria.page.locator(".notice.alarm").count() == 0
    with house.cast.session() as session:
        legal = col(RingKey.ring) == "queue:legal"
        session.execute(update(RingKey).where(legal).values(public_key=public_key(new_private_key())))
    for staff in (daria, tomas):
        staff.open("/desk/today")
        assert staff.page.get_by_role("alert").is_visible()
    assert too_wide(daria.page) == []

    # What the lawyers would get is sealed to the first look, and to no key of the swapper's.
    amina.tell(TOLD)
    case = house.cast.case_of(amina.send())
    assert tomas.open(f"/desk/cases/{case}") == 200
    assert daria.open(f"/desk/cases/{case}") == 404

    daria.open("/desk/queues/legal/keys")
    assert daria.press("form[action$='/renew'] button") == 200
    assert daria.page.locator("main [role=alert], .notice.alarm").count() == 0
    again = house.family()
    again.tell(TOLD)
    assert daria.open(f"/desk/cases/{house.cast.case_of(again.send())}") == 200
