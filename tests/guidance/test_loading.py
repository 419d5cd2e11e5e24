"""The guidance is read from its files, and texts that nobody can stand by are refused."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from app.guidance import BadGuidance, Guidance, current, read_guidance
from app.guidance.loading import TEXTS

Tables = dict[str, dict[str, Any]]

SMALL: Tables = {
    "guidance": {
        "version": "2026-11",
        "reviewed": "2026-11",
        "pages": ["missing", "taken"],
        "shown_the_list": ["dk"],
        "sources": {"law": "A law, article 1", "site": "A body, published guidance"},
        "helpers": {"body": {"name": "A body", "does": "It helps.", "risk": "It is watched.", "sources": ["site"]}},
    },
    "shared": {"crime": {"title": "The law", "paragraphs": ["It is a crime."], "sources": ["law"]}},
    "missing": {
        "situations": ["missing"],
        "title": "Missing",
        "lead": "We are here.",
        "sections": [{"use": "crime"}, {"title": "Who helps", "helpers": ["body"]}],
    },
    "taken": {
        "situations": ["serving", "wounded"],
        "title": "Taken",
        "lead": "It was done by force.",
        "sections": [
            {"title": "Now", "points": ["Write it down."], "sources": ["law"], "reviewed": "2026-12", "tone": "heed"},
        ],
    },
}


def read(change: Callable[[Tables], object] = lambda _tables: None) -> Guidance:
    tables = copy.deepcopy(SMALL)
    change(tables)
    return read_guidance(lambda name: tables[name])


def test_pages_stand_in_their_order_with_their_numbers() -> None:
    assert [(page.number, page.code) for page in read().pages] == [(1, "missing"), (2, "taken")]


@pytest.mark.parametrize(
    ("address", "code"),
    [("missing", "missing"), ("serving", "taken"), ("wounded", "taken"), ("taken", "taken")],
)
def test_a_page_is_found_by_its_situations_and_by_its_own_code(address: str, code: str) -> None:
    page = read().page_for(address)

    assert page is not None
    assert page.code == code


@pytest.mark.parametrize("address", ["dk", "nothing", ""])
def test_what_no_page_fits_has_none(address: str) -> None:
    assert read().page_for(address) is None


def test_a_shared_section_stands_on_the_page_with_its_sources_and_its_review() -> None:
    section = read().pages[0].sections[0]

    assert (section.title, section.sources, section.reviewed) == ("The law", ("A law, article 1",), "2026-11")


def test_what_is_said_about_a_helper_brings_its_sources() -> None:
    section = read().pages[0].sections[1]

    assert [helper.risk for helper in section.helpers] == ["It is watched."]
    assert section.sources == ("A body, published guidance",)


def test_a_section_may_have_been_reviewed_later_than_the_rest() -> None:
    section = read().pages[1].sections[0]

    assert (section.reviewed, section.tone) == ("2026-12", "heed")


def first_section(tables: Tables) -> dict[str, Any]:
    section = tables["taken"]["sections"][0]
    assert isinstance(section, dict)
    return section


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda tables: first_section(tables).update(sources=[]), "without a source"),
        (lambda tables: first_section(tables).update(sources=["rumour"]), "no source of this name"),
        (lambda tables: first_section(tables).update(helpers=["stranger"]), "no helper of this name"),
        (lambda tables: first_section(tables).update(use="nothing"), "no section of this name"),
        (lambda tables: first_section(tables).update(reviewed="last year"), "without a month of review"),
        (lambda tables: first_section(tables).update(reviewed="2026-13"), "without a month of review"),
        (lambda tables: first_section(tables).update(tone="loud"), "cannot be shown"),
        (lambda tables: first_section(tables).update(points=[]), "cannot be shown"),
        (lambda tables: tables["guidance"]["sources"].update(other="Another law"), "used nowhere"),
        (lambda tables: tables["shared"].update(other=tables["shared"]["crime"]), "used nowhere"),
        (lambda tables: tables["taken"].update(situations=["missing"]), "two pages for one situation"),
        (lambda tables: tables["taken"].update(situations=["dk"]), "two pages for one situation"),
        (lambda tables: tables["guidance"].update(pages=["missing", "missing"]), "two pages for one situation"),
    ],
)
def test_guidance_that_contradicts_itself_is_refused(change: Callable[[Tables], object], reason: str) -> None:
    with pytest.raises(BadGuidance, match=reason):
        read(change)


def test_every_file_of_texts_is_used() -> None:
    files = {path.stem for path in TEXTS.glob("*.toml")}

    assert files == {"guidance", "shared", *(page.code for page in current().pages)}
