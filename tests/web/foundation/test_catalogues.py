"""Every catalogue is whole, well-formed, and calls nobody names."""

import re
from collections.abc import Iterator
from gettext import c2py  # The standard library's own reader of plural rules.
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract_from_dir

from app import guidance, questionnaire
from app.questionnaire.catalogue import msgids as questionnaire_msgids
from app.web.languages import DEFAULT, LOCALES, NAMES, PLURALS, STAFF, STAFF_CATALOGUES, offered

ROOT = LOCALES.parents[2]
CATALOGUES = sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))
# The parts of the templates and of the code that only staff see.
OF_STAFF = ("desk/", "admin/", "join/", "statistics/", "macros/desk.html")
IDS = [f"{path.parents[1].name}-{path.stem}" for path in CATALOGUES]
LANGUAGES = sorted({path.parents[1].name for path in CATALOGUES})

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-z]")
QUOTED = re.compile(r"“([^”]+)”")
# Which form each of these numbers takes: 0 is that of one, 1 that of few, 2 that of many.
SLAVIC = {1: 0, 3: 1, 7: 2, 11: 2, 21: 0}
FORMS = {"uk": SLAVIC, "ru": SLAVIC, "crh": dict.fromkeys(SLAVIC, 0)}

# What no text may call a person, by the beginning of a word. «СЗЧ» and «СОЧ» are the armies' abbreviations for absence
# without leave; the law is called treason where it must be, but nobody is called by it.
FORBIDDEN = re.compile(
    r"\b(?:"
    r"desert(?:er|ed|ion)|separatis|collaborat(?:or|ionis)|traitor|draft.?dodger"
    r"|дезерт[иі]р|сепарат[иі]ст|кол+аборан|кол+аборац|зрадни|предател|изменник|пособни|посібник|ухилянт|уклонист"
    r"|(?:сзч|соч)\b"
    r"|dezertir|separatist|kol+aborats|kol+aborant|işbirlikçi|bölücü|satqın|firariy"
    r")",
    re.IGNORECASE,
)


def read(path: Path) -> polib.POFile:
    """One catalogue."""
    return polib.pofile(str(path))


def texts_of(language: str, *, staff: bool = False) -> dict[str, polib.POEntry]:
    """The entries of a language by their msgid; those of staff's own pages only if asked for."""
    return {
        entry.msgid: entry
        for path in sorted((LOCALES / language / "LC_MESSAGES").glob("*.po"))
        if staff or path.stem not in STAFF_CATALOGUES
        for entry in read(path)
    }


def forms_of(entry: polib.POEntry) -> list[str]:
    """The text, or each of its plural forms in order."""
    return [entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural)] or [entry.msgstr]


def families_texts() -> Iterator[str]:
    """Every text that a family may meet: of the templates, the code, the questionnaire and the guidance."""
    options = {"**.html": {"newstyle_gettext": "true"}}
    for folder, method in ((ROOT / "templates", ("**.html", "jinja2")), (ROOT / "app" / "web", ("**.py", "python"))):
        for file, _line, message, *_rest in extract_from_dir(folder, [method], options_map=options):
            if not file.startswith(OF_STAFF):
                yield message[0] if isinstance(message, tuple) else message
    yield from guidance.msgids(guidance.current())
    yield from questionnaire_msgids(questionnaire.current())


@pytest.mark.parametrize("path", CATALOGUES, ids=IDS)
def test_nothing_is_left_open_doubtful_or_obsolete(path: Path) -> None:
    catalogue = read(path)

    assert [entry.msgid for entry in catalogue if not entry.translated()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []
    assert len({entry.msgid for entry in catalogue}) == len(catalogue)


def test_what_a_family_may_meet_stands_in_the_families_catalogues() -> None:
    texts = set(families_texts()) - {""}

    assert len(texts) > 700
    assert texts - set(texts_of(DEFAULT)) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_to_families_what_ukrainian_says_and_nothing_else(language: str) -> None:
    assert set(texts_of(language)) == set(texts_of(DEFAULT))


def test_families_may_choose_among_all_languages() -> None:
    assert offered() == tuple(NAMES)


@pytest.mark.parametrize("language", [language for language in STAFF if language in PLURALS])
def test_staff_read_every_page_in_the_languages_that_they_may_choose(language: str) -> None:
    assert set(texts_of(language, staff=True)) == set(texts_of(DEFAULT, staff=True))


@pytest.mark.parametrize("path", CATALOGUES, ids=IDS)
def test_the_header_names_the_language_and_how_it_counts(path: Path) -> None:
    language, head = path.parents[1].name, read(path).metadata

    assert head["Language"] == language
    assert head["Plural-Forms"] == PLURALS[language]
    assert head["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_three_seven_eleven_and_twenty_one_are_counted_right(language: str) -> None:
    count, rule = re.fullmatch(r"nplurals=(\d+); plural=(.*);", PLURALS[language]).groups()  # type: ignore[union-attr]
    form_of = c2py(rule)
    counting = [entry for entry in texts_of(language, staff=True).values() if entry.msgid_plural]

    assert {number: form_of(number) for number in SLAVIC} == FORMS[language]
    assert len(counting) >= 3
    for entry in counting:
        forms = forms_of(entry)
        assert len(forms) == int(count), entry.msgid
        # The form of one also stands for twenty-one, so even that form says the number.
        assert all(PLACEHOLDER.findall(form) == PLACEHOLDER.findall(entry.msgid_plural) for form in forms), entry.msgid


@pytest.mark.parametrize("path", CATALOGUES, ids=IDS)
def test_a_translation_has_the_placeholders_of_its_text(path: Path) -> None:
    for entry in read(path):
        if not entry.msgid_plural:
            assert sorted(PLACEHOLDER.findall(entry.msgstr)) == sorted(PLACEHOLDER.findall(entry.msgid)), entry.msgid


@pytest.mark.parametrize("path", CATALOGUES, ids=IDS)
def test_no_text_begins_or_ends_with_space_or_holds_two(path: Path) -> None:
    assert [form for entry in read(path) for form in forms_of(entry) if form != " ".join(form.split())] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_text_quotes_from_a_page_is_called_there_just_so(language: str) -> None:
    texts = texts_of(language)
    quoting = [(entry, name) for entry in texts.values() for name in QUOTED.findall(entry.msgid) if name in texts]

    assert len(quoting) >= 4
    for entry, name in quoting:
        assert texts[name].msgstr in entry.msgstr, entry.msgid


@pytest.mark.parametrize("path", CATALOGUES, ids=IDS)
def test_no_text_calls_anyone_names(path: Path) -> None:
    texts = [text for entry in read(path) for text in (entry.msgid, entry.msgid_plural, *forms_of(entry))]

    assert [text for text in texts if FORBIDDEN.search(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "A deserter",
        "two separatists",
        "collaborators",
        "дезертир",
        "Дезертирів",
        "сепаратисты",
        "сепаратист",
        "колаборант",
        "колабораціоністка",
        "коллаборационист",
        "СЗЧ",
        "СОЧ,",
        "dezertirler",
        "Separatistler",
        "kollaboratsionist",
        "kollaborant",
    ],
)
def test_the_words_that_nobody_is_called_are_known_in_every_form(text: str) -> None:
    assert FORBIDDEN.search(text)


@pytest.mark.parametrize("text", ["to desert nobody", "державна зрада", "сочувствие", "separate", "в колонне", "Soçi"])
def test_ordinary_words_are_not_taken_for_them(text: str) -> None:
    assert not FORBIDDEN.search(text)
