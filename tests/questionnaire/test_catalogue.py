"""Every text of every version, and every reason of the rules, stands in the catalogue, and nothing else does."""

import re
from collections.abc import Iterable
from pathlib import Path

import polib
import pytest

from app.questionnaire import load, versions
from app.questionnaire.catalogue import msgids
from app.routing import FALLBACKS, current_rules, reasons_msgids

LOCALES = Path(__file__).resolve().parents[2] / "app" / "web" / "locales"
CATALOGUES = sorted(LOCALES.glob("*/LC_MESSAGES/questionnaire.po"))
PLACES = re.compile(r"%\(\w+\)s|%")


def needed() -> Iterable[str]:
    """All texts that a family or a caseworker can see out of the data."""
    texts = [text for version in versions() for text in msgids(load(version))]
    return dict.fromkeys([*texts, *reasons_msgids(current_rules()), *FALLBACKS.values()])


@pytest.fixture(params=CATALOGUES, ids=lambda path: path.parents[1].name)
def catalogue(request: pytest.FixtureRequest) -> polib.POFile:
    """One language."""
    return polib.pofile(str(request.param))


def test_ukrainian_is_among_the_catalogues() -> None:
    assert "uk" in [path.parents[1].name for path in CATALOGUES]


def test_every_text_is_translated_and_none_is_left_over(catalogue: polib.POFile) -> None:
    translated = [entry.msgid for entry in catalogue if entry.translated()]
    assert set(needed()) - set(translated) == set()
    assert {entry.msgid for entry in catalogue} - set(needed()) == set()
    assert len(translated) == len(set(translated))


def test_translations_keep_the_places_to_fill(catalogue: polib.POFile) -> None:
    for entry in catalogue:
        assert sorted(PLACES.findall(entry.msgid)) == sorted(PLACES.findall(entry.msgstr)), entry.msgid


def test_the_header_names_language_and_plurals(catalogue: polib.POFile) -> None:
    # Without `Language` the plural rule is dropped without a word.
    assert catalogue.metadata["Language"] == Path(catalogue.fpath).parents[1].name
    assert "plural=" in catalogue.metadata["Plural-Forms"]


def test_ukrainian_is_written_in_cyrillic_and_calls_nobody_names() -> None:
    texts = [entry.msgstr for entry in polib.pofile(str(LOCALES / "uk" / "LC_MESSAGES" / "questionnaire.po"))]
    assert not [text for text in texts if not re.search("[а-яїієґ]", text.lower()) and text != "ФСБ"]
    forbidden = ("дезертир", "сепаратист", "колаборант", "колаборац", "зрадник", "терорист ", "бойовик", "СЗЧ", "ТЦК")
    assert not [text for text in texts if any(word.lower() in text.lower() for word in forbidden)]


def test_no_letter_of_another_alphabet_hides_in_a_ukrainian_word() -> None:
    texts = [entry.msgstr for entry in polib.pofile(str(LOCALES / "uk" / "LC_MESSAGES" / "questionnaire.po"))]
    mixed = re.compile(r"[а-яїієґ][a-z]|[a-z][а-яїієґ]|[ыэъё]", re.IGNORECASE)
    assert not [text for text in texts if mixed.search(text)]


def test_texts_differ_where_their_msgids_do(catalogue: polib.POFile) -> None:
    # Two choices of one question with one label could not be told apart.
    by_msgid = {entry.msgid: entry.msgstr for entry in catalogue}
    for version in versions():
        for question in load(version).questions.values():
            labels = [by_msgid[choice.label] for choice in question.choices]
            assert len(set(labels)) == len(labels), question.code
