"""Languages are chosen, completed and counted right."""

from datetime import UTC, date, datetime
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract_from_dir

from app import catalogues
from app.web.dates import MONTHS, OF_MONTH, answer_in_words, day_in_words, moment_in_words
from app.web.languages import LOCALES, NAMES, PLURALS, choose, load
from app.web.pages import environment, translate_into

PLURAL = ("%(num)s answer", "%(num)s answers")


def write(locales: Path, language: str, *entries: polib.POEntry, name: str = "pages") -> None:
    """Write one catalogue."""
    folder = locales / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    catalogue = polib.POFile()
    catalogue.extend(entries)
    catalogue.save(str(folder / f"{name}.po"))


def plural(*forms: str) -> polib.POEntry:
    """A text that counts."""
    return polib.POEntry(msgid=PLURAL[0], msgid_plural=PLURAL[1], msgstr_plural=dict(enumerate(forms)))


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        ("", "uk"),
        ("uk-UA,uk;q=0.9,en;q=0.5", "uk"),
        ("en-US,en;q=0.5", "en"),
        ("de, en;q=0.3, uk;q=0.8", "uk"),
        ("de,fr;q=0.5", "uk"),
        ("en;q=0, de", "uk"),
        ("en;q=x", "uk"),
        ("*", "uk"),
        (",;,;;q", "uk"),
    ],
)
def test_the_browsers_wish_is_followed_and_ukrainian_is_the_rest(wishes: str, language: str) -> None:
    assert choose(wishes) == language


@pytest.mark.parametrize(
    ("language", "forms", "expected"),
    [
        ("uk", ("відповідь", "відповіді", "відповідей"), {1: 0, 3: 1, 7: 2, 11: 2, 21: 0, 22: 1, 112: 2}),
        ("ru", ("ответ", "ответа", "ответов"), {1: 0, 3: 1, 7: 2, 11: 2, 21: 0, 22: 1, 112: 2}),
        ("crh", ("cevap",), {1: 0, 3: 0, 7: 0, 11: 0, 21: 0}),
    ],
)
def test_every_language_counts_by_its_own_rule(
    tmp_path: Path, language: str, forms: tuple[str, ...], expected: dict[int, int]
) -> None:
    write(tmp_path, language, plural(*forms))

    texts = load(tmp_path)[language]

    assert {count: texts.ngettext(*PLURAL, count) for count in expected} == {
        count: forms[form] for count, form in expected.items()
    }


def test_a_language_is_offered_once_it_says_everything_that_ukrainian_does(tmp_path: Path) -> None:
    send, back = polib.POEntry(msgid="Send", msgstr="x"), polib.POEntry(msgid="Back", msgstr="x")
    write(tmp_path, "uk", send)
    write(tmp_path, "uk", back, name="more")
    write(tmp_path, "crh", send, back)
    write(tmp_path, "ru", send, polib.POEntry(msgid="Back", msgstr="x", flags=["fuzzy"]))

    assert list(load(tmp_path)) == ["uk", "crh", "en"]


def test_a_language_is_whole_for_families_without_the_pages_of_staff(tmp_path: Path) -> None:
    send, queue = polib.POEntry(msgid="Send", msgstr="x"), polib.POEntry(msgid="My queues", msgstr="x")
    write(tmp_path, "uk", send)
    write(tmp_path, "uk", queue, name="desk")
    write(tmp_path, "ru", send)
    write(tmp_path, "crh", queue, name="desk")

    assert list(load(tmp_path)) == ["uk", "ru", "en"]


def test_no_two_catalogues_of_a_language_disagree_about_a_text() -> None:
    for folder in LOCALES.glob("*/LC_MESSAGES"):
        seen: dict[str, str] = {}
        for path in sorted(folder.glob("*.po")):
            for entry in polib.pofile(str(path)):
                assert seen.setdefault(entry.msgid, entry.msgstr) == entry.msgstr, (path.name, entry.msgid)


def test_ukrainian_has_every_text_of_the_templates_and_of_the_code() -> None:
    missing = used_texts() - {entry[1] for entry in catalogues._entries(LOCALES / "uk" / "LC_MESSAGES")}

    assert missing == set()


def used_texts() -> set[str]:
    """Every text that a template or a module under `app/web` marks for translation."""
    root = LOCALES.parents[2]
    found = extract_from_dir(
        root / "templates", [("**.html", "jinja2")], options_map={"**.html": {"newstyle_gettext": "true"}}
    )
    code = extract_from_dir(root / "app" / "web", [("**.py", "python")])
    texts: set[str] = set()
    for _file, _line, message, _comments, _context in [*found, *code]:
        texts.add(message[0] if isinstance(message, tuple) else message)
    assert len(texts) > 20
    return texts


def test_an_empty_text_stays_empty() -> None:
    assert translate_into("uk")("") == ""


def test_a_per_cent_sign_in_a_label_means_nothing() -> None:
    page = environment("uk").from_string("{{ translate('100 % <b>') }}")

    assert page.render() == "100 % &lt;b&gt;"


def test_every_language_has_months_and_a_plural_rule() -> None:
    assert set(MONTHS) == set(OF_MONTH) == set(NAMES)
    assert {len(months) for months in (*MONTHS.values(), *OF_MONTH.values())} == {12}
    assert set(PLURALS) == set(NAMES) - {catalogues.SOURCE}


def test_dates_are_told_in_words() -> None:
    assert day_in_words(date(2022, 2, 24), "uk") == "24 лютого 2022"
    assert day_in_words(date(2022, 5, 9), "crh") == "9 mayıs 2022"
    assert moment_in_words(datetime(2022, 7, 1, 21, 30, tzinfo=UTC), "en") == "2 July 2022, 00:30"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2022-02-24", "24 лютого 2022"),
        ("2022-02", "лютий 2022"),
        ("2022", "2022"),
        ("2022-13", "2022-13"),
        ("", ""),
        ("dk", "dk"),
        ("2022-02-24-01", "2022-02-24-01"),
    ],
)
def test_an_answered_date_is_told_as_precisely_as_it_was_given(text: str, words: str) -> None:
    assert answer_in_words(text, "uk") == words
