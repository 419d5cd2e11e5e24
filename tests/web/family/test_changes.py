"""What a family changes later, in the browser: something new, who may read it, the code."""

from collections.abc import Callable

import pytest

from app.casefile.tables import Case
from app.casework.opening import open_case
from app.casework.view import CaseView
from tests.cast import Cast
from tests.web.family.test_visit import come_back
from tests.web.reading import Page
from tests.web.walking import Browser

NewBrowser = Callable[[], Browser]


def seen_by_daria(cast: Cast, case_id: str) -> CaseView:
    """The case as the legal queue reads it."""
    daria = cast.member("daria")
    with cast.session() as session:
        return open_case(session, daria, case_id, cast.now)


def shown_code(page: Page) -> str:
    """The code that stands on the page."""
    return page.by_id("code").text.replace(" ", "").strip()


def test_something_new_reaches_the_desk_and_makes_the_case_urgent(amina: Browser, cast: Cast) -> None:
    code = cast.report()
    come_back(amina, code)
    page = amina.open("/uk/case/update")
    page = amina.press(
        page.form_with("situation"), next_hearing_day="22", next_hearing_month="11", next_hearing_year="2026"
    )

    assert amina.address == "/uk/case/written"
    view = seen_by_daria(cast, cast.case_of(code))
    assert view.listed.priority == 0
    assert view.conversation[0].answers == {"next_hearing": "2026-11-22"}


def test_a_refused_update_keeps_what_was_typed_and_an_empty_one_says_so(amina: Browser, cast: Cast) -> None:
    come_back(amina, cast.report())
    page = amina.open("/uk/case/update")
    page = amina.press(page.form_with("situation"), deadline_day="31", deadline_month="2", deadline_year="2027")
    assert amina.status == 422
    assert page.form_with("situation").get("deadline_day") == "31"

    page = amina.open("/uk/case/update")
    page = amina.press(page.form_with("situation"))
    assert amina.status == 422
    assert "Ви ще нічого не обрали" in amina.text


def test_consents_are_changed_without_being_shown(new_browser: NewBrowser, cast: Cast) -> None:
    pages = []
    for consents in ({"ngo": "full"}, {"ngo": "full", "stats": "full", "legal_ngo": "full"}):
        browser = new_browser()
        code = cast.report(consents=consents)
        come_back(browser, code)
        pages.append((browser.open("/uk/case/consents"), browser.text, browser, code))
    assert pages[0][1] == pages[1][1]

    page, _, browser, code = pages[1]
    browser.press(
        page.form_with("consent_stats"), consent_stats="withdraw", consent_icc_otp="allow", scope_icc_otp="full"
    )
    assert "Ваші дозволи змінено" in browser.text
    view = seen_by_daria(cast, cast.case_of(code))
    given = {consent.recipient: consent.scope for consent in view.consents}
    assert given == {"ngo": "full", "legal_ngo": "full", "icc_otp": "full"}


def test_a_consent_without_which_nobody_holds_the_report_asks_for_the_code(amina: Browser, cast: Cast) -> None:
    code = cast.report()
    come_back(amina, code)
    with cast.session() as session:
        session.connection().exec_driver_sql("UPDATE \"grant\" SET consent = 'legal_ngo'")

    page = amina.press(amina.open("/uk/case/consents").form_with("consent_legal_ngo"), consent_legal_ngo="withdraw")

    assert amina.status == 409
    assert "вашим зверненням ніхто б не займався" in amina.text
    # Nobody opens a grant whose consent was changed in its row: only that the case is still there can be seen.
    with cast.session() as session:
        assert session.get(Case, cast.case_of(code)) is not None
    amina.press(page.form_with("code"), code=code)
    come_back(amina, code)
    assert amina.status == 401


def test_nothing_chosen_changes_nothing(amina: Browser, cast: Cast) -> None:
    come_back(amina, cast.report())
    amina.press(amina.open("/uk/case/consents").form_with("consent_stats"))
    assert amina.status == 422


def test_a_new_code_is_typed_once_and_the_old_one_is_over(amina: Browser, cast: Cast) -> None:
    code = cast.report()
    come_back(amina, code)
    page = amina.open("/uk/case/code")
    page = amina.press(next(form for form in page.forms if form.action.endswith("/case/code")))
    new = shown_code(page)
    page = amina.press(page.form_with("code"), code="1234")
    assert amina.status == 422
    assert shown_code(page) == new
    page = amina.press(page.form_with("code"), code=code)
    assert amina.status == 422
    amina.press(page.form_with("code"), code=new)
    assert "діє лише новий код" in amina.text

    come_back(amina, code)
    assert amina.status == 401
    come_back(amina, new)
    assert amina.address == "/uk/case"


@pytest.mark.parametrize("page", ["update", "consents", "code"])
def test_without_a_visit_the_code_is_asked_for(amina: Browser, page: str) -> None:
    amina.open(f"/uk/case/{page}")
    assert amina.status == 401
    assert amina.page.form_with("code").action.endswith("/return")
