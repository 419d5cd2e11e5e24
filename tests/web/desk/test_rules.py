"""An administrator reads the rules and tries them on a made-up report; nothing of it is kept."""

import pytest

from tests.cast import Cast
from tests.keys.dump import dump
from tests.web.desk.conftest import Sit

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_the_rules_are_tried_and_say_why(cast: Cast, sit: Sit) -> None:
    petro = sit("petro")
    petro.come_in()
    petro.open("/admin/rules")
    form = petro.page.form_with("situation")
    before = {table: len(rows) for table, rows in dump(cast.engine).items() if table != "trail_entry"}

    petro.press(form, situation="detained_at_point", threat=["execution"])
    assert petro.status == 200
    for told in ("Що зробили б правила", "Захист", "P0", "Справа була б у групі protection", "legal"):
        assert petro.says(told), told
    assert petro.page.form_with("situation").get("situation") == "detained_at_point"

    # A partner's queue stands beside our own and gets nothing that a rule gives to ours.
    petro.press(form, situation="on_trial_ua", consent=["legal_ngo"])
    assert petro.says("Справа була б у групі legal")
    petro.press(form, situation="summoned", deadline="завтра")
    assert (petro.status, petro.says("Напишіть день так")) == (422, True)
    assert petro.page.form_with("situation").get("deadline") == "завтра"
    assert {table: len(rows) for table, rows in dump(cast.engine).items() if table != "trail_entry"} == before


def test_two_administrators_change_the_rules(cast: Cast, sit: Sit) -> None:
    petro, iryna = sit("petro"), sit("iryna")
    petro.come_in()
    petro.open("/admin/rules/change")
    form = petro.page.form_with("place_killed")
    petro.press(form, "compare", act_killed="0", acknowledge_killed="два")
    assert (petro.status, petro.says("Цілі години, від 1 до 720")) == (422, True)
    assert petro.page.form_with("place_killed").get("acknowledge_killed") == "два"
    petro.press(form, "compare")
    petro.press(petro.page.form_with("place_killed"), "propose")
    assert (petro.status, petro.says("нічого б не змінилося")) == (422, True)

    petro.press(form, "compare", priority_killed="0", off_returned="yes")
    assert petro.says("Людина загинула")
    assert petro.says("не діє")
    assert petro.says("P0")
    petro.press(petro.page.form_with("place_killed"), "propose")
    assert (petro.address, petro.says("Ви це запропонували, тож підписує хтось інший")) == (
        "/admin/rules/proposed",
        True,
    )
    assert "agree" not in petro.text
    petro.open("/admin/rules")
    petro.press(petro.page.form_with("situation"), situation="killed")
    assert petro.says("Що зробили б правила")
    assert petro.says("Що зробили б запропоновані правила")

    iryna.come_in()
    iryna.open("/admin/rules/proposed")
    assert iryna.says("2026-11.1")
    iryna.press(iryna.page.form_with("version"), "agree")
    assert (iryna.address, iryna.says("Чинна версія 2026-11.1")) == ("/admin/rules", True)
    iryna.press_to("/admin/rules/again")
    assert iryna.says("2026-11.2")
    iryna.press(iryna.page.form_with("version"), "take_back")
    assert (iryna.address, iryna.says("чекають на другого адміністратора")) == ("/admin/rules", False)
    iryna.open("/admin/rules/proposed")
    assert iryna.says("Нічого не чекає")
