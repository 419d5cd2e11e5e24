"""The whole way of a family, in every language; each page is looked through for words that were left in English."""

import pytest

from app.web.languages import SOURCE, offered, translations
from tests.cast import Cast
from tests.web.reading import Page
from tests.web.walking import Browser, send_report, write_report

TRANSLATED = [language for language in offered() if language != SOURCE]
# Each opens questions that the others do not ask.
SITUATIONS = ("detained_at_point", "missing", "killed", "on_trial_ua")


def speaks(page: Page, language: str) -> bool:
    """Whether the page says that it is in this language."""
    return page.all("html")[0].attributes["lang"] == language


@pytest.fixture
def database_kind() -> str:
    """Words do not hang on the kind of database."""
    return "sqlite"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_report_is_written_refused_and_sent(amina: Browser, language: str) -> None:
    write_report(amina, language, situation="summoned")
    amina.go("situation")
    page = amina.go("next", deadline_day="31", deadline_month="2", deadline_year="2027")
    assert (amina.status, speaks(page, language)) == (422, True)
    for situation in SITUATIONS:
        page = write_report(amina, language, situation=situation, device="may_be_checked", in_occupied="yes")
        assert speaks(page, language)
    code = send_report(amina, language)
    form = amina.page.form_with("code")
    amina.press(form, code=code[:-1])
    assert amina.status == 422
    page = amina.press(form, code=code)
    assert (amina.status, speaks(page, language)) == (200, True)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_visit_is_made(amina: Browser, cast: Cast, language: str) -> None:
    code = cast.report()
    amina.press(amina.open(f"/{language}/return").form_with("code"), code="1234")
    amina.press(amina.open(f"/{language}/return").form_with("code"), code=code)
    page = amina.press(amina.page.form_with("message"), message="слово")
    assert (amina.address, speaks(page, language)) == (f"/{language}/case/written", True)
    for part in ("", "/update", "/consents", "/code", "/withdraw"):
        page = amina.open(f"/{language}/case{part}")
        assert (amina.status, speaks(page, language)) == (200, True)
    page = amina.press(page.form_with("code"), code=code)
    assert (amina.status, speaks(page, language)) == (200, True)


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_else_can_be_read(amina: Browser, language: str) -> None:
    for address in ("", "start", "help", "help/summoned", "help/on_trial_ua", "return"):
        page = amina.open(f"/{language}/{address}")
        assert (amina.status, speaks(page, language)) == (200, True)
    page = amina.open(f"/{language}/nothing")
    assert page.all("h1")[0].text == translations()[language].gettext("There is no such page")
