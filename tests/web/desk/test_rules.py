"""An administrator reads the rules and tries them on a made-up report; nothing of it is kept."""

import pytest

from tests.cast import Cast
from tests.keys.dump import dump
from tests.web.desk.conftest import Sit

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_the_rules_are_tried_and_say_why(cast: Cast, sit: Sit) -> None:
    petro = sit("petro")
    petro.log_in()
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
