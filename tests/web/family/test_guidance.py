"""Guidance is read without reporting, in every language, for every situation, on a slow line."""

import re
from collections.abc import Iterator

import pytest

from app.guidance import current
from app.questionnaire import current as current_questionnaire
from app.web.languages import offered, translations
from tests.web.reading import Page
from tests.web.walking import Browser

# What fits into the first flight of a connection: ten segments of 1,460 bytes, which is what "14 KB" stands for.
FIRST_FLIGHT = 14 * 1024


@pytest.fixture
def database_kind() -> str:
    """One kind of database is enough: no page of the guidance reads it."""
    return "sqlite"


def addresses(*languages: str) -> Iterator[str]:
    for language in languages or offered():
        yield f"/{language}/help/"
        for page in current().pages:
            yield f"/{language}/help/{page.code}"


def bytes_on_the_wire(browser: Browser, address: str) -> int:
    """An answer as it travels: its headers, and its body as it was compressed."""
    answer = browser.client.get(address)
    assert answer.status_code == 200, address
    headers = sum(len(name) + len(value) + len(": \r\n") for name, value in answer.headers.raw)
    return headers + int(answer.headers["content-length"])


def test_the_first_page_leads_to_the_list(amina: Browser) -> None:
    assert "/uk/help/" in amina.open("/uk/").links()


def test_the_list_leads_to_every_page_in_every_language(amina: Browser) -> None:
    for language in offered():
        links = amina.open(f"/{language}/help/").links()

        for page in current().pages:
            assert f"/{language}/help/{page.code}" in links
            shown = amina.open(f"/{language}/help/{page.code}")
            title = translations()[language].gettext(page.title)
            assert [heading.text for heading in shown.all("h1")] == [title]


def test_every_situation_of_the_questionnaire_is_answered(amina: Browser) -> None:
    for choice in current_questionnaire().questions["situation"].choices:
        amina.open(f"/uk/help/{choice.code}")

        assert amina.status == 200, choice.code


def test_a_situation_is_answered_at_its_own_address(amina: Browser) -> None:
    amina.open("/uk/help/serving")

    assert amina.address == "/uk/help/serving"
    assert "Людину забрали" in amina.text


def test_who_does_not_know_what_has_happened_is_shown_the_list(amina: Browser) -> None:
    unknown, whole = amina.open("/uk/help/dk"), amina.open("/uk/help/")

    assert [link for link in unknown.links() if "/help/" in link and not link.endswith("/dk")] == [
        link for link in whole.links() if "/help/" in link and not link.endswith("/help/")
    ]


def test_what_is_no_situation_is_no_page(amina: Browser) -> None:
    for address in ("/uk/help/nothing", "/uk/help/guidance", "/uk/help/shared", "/uk/help/taken/", "/xx/help/"):
        amina.open(address)

        assert amina.status == 404, address


def test_without_its_slash_the_list_is_found_too(amina: Browser) -> None:
    amina.open("/uk/help")

    assert (amina.status, amina.address) == (200, "/uk/help/")


def test_every_page_has_the_way_out_and_the_way_to_a_report(amina: Browser) -> None:
    for address in addresses():
        page = amina.open(address)
        language = address.split("/")[1]

        assert f"/{language}/leave" in [form.action for form in page.forms], address
        assert f"/{language}/start" in page.links(), address


def test_every_page_changes_its_language_at_the_same_place(amina: Browser) -> None:
    links = amina.open("/uk/help/missing").links()

    assert [link for link in links if link.endswith("/help/missing")] == [
        f"/{language}/help/missing" for language in offered() if language != "uk"
    ]


def test_no_title_tells_a_bystander_what_the_page_is_about(amina: Browser) -> None:
    for language in offered():
        windows = [amina.open(address).all("title")[0].text for address in addresses(language)]

        # The pages are told apart by their numbers alone.
        assert len(set(windows)) == 1 + len(current().pages)
        assert len({re.sub(r"\d+", "", window) for window in windows}) == 2
        assert all(window.endswith(" — Rodyna") for window in windows)


def test_each_text_is_shown_with_its_sources_and_its_review(amina: Browser) -> None:
    page = amina.open("/uk/help/trial")

    assert {summary.text for summary in page.all("summary")} == {"Джерела; перевірено: листопад 2026"}
    notes = [[line.strip() for line in note.text.splitlines() if line.strip()] for note in page.all("details")]
    assert len(notes) == len(page.all("section")) > 5
    assert notes[0][1:] == [
        "Кримінальний процесуальний кодекс України, статті 42, 48–53",
        "Закон України «Про безоплатну правничу допомогу»",
        "Конституція України, стаття 63",
    ]


def test_the_parts_of_a_page_are_found_from_its_top(amina: Browser) -> None:
    page = amina.open("/en/help/prisoner")

    jumps = [link.removeprefix("#") for link in page.links() if link.startswith("#part-")]
    assert jumps == [section.attributes["id"] for section in page.all("section")]


def test_who_is_killed_or_missing_is_not_taken_for_the_reader(amina: Browser) -> None:
    not_told = set()
    for page in current().pages:
        amina.open(f"/en/help/{page.code}")
        if "read “the person” as yourself" not in amina.text:
            not_told.add(page.code)

    assert not_told == {"missing", "killed"}


def test_the_warning_about_a_checked_phone_stands_out(amina: Browser) -> None:
    loud = [section for section in amina.open("/en/help/missing").all("section") if "class" in section.attributes]

    assert [section.attributes["class"] for section in loud] == ["notice heed"]
    assert "Before you write to a bot or open a site" in loud[0].text


def test_reading_leaves_nothing_and_asks_for_nothing_from_elsewhere(amina: Browser) -> None:
    for address in addresses():
        page = amina.open(address)

        assert "set-cookie" not in amina.headers, address
        assert all("src" not in script.attributes for script in page.all("script")), address
        assert [link for link in (*page.links(), *sources(page)) if not link.startswith(("/", "#"))] == [], address


def sources(page: Page) -> list[str]:
    return [
        element.attributes[name]
        for element in page.elements
        for name in ("src", "srcset", "data", "poster")
        if name in element.attributes
    ] + [link.attributes["href"] for link in page.all("link")]


def test_every_page_fits_the_first_flight_of_a_connection(amina: Browser) -> None:
    weights = {}
    for address in addresses():
        sheets = [
            link.attributes["href"] for link in amina.open(address).all("link") if "style" in link.attributes["rel"]
        ]
        weights[address] = sum(bytes_on_the_wire(amina, part) for part in (address, *sheets))

    assert {address: weight for address, weight in weights.items() if weight > FIRST_FLIGHT} == {}
