"""The case that the project is founded on, from the first report to its end by two, with JavaScript off."""

import pytest

from app.casefile.cases import Status
from app.web.family.words import STANDINGS
from tests.journeys.family import TOLD
from tests.journeys.house import PHONE, House
from tests.journeys.staff import Staff

pytestmark = pytest.mark.browser

ASSESSED: dict[str, str | list[str]] = {
    "protected_civilian": "yes",
    "protected_civilian_source": "document",
    "protected_civilian_basis": "document",
    "under_threat": "yes",
    "under_threat_source": "family",
    "under_threat_basis": "told_by_him",
    "result": "forced",
    "confidence": "high",
    "verification": "corroborated",
    "qualification": ["GCIV-51", "RS-8-2-a-v"],
    "charge": ["CCU-258"],
    "defence": ["CCU-40"],
    "reasons": "Забрали озброєні люди; погрожували розстрілом; здався за першої нагоди.",
}
NOTE = "Подзвонити слідчому зранку."
NOT_PRINTED = "form, button, .button, .jumps, .unfold, details"
REASON = "Прокурор відмовився від обвинувачення, суд закрив провадження."


def _send(staff: Staff, action: str, typed: dict[str, str]) -> int:
    """Fill in one form among several of a page, and press its button."""
    form = staff.page.locator(f"main form[action$='/{action}']")
    for name, value in typed.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    return staff.press(form.locator("button").last)


def _defend(lawyer: Staff, case_id: str) -> None:
    lawyer.log_in()
    lawyer.open_case(case_id)
    lawyer.do("take")
    assert lawyer.open(f"/desk/cases/{case_id}/diary") == 200
    assert _send(lawyer, "hearing", {"day": "2026-12-03", "time": "10:30", "court": "Районний суд"}) == 200
    assert lawyer.open(f"/desk/cases/{case_id}/assessment") == 200
    lawyer.fill(ASSESSED)
    assert lawyer.press("main .row .on") == 200
    assert _send(lawyer, "privileged", {"privileged": "Лінія захисту: примус."}) == 200
    assert lawyer.write("Ми захищаємо його. Засідання третього грудня.") == 200


def _look_again(colleague: Staff, case_id: str) -> None:
    colleague.log_in()
    assert colleague.open("/desk/today") == 200
    assert colleague.press(f"main .waits a[href$='{case_id}#two']") == 200
    assert _send(colleague, "agree", {}) == 200
    assert colleague.says("Богдан Терновий")
    assert colleague.open("/desk/calendar") == 200
    assert colleague.says("10:30")


def _finish(lawyer: Staff, colleague: Staff, case_id: str) -> None:
    lawyer.open(f"/desk/cases/{case_id}")
    assert lawyer.note(NOTE) == 200
    assert _send(lawyer, "finish", {"outcome": "Обвинувачення знято."}) == 200
    lawyer.open(f"/desk/cases/{case_id}/end")
    assert _send(lawyer, "close", {"outcome": "charges_dropped", "reason": REASON}) == 200
    # Whoever proposed it finds no button to agree with.
    assert lawyer.page.locator("form[action$='/agree']").count() == 0
    colleague.open(f"/desk/cases/{case_id}")
    assert _send(colleague, "agree", {}) == 200
    assert colleague.page.locator(".status.closed").count() == 1
    assert colleague.open(f"/desk/cases/{case_id}/story") == 200
    for told in (REASON, "Обвинувачення знято.", "Засідання третього грудня."):
        assert colleague.says(told)
    assert not colleague.says("Лінія захисту")


def _unfold_on_a_phone(staff: Staff, case_id: str) -> None:
    staff.open(f"/desk/cases/{case_id}")
    page, wide = staff.page, staff.page.viewport_size
    answers = page.locator("#fold-of-posting ~ .folded")
    assert answers.is_visible()
    assert wide
    page.set_viewport_size(PHONE)
    assert not answers.is_visible()
    # What is happening, and the family's own words, are folded on no screen.
    assert staff.says("Під слідством або під судом в Україні")
    assert staff.says(str(TOLD["needs"]["story"]))
    page.locator("label[for=fold-of-posting]").click()
    assert answers.is_visible()
    page.locator("label[for=fold-of-posting]").click()
    assert not answers.is_visible()
    # What the browser's own search finds there it opens, as it does for a jump to it.
    answers.evaluate("(folded) => { folded.firstElementChild.id = 'found'; location.hash = 'found'; }")
    answers.wait_for()
    page.set_viewport_size(wide)


def _print(staff: Staff, case_id: str) -> None:
    """On paper stands all that is folded, no form, no note, and nothing of what lawyers keep for themselves."""
    staff.page.emulate_media(media="print")
    for address in (f"/desk/cases/{case_id}", f"/desk/cases/{case_id}/story"):
        staff.open(address)
        assert staff.says(REASON)
        assert not staff.says(NOTE)
        assert not staff.says("Лінія захисту")
        assert staff.page.locator(f"main :is({NOT_PRINTED}) >> visible=true").count() == 0
    staff.open(f"/desk/cases/{case_id}")
    assert not staff.page.locator("#lawyers").is_visible()
    # The way about a page is for screens.
    folded = staff.page.locator(".folded:not(:has(> .jumps))")
    assert folded.count() >= len({"why", "consents", "done", "settled", "assessment"})
    assert all(each.is_visible() for each in folded.all())
    staff.page.emulate_media(media="screen")
    staff.open(f"/desk/cases/{case_id}/story")
    assert staff.says(NOTE)


def test_the_founding_case_from_the_report_to_its_end_by_two(house: House) -> None:
    amina = house.family()
    amina.tell()
    code = amina.send()
    amina.note(code)
    case_id = house.cast.case_of(code)
    daria, bohdan = house.staff("daria"), house.staff("bohdan")

    _defend(daria, case_id)
    _look_again(bohdan, case_id)
    _finish(daria, bohdan, case_id)
    _unfold_on_a_phone(bohdan, case_id)
    _print(bohdan, case_id)

    amina.come_back(code)
    assert amina.heading == amina.say(STANDINGS[Status.CLOSED].now)
    assert "третього грудня" in amina.page.locator(".talk .text").inner_text()
