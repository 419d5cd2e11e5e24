"""An administrator removes somebody: at once, on purpose, and without losing whom they await."""

import pytest
from fastapi import FastAPI

from tests.cast import Cast
from tests.keys.dump import dump
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit
from tests.web.desk.joining import Newcomer, invite

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_who_is_removed_is_out_and_who_waits_still_waits(
    cast: Cast, sit: Sit, application: FastAPI, clock: Clock
) -> None:
    petro, bohdan, gone = sit("petro"), sit("bohdan"), cast.founded_account("bohdan")
    petro.come_in()
    bohdan.come_in()
    marta = Newcomer(application, clock, invite(petro))
    marta.join()
    link = invite(petro)

    petro.open(f"/admin/people/{gone}")
    petro.press_to("/remove")
    assert (petro.status, petro.says("спершу позначте")) == (422, True)
    bohdan.open("/desk/")
    assert bohdan.address == "/desk/"
    petro.press(petro.page.form_with("meant"), meant="yes")
    assert (petro.status, petro.says("legal")) == (200, True)

    bohdan.open("/desk/")
    assert bohdan.address == "/desk/login"
    # Whoever left could read who was awaited: those links are good for nothing.
    marta.open(link)
    assert marta.status == 410
    petro.open("/admin/")
    assert not petro.says("Богдан")
    assert petro.says("Марта Нова")
    (waiting,) = [row["account_id"] for row in dump(cast.engine)["newcomer"]]
    petro.open(f"/admin/people/{waiting}")
    petro.press(petro.page.form_with("fingerprint"), fingerprint=marta.fingerprint)
    assert petro.address == "/admin/"


def test_nobody_removes_themselves_or_somebody_elsewhere(cast: Cast, sit: Sit) -> None:
    petro = sit("petro")
    petro.come_in()
    for name, status in (("petro", 422), ("ayshe", 404)):
        address = f"/admin/people/{cast.founded_account(name)}/remove"
        assert petro.client.post(address, data={"meant": "yes"}).status_code == status
