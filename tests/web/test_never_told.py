"""What neither side is told: whether the other has seen something, and that reports are about one person."""

import pytest
from fastapi import FastAPI

from app.casework import closing, links
from tests.cast import NOW, Cast
from tests.web.conftest import Clock
from tests.web.desk.conftest import Staff
from tests.web.walking import Browser
from tests.web.ways_in import walked

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def visit(application: FastAPI, code: str) -> Browser:
    """A family that came back with its code."""
    family = Browser(application)
    family.press(family.open("/uk/return").form_with("code"), code=code)
    assert (family.status, family.address) == (200, "/uk/case")
    return family


def shown(browser: Browser, address: str) -> str:
    """What a page says."""
    page = browser.open(address)
    assert browser.status == 200, address
    return " ".join(page.all("main")[0].text.split())


def everything(application: FastAPI, family: Browser) -> dict[str, str]:
    """What every page of a visit says, but those that say something new each time, as a new code."""
    addresses = [found.path.format(lang="uk") for found in walked(application) if found.needs_visit]
    pages = {address for address in addresses if family.client.get(address).status_code == 200}
    told = {address: shown(family, address) for address in pages}
    return {address: text for address, text in told.items() if text == shown(family, address)}


def test_neither_side_is_told_whether_the_other_has_seen_what_it_wrote(
    application: FastAPI, cast: Cast, clock: Clock
) -> None:
    code = cast.report()
    case = f"/desk/cases/{cast.case_of(code)}"
    family, daria = visit(application, code), Staff(application, cast, clock, "daria")
    family.press(family.page.form_with("message"), message="Ви нас чуєте?")
    before = everything(application, family)
    assert "/uk/case" in before
    daria.come_in()
    daria.open(case)
    daria.press_to("/read")
    assert (daria.status, daria.says("Ви нас чуєте?")) == (200, True)
    assert everything(application, family) == before
    daria.press_to("/message", message="Чуємо. Ми з вами.")
    told = shown(daria, case)
    assert "Чуємо. Ми з вами." in told
    after = everything(application, visit(application, code))
    assert "Чуємо. Ми з вами." in after["/uk/case"]
    assert shown(daria, case) == told


def test_no_relative_learns_that_their_report_and_anothers_are_about_one_person(
    application: FastAPI, cast: Cast
) -> None:
    codes = [cast.report(), cast.report()]
    families = [visit(application, code) for code in codes]
    before = [everything(application, family) for family in families]
    assert all(len(pages) > 3 for pages in before)
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    mine, other = (cast.case_of(code) for code in codes)
    with cast.session() as session:
        proposal = links.propose_link(session, daria, mine, other, "Той самий чоловік.", NOW)
    with cast.session() as session:
        closing.agree_to(session, bohdan, mine, proposal, NOW)
    assert [everything(application, family) for family in families] == before
    assert [everything(application, visit(application, code)) for code in codes] == before
