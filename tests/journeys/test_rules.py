"""Rules in the browser, JavaScript off: one proposes, another signs, a report goes by them, older ones come back."""

import pytest

from tests.journeys.family import TOLD
from tests.journeys.house import House
from tests.journeys.looking import NARROW, too_wide
from tests.journeys.staff import Staff

pytestmark = pytest.mark.browser


def sent(house: House) -> str:
    """Amina's report, told page by page; its case."""
    amina = house.family()
    amina.tell(TOLD)
    return house.cast.case_of(amina.send())


def rule_of_trials(staff: Staff) -> str:
    """The rule that decides for a man on trial, by what its own fields are called."""
    chosen = staff.page.locator("select[name^=queue_]").all()
    at = next(at for at, field in enumerate(chosen) if field.input_value() == "legal" and priority(staff, at) == "1")
    return (chosen[at].get_attribute("name") or "").removeprefix("queue_")


def priority(staff: Staff, at: int) -> str:
    """How urgent the rule at a place is."""
    return staff.page.locator("select[name^=priority_]").nth(at).input_value()


def test_a_change_counts_once_a_second_administrator_signed_it_and_is_undone_in_the_same_way(house: House) -> None:
    petro, iryna, daria, oksana = (house.staff(name) for name in ("petro", "iryna", "daria", "oksana"))
    for staff in (petro, iryna, daria, oksana):
        staff.log_in()
    petro.page.set_viewport_size(NARROW)
    petro.open("/admin/rules")
    petro.press("main a[href='/admin/rules/change']")
    rule = rule_of_trials(petro)
    petro.page.locator(f"details:has([name=queue_{rule}]) summary").click()
    petro.page.select_option(f"[name=queue_{rule}]", "tracing")
    petro.page.fill(f"[name=act_{rule}]", "1,5")
    assert petro.press("button[value=compare]") == 422
    assert petro.page.input_value(f"[name=act_{rule}]") == "1,5", "what was typed comes back"
    petro.page.fill(f"[name=act_{rule}]", "24")
    assert petro.press("button[value=compare]") == 200
    assert too_wide(petro.page) == []
    assert petro.press("button[value=propose]") == 200
    assert petro.path == "/admin/rules/proposed"
    assert petro.page.locator("button[value=agree]").count() == 0, "nobody signs their own"
    before = house.cast.case_of(house.cast.report())
    assert daria.open(f"/desk/cases/{before}") == 200
    assert oksana.open(f"/desk/cases/{before}") == 404

    iryna.open("/admin/rules/proposed")
    assert iryna.says("Петро")
    assert iryna.press("button[value=agree]") == 200
    assert iryna.says("2026-11.1")
    changed = sent(house)
    assert oksana.open(f"/desk/cases/{changed}") == 200
    assert daria.open(f"/desk/cases/{changed}") == 404

    iryna.open("/admin/rules")
    assert iryna.press("form[action='/admin/rules/again'] button") == 200
    petro.open("/admin/rules/proposed")
    assert petro.press("button[value=agree]") == 200
    assert petro.says("2026-11.2"), "older rules have a new number"
    undone = house.cast.case_of(house.cast.report(now=house.clock.now))
    assert daria.open(f"/desk/cases/{undone}") == 200
    assert oksana.open(f"/desk/cases/{undone}") == 404
