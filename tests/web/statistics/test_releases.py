"""The coordinators' pages: a release made, confirmed and read; the same figures for everybody."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from app.accounts.tables import Installation
from app.questionnaire import current
from app.statistics import making
from app.statistics.tables import Release
from tests.cast import Cast
from tests.statistics.made import exactly, facet, put
from tests.web.conftest import Clock
from tests.web.desk.conftest import Staff
from tests.web.walking import Browser

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _without_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    # Chance is faked as elsewhere the clock is; tests/statistics shows that the real one is what is declared.
    monkeypatch.setattr(making.take_step, "__defaults__", (exactly, 40))


@pytest.fixture
def lena(application: FastAPI, cast: Cast, clock: Clock) -> Staff:
    """Lena, who coordinates, logged in."""
    staff = Staff(application, cast, clock, "lena")
    staff.come_in()
    return staff


@pytest.fixture
def vira(application: FastAPI, cast: Cast, clock: Clock) -> Staff:
    """Vira, the other coordinator, logged in."""
    staff = Staff(application, cast, clock, "vira")
    staff.come_in()
    return staff


def press(staff: Staff, action: str, **values: str) -> None:
    """Press the button of the form that goes to `action` and carries these values."""
    (form,) = [
        form
        for form in staff.page.forms
        if form.action == action and all(form.get(name) == value for name, value in values.items())
    ]
    staff.press(form)


def release(cast: Cast, lena: Staff, vira: Staff) -> None:
    """A quarter counted by Lena and confirmed by Vira."""
    put(cast, [facet(need=["tracing"])] * 60 + [facet(oblast="UA85", sex="male", age_band="25_34")] * 22)
    make_and_confirm(lena, vira)


def make_and_confirm(lena: Staff, vira: Staff) -> None:
    """What was put is counted by Lena and confirmed by Vira."""
    lena.open("/statistics/")
    assert lena.says("Отримані звернення, 01.07 – 30.09.2026")
    press(lena, "/statistics/make", kind="intake", period="2026-Q3")
    while not lena.says("чекає на підтвердження"):
        assert lena.status == 200
        assert 'http-equiv="refresh"' in lena.text
        lena.open("/statistics/making/intake/2026-Q3")
    confirm(vira, "2026-Q3")


def confirm(vira: Staff, period: str) -> None:
    """Vira confirms what waits for her, as often as the page comes back by itself."""
    vira.open("/statistics/")
    press(vira, f"/statistics/making/intake/{period}/confirm")
    while vira.address.startswith("/statistics/confirming/"):
        assert vira.status == 200
        assert 'http-equiv="refresh"' in vira.text
        vira.open(f"/statistics/confirming/intake/{period}")


def test_a_release_is_made_confirmed_and_read(cast: Cast, lena: Staff, vira: Staff, amina: Browser) -> None:
    release(cast, lena, vira)
    assert (vira.status, vira.address) == (200, "/statistics/1")
    for words in ("Отримані звернення, 01.07 – 30.09.2026", "Донецька область", "60 ± 9", "Севастополь", "22 ± 9"):
        assert vira.says(words), words
    assert vira.text.count("<svg") > 5
    lena.open("/statistics/")
    assert lena.says("3,04")
    for kind in ("csv", "xlsx", "json", "svg"):
        assert lena.client.get(f"/statistics/1/need.{kind}").status_code == 200
    assert lena.client.get("/statistics/1/need.pdf").status_code == 404
    for language in ("uk", "ru", "crh", "en"):
        amina.open(f"/{language}/figures")
        assert amina.status == 200
        assert "60</strong> ± 9" in amina.text
        assert amina.client.get(f"/{language}/figures/1/oblast_month.csv").status_code == 200
    amina.open("/uk/figures/1")
    assert amina.status == 200
    assert amina.client.get("/uk/figures/2").status_code == 404


def test_tables_of_which_nothing_is_shown_are_named_in_one_place_with_their_files(
    cast: Cast, lena: Staff, vira: Staff, amina: Browser
) -> None:
    method, passport = (current().questions[code].choices for code in ("method", "passport_period"))
    scattered = [
        facet(raion=f"UA140{2 + 2 * (at % 2)}", method=method[at % 3].code, passport_period=passport[at % 3].code)
        for at in range(45)
    ]
    put(cast, scattered)
    make_and_confirm(lena, vira)
    for language, words in NOTHING_SHOWN.items():
        amina.open(f"/{language}/figures/1")
        assert amina.text.count(words) == 1
        before, _, after = amina.text.partition(words)
        for table in ("raion", "method", "passport_period"):
            address = f"/{language}/figures/1/{table}.csv"
            assert (address in before, address in after) == (False, True), table
            assert amina.client.get(address).status_code == 200
        assert f"/{language}/figures/1/situation.csv" in before
    vira.open("/statistics/1")
    assert vira.text.count(NOTHING_SHOWN["uk"]) == 1


NOTHING_SHOWN = {
    "uk": "У цих таблицях за цей квартал нічого не показано",
    "ru": "В этих таблицах за этот квартал ничего не показано",
    "crh": "Bu cedvellerde bu kvartal içün iç bir şey kösterilmey",
    "en": "These tables show nothing in this quarter",
}


def test_two_releases_stand_side_by_side(cast: Cast, lena: Staff, vira: Staff, amina: Browser) -> None:
    release(cast, lena, vira)
    lena.open("/statistics/")
    press(lena, "/statistics/make", kind="intake", period="2026-Q2")
    while not lena.says("чекає на підтвердження"):
        lena.open("/statistics/making/intake/2026-Q2")
    confirm(vira, "2026-Q2")
    vira.open("/statistics/1/beside/2")
    assert vira.says("01.07 – 30.09.2026")
    assert vira.says("01.04 – 30.06.2026")
    amina.open("/uk/figures")
    assert "/uk/figures/2/beside/1" in amina.page.links()
    amina.open("/uk/figures/2/beside/1")
    assert amina.status == 200
    # The same two through time, a month after the other; of outcomes there is nothing to compare.
    vira.open("/statistics/")
    assert "/statistics/series/intake" in vira.page.links()
    vira.open("/statistics/series/intake")
    assert (vira.status, vira.text.count('class="curve"')) == (200, 10)
    assert vira.text.index("квітень 2026") < vira.text.index("60</strong> ± 9")
    for language in ("uk", "ru", "crh", "en"):
        amina.open(f"/{language}/figures")
        assert f"/{language}/figures/series/intake" in amina.page.links()
        amina.open(f"/{language}/figures/series/intake")
        assert amina.status == 200
        assert "60</strong> ± 9" in amina.text
    for address in ("/uk/figures/series/outcome", "/uk/figures/series/other"):
        amina.open(address)
        assert amina.status == 404


def test_confirming_is_left_and_gone_on_with_from_the_list(cast: Cast, lena: Staff, vira: Staff) -> None:
    put(cast, [facet()] * 90)
    lena._show(lena.client.post("/statistics/make", data={"kind": "intake", "period": "2026-Q3"}))
    while not lena.says("чекає на підтвердження"):
        lena.open("/statistics/making/intake/2026-Q3")
    vira.open("/statistics/")
    press(vira, "/statistics/making/intake/2026-Q3/confirm")
    assert vira.says("34 %. Сторінка оновлюється сама")
    lena.open("/statistics/")
    assert lena.says("переглянуто 34 %")
    assert not lena.says("Підтверджувати далі")
    vira.open("/statistics/")
    assert vira.says("Підтверджувати далі")
    press(vira, "/statistics/making/intake/2026-Q3/confirm")
    assert vira.says("67 %. Сторінка оновлюється сама")
    press(vira, "/statistics/confirming/intake/2026-Q3/stop")
    assert vira.address == "/statistics/"
    assert vira.says("чекає на другий підпис")
    vira.open("/statistics/confirming/intake/2026-Q3")
    assert vira.says("Хтось устиг раніше")


def test_figures_are_published_only_where_the_organisation_wishes(
    application: FastAPI, cast: Cast, lena: Staff, vira: Staff, amina: Browser
) -> None:
    release(cast, lena, vira)
    with cast.session() as session:
        session.get_one(Installation, 1).practice = False
    for address in ("/uk/figures", "/uk/figures/1", "/uk/figures/series/intake", "/uk/figures/1/need.csv"):
        amina.open(address)
        assert amina.status == 404
    application.state.site = replace(application.state.site, publish_figures=True)
    assert amina.client.get("/uk/figures/1/need.csv").status_code == 200


def test_what_is_refused_is_said(cast: Cast, lena: Staff, vira: Staff) -> None:
    release(cast, lena, vira)

    def told(staff: Staff, address: str, **form: str) -> str:
        staff._show(staff.client.post(address, data=form))
        assert (staff.status, staff.address) == (200, "/statistics/")
        return staff.text

    assert "уже пораховано" in told(lena, "/statistics/make", kind="intake", period="2026-Q3")
    assert "ще не скінчився" in told(lena, "/statistics/make", kind="intake", period="2026-Q4")
    assert "Хтось устиг раніше" in told(lena, "/statistics/making/outcome/2026-Q1/stop")
    lena._show(lena.client.post("/statistics/make", data={"kind": "outcome", "period": "2026-Q3"}))
    while not lena.says("чекає на підтвердження"):
        lena.open("/statistics/making/outcome/2026-Q3")
    assert "не може його підтвердити" in told(lena, "/statistics/making/outcome/2026-Q3/confirm")
    told(vira, "/statistics/making/outcome/2026-Q3/stop")
    assert not vira.says("У роботі")


def test_a_release_that_was_altered_raises_the_alarm(cast: Cast, lena: Staff, vira: Staff, amina: Browser) -> None:
    release(cast, lena, vira)
    with cast.session() as session:
        row: Any = session.get_one(Release, ("intake", "2026-Q3"))
        row.content = row.content.replace(b'"UA14","2026-08",60', b'"UA14","2026-08",61')
    lena.open("/statistics/")
    assert lena.says("Один із випусків змінено")
    assert lena.client.get("/statistics/1").status_code == 404
    amina.open("/uk/figures")
    assert "± 9" not in amina.text
