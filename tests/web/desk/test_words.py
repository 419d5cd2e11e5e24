"""Every word of the desk and of the shared look has its Ukrainian."""

from collections.abc import Iterable
from pathlib import Path

from babel.messages.extract import extract_from_file

from app.accounts.permissions import Role
from app.accounts.setup import QUEUE_KINDS
from app.casefile.cases import Status
from app.casework.queues import PRIORITIES
from app.web.desk import words
from app.web.languages import translations

ROOT = Path(__file__).resolve().parents[3]
KEYWORDS = {"_": None, "ngettext": (1, 2)}


def _texts(paths: Iterable[Path], method: str) -> set[str]:
    found: set[str] = set()
    for path in paths:
        for _line, message, _comments, _context in extract_from_file(method, path, keywords=KEYWORDS):
            found.add(message if isinstance(message, str) else message[0])
    return found


def _untranslated(texts: Iterable[str]) -> list[str]:
    ukrainian = translations()["uk"]
    # Plurals lie under another key: a form for one thing is enough to know that the entry is there.
    return [text for text in sorted(texts) if text not in {"Rodyna"} and ukrainian.ngettext(text, text, 1) == text]


def test_every_word_of_the_desks_pages_is_translated() -> None:
    folders = [ROOT / "templates" / name for name in ("desk", "macros", "parts")]
    paths = [ROOT / "templates" / "base.html", *(path for folder in folders for path in folder.glob("*.html"))]
    texts = _texts(paths, "jinja2.ext:babel_extract")
    assert len(texts) > 80
    plain = [text for text in _untranslated(texts) if translations()["uk"].gettext(text) == text]
    assert plain == []


def test_every_word_in_the_desks_code_is_translated() -> None:
    texts = _texts((ROOT / "app" / "web" / "desk").glob("*.py"), "python")
    assert len(texts) > 40
    assert [text for text in texts if translations()["uk"].gettext(text) == text] == []


def test_every_code_has_a_word() -> None:
    assert set(words.QUEUE_KINDS) == set(QUEUE_KINDS)
    assert set(words.STATUSES) == set(Status)
    assert set(words.PRIORITIES) == set(PRIORITIES)
    assert set(words.ROLES) == set(Role)
