"""What the guidance says: for every situation, in every language, and nothing that gets somebody hurt."""

import re

import pytest

from app.guidance import Page, Section, current, msgids
from app.questionnaire import current as current_questionnaire
from app.web.languages import SOURCE, translations

# No page calls anyone by a name that condemns, in any language. Treason is named, because an article is called so
# («державна зрада», «devlet hainligi»); a person is not.
CONDEMNING = re.compile(
    r"desert|traitor|separatis|collaborat|дезертир|зрадни|сепаратис|колабора|предател|изменник|коллабора|satqın|hain(?!li[kg])",
    re.IGNORECASE,
)
# Seven digits and more, with what stands between the digits of a telephone number; years and articles are shorter.
TELEPHONE = re.compile(r"(?:\+|\d)(?:[\s().-]{0,2}\d){6,}")
ADDRESS = re.compile(r"https?:|www\.|\bt\.me\b|@\w|\w\.(?:org|com|net|gov|ua|info|ru)\b", re.IGNORECASE)


def pages() -> dict[str, Page]:
    return {page.code: page for page in current().pages}


def texts_of(page: Page) -> str:
    return "\n".join((page.title, page.lead, *(text for section in page.sections for text in words_of(section))))


def words_of(section: Section) -> list[str]:
    helpers = [text for helper in section.helpers for text in (helper.name, helper.does, helper.risk)]
    return [section.title, *section.paragraphs, *section.points, *helpers]


def all_texts() -> list[tuple[str, str]]:
    return [
        (language, text if language == SOURCE else catalogue.gettext(text))
        for language, catalogue in translations().items()
        for text in msgids(current())
    ]


def test_every_situation_of_the_questionnaire_has_its_page() -> None:
    situations = {choice.code for choice in current_questionnaire().questions["situation"].choices}

    answered = {situation for page in current().pages for situation in page.situations}

    assert answered | set(current().shown_the_list) == situations
    assert len(situations) == 16


@pytest.mark.parametrize(
    ("situation", "code"),
    [
        ("at_risk", "at_risk"),
        ("hiding", "at_risk"),
        ("summoned", "summoned"),
        ("detained_at_point", "taken"),
        ("in_training", "taken"),
        ("serving", "taken"),
        ("missing", "missing"),
        ("killed", "killed"),
        ("surrendered", "prisoner"),
        ("pow_ua", "prisoner"),
        ("on_trial_ua", "trial"),
        ("convicted_ua", "trial"),
    ],
)
def test_a_situation_leads_to_the_page_that_fits_it(situation: str, code: str) -> None:
    page = current().page_for(situation)

    assert page is not None
    assert page.code == code


def test_every_text_carries_its_source_and_the_month_of_its_review() -> None:
    for page in current().pages:
        for section in page.sections:
            assert section.sources
            assert section.reviewed >= "2026-11"


def test_every_page_says_that_it_is_a_crime_against_the_person() -> None:
    said = ["crime against the person, and not one by the person", "victim of a war crime", "Those who forced them"]

    for page in current().pages:
        assert any(words in texts_of(page) for words in said), page.code


def test_every_page_names_the_law_that_forbids_it() -> None:
    for page in current().pages:
        sources = {source for section in page.sections for source in section.sources}
        assert {
            "Geneva Convention IV (1949), article 51",
            "Rome Statute, article 8 (2)(a)(v) and (2)(b)(xv)",
        } <= sources, page.code


def test_the_page_on_trials_names_the_charges_and_the_defence() -> None:
    text = texts_of(pages()["trial"])

    assert [code for code in ("111", "111-1", "258", "258-3", "260", "40", "39") if code not in text] == []


def test_every_helper_is_told_with_what_turning_to_it_can_bring() -> None:
    for page in current().pages:
        helpers = [helper for section in page.sections for helper in section.helpers]
        assert helpers, page.code
        assert all(helper.risk for helper in helpers)


def test_every_page_that_names_a_bot_warns_of_the_checked_phone() -> None:
    for page in current().pages:
        if "bot" in texts_of(page):
            assert [section.title for section in page.sections if section.tone == "heed"] == [
                "Before you write to a bot or open a site"
            ], page.code


def test_the_warning_stands_before_the_bodies_that_have_bots() -> None:
    for page in current().pages:
        loud = [number for number, section in enumerate(page.sections) if section.tone == "heed"]
        helping = [number for number, section in enumerate(page.sections) if section.helpers]
        assert loud
        assert max(loud) < min(helping), page.code


def test_wherever_surrender_is_told_of_nobody_is_told_to_run() -> None:
    assert "We advise nobody to run, to cross a line or to lay down arms" in texts_of(pages()["taken"])
    assert "do not walk towards the front line" in texts_of(pages()["at_risk"])


def test_no_text_has_a_telephone_number_or_an_address() -> None:
    found = [text for _language, text in all_texts() if TELEPHONE.search(text) or ADDRESS.search(text)]

    assert found == []


@pytest.mark.parametrize(
    "text", ["0 800 213 103", "+38 (044) 123-45-67", "call 0445551122 now", "see https://x", "t.me/name", "name.gov.ua"]
)
def test_a_telephone_number_or_an_address_would_be_found(text: str) -> None:
    assert TELEPHONE.search(text) or ADDRESS.search(text)


def test_no_text_calls_anyone_by_a_name_that_condemns() -> None:
    found = [text for _language, text in all_texts() if CONDEMNING.search(text)]

    assert found == []


@pytest.mark.parametrize("text", ["a deserter", "Дезертир", "зрадники", "коллаборант", "separatists", "hainler"])
def test_a_name_that_condemns_would_be_found(text: str) -> None:
    assert CONDEMNING.search(text)


def test_every_text_is_there_in_every_offered_language() -> None:
    missing = [
        (language, text)
        for language, catalogue in translations().items()
        if language != SOURCE
        for text in msgids(current())
        if catalogue.gettext(text) == text
    ]

    assert missing == []
    assert len(msgids(current())) > 200


def test_paragraphs_and_points_are_short() -> None:
    # What a frightened person reads on a small screen: a few sentences at once.
    long = [text for text in msgids(current()) if len(text) > 400]

    assert long == []


def test_titles_that_a_text_quotes_are_titles_in_every_language() -> None:
    quoting = [text for text in msgids(current()) if "on the page “" in text]
    assert len(quoting) == 2
    for language, catalogue in translations().items():
        titles = [catalogue.gettext(page.title) for page in current().pages]
        for text in quoting:
            assert any(title in catalogue.gettext(text) for title in titles), (language, text)


def test_every_sentence_is_whole() -> None:
    for page in current().pages:
        for section in page.sections:
            for text in (*section.paragraphs, *section.points):
                assert text == text.strip()
                assert text[-1] in ".:?", text
