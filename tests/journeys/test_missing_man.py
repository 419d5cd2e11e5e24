"""A missing man who turns out a prisoner: from tracing to lawyers of another organisation, with JavaScript off."""

import pytest

from tests.journeys.family import TOLD, Family
from tests.journeys.house import House
from tests.journeys.staff import Staff
from tests.journeys.window import Typed

pytestmark = pytest.mark.browser

MISSING: dict[str, Typed] = {
    "safety": {"in_occupied": "yes", "reply_safe": "only_here"},
    "situation": {"situation": "missing", "situation_basis": "told_by_other", "relation": "parent", "oblast": "UA14"},
    "person": TOLD["person"],
    "needs": {"need": ["tracing"], "story": "Зв'язок із ним зник під час бою, відтоді мовчить."},
    "reply": {"reply_language": "uk"},
    "consent": {"consent_ngo": "yes", "consent_stats": "yes"},
}
FOUND: Typed = {"situation": "pow_ua", "known_basis": "document", "held_where": "Табір для військовополонених"}
PARTNER = "partner-legal"
REASON = "Він у полоні, і кримські адвокати знають таке обвинувачення."
ANSWERED = "Ми взялися за захист. Завтра адвокатка буде в нього."


def _find_out(tracer: Staff, case_id: str) -> None:
    """Oksana records that he is a prisoner; the rules speak for lawyers."""
    tracer.log_in()
    tracer.open_case(case_id)
    assert tracer.do("take") == 200
    assert tracer.press("#known ~ p a[href$='/facts']") == 200
    tracer.fill(FOUND)
    assert tracer.press("main .row .on") == 200
    assert tracer.page.locator("#known ~ .notice form[action$='/offer']").is_visible()


def _offer(tracer: Staff) -> int:
    """From the case to the page of its ways, and there to the lawyers of the other organisation."""
    assert tracer.press(".notice a[href$='/move']") == 200
    tracer.fill({"queue": PARTNER, "way": "transfer"})
    form = tracer.page.locator("form[action$='/offer']")
    form.locator("[name=reason]").fill(REASON)
    return tracer.press(form.locator("button"))


def _ask(tracer: Staff) -> None:
    """Without the consent nothing goes; the question to the family is ready in its language."""
    assert _offer(tracer) == 409
    asked = tracer.typed("message")
    assert isinstance(asked, str)
    assert "Кримська правова допомога" in asked
    assert tracer.press("main .row .on") == 200
    assert asked in tracer.page.locator("#conversation ~ ol").inner_text()


def _allow(mother: Family, code: str) -> None:
    """She reads the question, and allows it with her code."""
    mother.come_back(code)
    asked = mother.page.locator(".talk .text").inner_text()
    link = mother.page.locator("main a[href$='/case/consents']")
    assert link.inner_text() in asked
    assert mother.press(link) == 200
    recipient = mother.page.locator("fieldset.consent", has=mother.page.locator("[name=consent_legal_ngo]"))
    assert recipient.locator("legend").first.inner_text() in asked
    mother.fill({"consent_legal_ngo": "allow", "scope_legal_ngo": "full"})
    assert mother.press("main .row .on") == 200
    mother.leave()


def _accept(lawyer: Staff, case_id: str) -> None:
    """Ayshe finds the offer in her queue, reads it, and takes the case over."""
    lawyer.log_in()
    lawyer.press("main .queues h2 a")
    assert lawyer.press(f"main .told a[href$='{case_id}']") == 200
    for told in ("Зв'язок із ним зник", REASON, "Табір для військовополонених"):
        assert lawyer.says(told)
    assert lawyer.page.locator("form[action$='/message']").count() == 0
    assert lawyer.press("form[action$='/accept'] button") == 200
    assert lawyer.write(ANSWERED) == 200


def test_a_missing_man_is_found_a_prisoner_and_gets_lawyers_elsewhere(house: House) -> None:
    mother = house.family()
    mother.tell(MISSING)
    code = mother.send()
    mother.note(code)
    mother.leave()
    case_id = house.cast.case_of(code)
    oksana, ayshe, rustem = house.staff("oksana"), house.staff("ayshe"), house.staff("rustem")

    _find_out(oksana, case_id)
    _ask(oksana)
    _allow(mother, code)
    oksana.open_case(case_id)
    assert _offer(oksana) == 200
    _accept(ayshe, case_id)

    # Whoever gave it away opens it no more; a colleague of hers who has it now does.
    assert oksana.open(f"/desk/cases/{case_id}") == 404
    rustem.log_in()
    assert rustem.open(f"/desk/cases/{case_id}") == 200
    assert rustem.says(ANSWERED)
    mother.come_back(code)
    assert ANSWERED in mother.page.locator(".talk").inner_text()
    assert "Кримська правова допомога" in mother.page.locator(".talk").inner_text()
