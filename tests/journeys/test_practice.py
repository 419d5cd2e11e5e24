"""A case for practice, JavaScript off: made, played on a phone, marked, ended; an auditor finds it on the record."""

import pytest

from tests.journeys.house import House
from tests.journeys.looking import NARROW, too_wide

pytestmark = pytest.mark.browser


def test_a_made_up_family_is_played_and_the_record_tells_who_made_it(house: House) -> None:
    daria, roman, colleague = house.staff("daria"), house.staff("roman"), house.family()
    daria.page.set_viewport_size(NARROW)
    daria.log_in()
    daria.open("/desk/queues/legal/practice")
    assert daria.press("form:has([name=story]) .on") == 422, "without a story nothing is made"
    daria.page.check("[name=story][value=trial]")
    assert daria.press("form:has([name=story]) .on") == 200
    assert too_wide(daria.page) == []
    case = daria.page.inner_text("main a.number")

    assert colleague.come_back("".join(daria.page.inner_text("#code").split())) == 200
    colleague.fill({"message": "Мене хтось чує?"})
    colleague.press("form:has([name=message]) button")
    daria.open(f"/desk/cases/{case}")
    assert daria.says("Мене хтось чує?")
    assert daria.says(daria.say("practice"))
    assert too_wide(daria.page) == []

    daria.open("/desk/queues/legal/practice")
    daria.page.check(f"[name=case][value='{case}']")
    assert daria.press("form[action$='/practice/end'] button") == 200
    assert daria.open(f"/desk/cases/{case}") == 404

    roman.page.set_viewport_size(NARROW)
    roman.log_in()
    roman.open("/admin/trail")
    roman.fill({"case": case})
    roman.press("form.filters button")
    assert roman.page.locator("main tbody tr").count() >= 3, "made, opened, ended"
    assert roman.says("Дарія")
    assert too_wide(roman.page) == []
    roman.fill({"kind": "opened"})
    roman.press("form.filters button")
    found = roman.page.locator("main tbody tr").count()
    assert 0 < found < 3
    assert roman.typed("case") == case, "a filter stays"
