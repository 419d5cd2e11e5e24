"""From a link to the first opened case, in a real browser without a script, on a phone."""

import pytest

from tests.journeys.house import House
from tests.journeys.looking import axe_finds
from tests.journeys.newcomer import finish_alone, log_in

pytestmark = pytest.mark.browser


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

    log_in(house, marta, words, secret)
    assert marta.open(f"/desk/cases/{case}") == 200


def test_pages_of_administrators_are_clear_to_tools(house: House) -> None:
    petro = house.staff("petro", script=True)
    petro.log_in()
    for path in ("", "invite", "queues", "readiness", "rules", "organisations", "organisations/new"):
        petro.open(f"/admin/{path}")
        assert axe_finds(petro.page) == [], path
