"""The lead's page of a queue's key, and the alarm on every page."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from app.accounts.removal import remove_person
from app.accounts.tables import RingKey
from app.casework import resealing
from app.vault.hybrid import new_private_key, public_key
from tests.accounts.attacks import id_of
from tests.cast import NOW, Cast
from tests.keys.dump import dump
from tests.web.desk.conftest import Sit, Staff

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
PAGE = "/desk/queues/legal/keys"


def test_a_lead_makes_a_new_key_after_a_removal_and_seals_all_cases_anew(
    cast: Cast, daria: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "STEP", 2)
    for _ in range(3):
        cast.report()
    with cast.session() as session:
        remove_person(session, cast.member("petro"), id_of(cast, "bohdan"), NOW)
    daria.open("/desk/")
    assert daria.says("Людину, яка знала цей ключ, вилучено")
    daria.open("/desk/queues/legal")
    daria.open(next(link.attributes["href"] for link in daria.page.all("a") if link.text.strip() == "Ключі"))
    assert daria.says("уже не тут")
    daria.press_to("/renew")
    assert not daria.says("вилучено")
    assert daria.says("Справ під давнішим ключем: 3")
    daria.press_to("/reseal")
    assert daria.says("Залишилося: 1")
    address = daria.headers["refresh"].removeprefix("1;url=")
    daria.open(address)

    assert "refresh" not in daria.headers
    assert daria.says("Немає: усі справи цієї групи запечатані найновішим ключем.")
    assert {row["generation"] for row in dump(cast.engine)["grant"]} == {2}


def test_a_member_who_does_not_lead_sees_no_way_to_the_key(sit: Sit) -> None:
    bohdan = sit("bohdan")
    bohdan.come_in()
    bohdan.open("/desk/queues/legal")
    assert PAGE not in bohdan.text
    bohdan.open(PAGE)
    assert (bohdan.status, bohdan.says("Ви не можете цього підписати")) == (403, True)


def test_an_alarm_stands_on_every_page_of_the_organisation_and_on_no_other(cast: Cast, daria: Staff, sit: Sit) -> None:
    assert 'role="alert"' not in daria.text
    with cast.session() as session:
        legal = col(RingKey.ring) == "queue:legal"
        session.execute(update(RingKey).where(legal).values(public_key=public_key(new_private_key())))
    ayshe = sit("ayshe")
    ayshe.come_in()
    for address in ("/desk/", "/desk/queues/legal", "/desk/cases/CASE2345", "/desk/me", PAGE):
        daria.open(address)
        assert daria.says("Ключ або склад цієї групи не такі"), address
    assert 'role="alert"' not in ayshe.text
    daria.open(PAGE)
    # What her own hand makes anew rests on nothing that was written there.
    daria.press_to("/renew")
    assert 'role="alert"' not in daria.text
