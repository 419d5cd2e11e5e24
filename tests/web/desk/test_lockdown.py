"""The desk in lockdown, as people meet it in front of their browsers."""

from datetime import timedelta

import pytest

from tests.cast import OMAR
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit, Staff
from tests.web.walking import Browser, send_report


@pytest.fixture
def database_kind() -> str:
    """What the pages do does not depend on the database; what is below them is tried on both."""
    return "sqlite"


def wish(staff: Staff, what: str) -> None:
    staff.open("/desk/lockdown")
    staff._show(staff.client.post("/desk/lockdown", data={"wish": what}))


def test_the_desk_is_closed_by_two_stays_so_and_is_opened_by_two(
    daria: Staff, sit: Sit, amina: Browser, clock: Clock
) -> None:
    petro = sit("petro")
    petro.log_in()
    petro.open("/desk/me")
    assert "/desk/lockdown" in petro.page.links()
    wish(petro, "ask")
    assert petro.says("Прохання ваше")
    wish(petro, "confirm")
    assert petro.says("Нічого не зроблено")
    daria.open("/desk/lockdown")
    assert daria.says("Просить Петро")
    wish(daria, "confirm")
    assert daria.address == "/desk/login"
    assert daria.says("Робоче місце закрито")

    assert send_report(amina)
    clock.pass_by(timedelta(minutes=2))
    for name in ("bohdan", "roman", OMAR):
        other = sit(name)
        other.log_in()
        assert other.status == 403
        assert other.says("Зараз тут ніхто не працює")
        other.open("/desk/")
        assert other.address == "/desk/login"

    daria.log_in()
    assert daria.address == "/desk/lockdown"
    for address in ("/desk/", "/desk/queues/legal", "/desk/me"):
        daria.open(address)
        assert daria.status == 403, address
    wish(daria, "ask")
    petro.log_in()
    wish(petro, "confirm")
    assert petro.says("Робоче місце відкрито")
    daria.open("/desk/queues/legal")
    assert daria.status == 200
    daria.press_to("/logout")
    assert not daria.says("Робоче місце закрито")


def test_whoever_may_not_close_the_desk_finds_no_way_to(daria: Staff, sit: Sit) -> None:
    omar = sit(OMAR)
    omar.log_in()
    omar.open("/desk/me")
    assert "/desk/lockdown" not in omar.page.links()
    omar.open("/desk/lockdown")
    assert omar.status == 403
    daria._show(daria.client.post("/desk/lockdown", data={"wish": "nonsense"}))
    assert daria.status == 400
    daria.open("/desk/lockdown")
    wish(daria, "ask")
    wish(daria, "take_back")
    assert not daria.says("Очікується друга людина")
