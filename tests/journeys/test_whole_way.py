"""The whole way in a real browser: told, sent, opened, answered, read, changed, withdrawn."""

from collections.abc import Iterator

import pytest

from app.casefile.cases import Status
from app.web.family.words import CODE_SLIPS, STANDINGS, UNKNOWN_CODE
from app.web.languages import STAFF
from tests.journeys.family import STEPS, TOLD, Family
from tests.journeys.house import House
from tests.journeys.staff import Staff

pytestmark = pytest.mark.browser

STORY = str(TOLD["needs"]["story"])
ANSWER = "Ми знайшли для нього адвоката.\nНапишіть, коли буде наступне засідання."
NOTE = "Подзвонити слідчому в понеділок."
ASKED = "Засідання перенесли на грудень."


def _tell(family: Family) -> str:
    family.begin()
    assert family.path == f"/{family.reads}/report/safety"
    for number, step in enumerate(family.pages_told(), start=1):
        assert family.page.locator("main form#step").get_attribute("action") == f"/{family.reads}/report/{step}"
        assert family.language == family.reads
        assert number <= len(STEPS)
    for own_words in (STORY, str(TOLD["person"]["surname"]), str(TOLD["taking"]["threat_words"])):
        assert family.says(own_words)
    code = family.send()
    assert len(code) == 24
    return code


def _note(family: Family, code: str) -> None:
    slip = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert family.note(slip) == 422
    assert family.says(family.say(CODE_SLIPS["check"]))
    assert family.code() == code
    assert family.note(code) == 200
    assert family.page.locator("#code").count() == 0


def _work(staff: Staff, case_id: str) -> None:
    staff.log_in()
    assert staff.path == "/desk/"
    assert staff.open_case(case_id) == 200
    assert staff.page.locator(".own", has_text=STORY.splitlines()[0]).count() == 1
    assert str(TOLD["person"]["surname"]) in staff.heading
    for pressed in _steps(staff):
        assert pressed == 200
        assert "told=" not in staff.path
    assert staff.page.locator(".talk .ours", has_text=ANSWER.splitlines()[1]).count() == 1
    assert staff.says(NOTE)


def _steps(staff: Staff) -> Iterator[int]:
    yield staff.do("acknowledge")
    yield staff.do("take")
    yield staff.write(ANSWER)
    yield staff.note(NOTE)
    yield staff.do("status", "awaiting_family")


def _read_and_write(family: Family, code: str) -> None:
    assert family.come_back(code) == 200
    assert family.heading == family.say(STANDINGS[Status.AWAITING_FAMILY].now)
    assert ANSWER in family.page.locator(".talk .text").inner_text()
    family.fill({"message": ASKED})
    assert family.press("main form[action$='/case'] button") == 200
    family.press("main .row .on")
    # Nothing that the family wrote comes back, not even what was written a moment ago.
    for told in (ASKED, STORY.splitlines()[0], str(TOLD["person"]["surname"])):
        assert not family.says(told)


def _change(family: Family) -> None:
    family.press("main a[href$='/case/update']")
    family.fill({"next_hearing_day": "22", "next_hearing_month": "11", "next_hearing_year": "2026"})
    assert family.press("main .row .on") == 200
    family.press("main .row .on")
    family.press("main a[href$='/case/consents']")
    assert set(_on(family)) == {"leave"}
    family.fill({"consent_recontact": "allow", "consent_stats": "withdraw"})
    assert family.press("main .row .on") == 200
    family.press("main p a")


def _on(family: Family) -> Iterator[str]:
    for box in family.page.locator("main [name^=consent_]:checked").all():
        yield box.get_attribute("value") or ""


def _renew(family: Family, code: str) -> str:
    family.press("main a[href$='/case/code']")
    family.press("main .row .on")
    new = family.code()
    assert new != code
    assert family.note(new) == 200
    assert family.come_back(code) == 401
    assert family.says(family.say(UNKNOWN_CODE))
    assert family.enter(new) == 200
    return new


def _withdraw(family: Family, code: str) -> None:
    family.press("main a[href$='/case/withdraw']")
    assert family.withdraw("0" * 24) == 422
    assert family.withdraw(code) == 200
    assert family.come_back(code) == 401


def _read_what_came(staff: Staff, case_id: str) -> None:
    assert staff.open_case(case_id) == 200
    assert staff.page.locator(".talk .own", has_text=ASKED).count() == 1
    assert staff.page.locator(".mark.p0").count() == 1
    assert staff.do("read") == 200


def _whole_way(house: House, language: str, *, phone: bool, script: bool) -> None:
    family = house.family(language, phone=phone, script=script)
    code = _tell(family)
    _note(family, code)
    case_id = house.cast.case_of(code)
    reads = language if language in STAFF else STAFF[0]
    staff = house.staff("daria", reads, phone=not phone, script=script)
    _work(staff, case_id)
    _read_and_write(family, code)
    _change(family)
    _read_what_came(staff, case_id)
    code = _renew(family, code)
    _withdraw(family, code)
    assert staff.open(f"/desk/cases/{case_id}") == 404


# Four ways, in which scripts on and off, a phone and a desk, and the two languages that both sides have each meet each
# other; the staff sit at what the family does not. The tours see every page in the other languages.
def test_the_whole_way_on_a_phone_without_scripts(house: House) -> None:
    _whole_way(house, "uk", phone=True, script=False)


@pytest.mark.parametrize(("language", "phone"), [("uk", False), ("en", True)])
def test_the_whole_way_with_scripts(house: House, language: str, phone: bool) -> None:
    _whole_way(house, language, phone=phone, script=True)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_the_whole_way_at_a_desk_on_the_other_database(house: House) -> None:
    _whole_way(house, "en", phone=False, script=False)
