"""From a link to the first opened case, in a real browser without a script, on a phone."""

import base64
from datetime import timedelta

import pytest

from app.vault.totp import totp_at
from tests.journeys.house import House
from tests.journeys.looking import axe_finds, too_wide
from tests.journeys.window import Window

pytestmark = pytest.mark.browser


def finish_alone(house: House, link: str) -> tuple[Window, str, bytes, str]:
    """Marta follows her link to its end; her window, her words, her second factor, and what she reads out."""
    marta = Window(house.page(), house.address)
    marta.open(link)
    marta.page.check("[name=accept]")
    marta.fill({"name": "marta"})
    marta.press("main form .on")
    words = " ".join(marta.page.inner_text("#passphrase").split())
    marta.press("main form .on")
    marta.fill({"password": words})
    marta.press("main form .on")
    secret = base64.b32decode("".join(marta.page.inner_text("#totp-secret").split()))
    assert marta.page.locator(".qr svg").is_visible()
    assert too_wide(marta.page) == []
    marta.fill({"totp": totp_at(secret, house.clock.now)})
    marta.press("main form .on")
    fingerprint = " ".join(marta.page.inner_text("#fingerprint").split())
    assert marta.page.locator("#spare-codes li").count() == 8
    return marta, words, secret, fingerprint


def test_an_invitation_is_finished_alone_and_a_case_opens_after_both_have_called(house: House) -> None:
    case = house.cast.case_of(house.cast.report())
    petro = house.staff("petro")
    petro.log_in()
    petro.open("/admin/invite")
    petro.fill({"shown": "Марта Нова"})
    petro.page.check("[value=caseworker]")
    petro.page.check("[name=queues][value=legal]")
    petro.press("main form .on")
    link = petro.page.inner_text("#link").removeprefix(house.address)

    marta, words, secret, fingerprint = finish_alone(house, link)
    petro.open("/admin/")
    petro.press("main tbody tr:first-child a")
    petro.fill({"fingerprint": " ".join(reversed(fingerprint.split()))})
    assert petro.press("form[action$='/admit'] button") == 409
    assert petro.page.locator(".notice.alarm").is_visible()
    petro.fill({"fingerprint": fingerprint})
    petro.press("form[action$='/admit'] button")
    daria = house.staff("daria")
    daria.log_in()
    daria.open("/desk/queues/legal/people")
    daria.fill({"fingerprint": fingerprint})
    daria.press("main form .on")

    house.clock.pass_by(timedelta(seconds=30))
    marta.open("/desk/login")
    marta.fill({"name": "marta", "password": words})
    marta.press("main .row .on")
    marta.fill({"totp": totp_at(secret, house.clock.now)})
    marta.press("main .row .on")
    assert marta.open(f"/desk/cases/{case}") == 200


def test_pages_of_administrators_are_clear_to_tools(house: House) -> None:
    petro = house.staff("petro", script=True)
    petro.log_in()
    for path in ("", "invite", "queues", "readiness", "rules", "organisations", "organisations/new"):
        petro.open(f"/admin/{path}")
        assert axe_finds(petro.page) == [], path
