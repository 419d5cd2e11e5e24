"""The page of the record, for auditors."""

from dataclasses import replace

import pytest

from app.casework.actions import add_note
from app.vault.signing import new_signing_key
from tests.cast import NOW, Cast
from tests.web.desk.conftest import Sit, Staff

UNVERIFIED = "Підпис не збігається"


@pytest.fixture
def database_kind() -> str:
    """What the page shows does not depend on the database; what is below it is tried on both."""
    return "sqlite"


def test_an_auditor_sees_who_did_what_in_words_and_no_content(cast: Cast, daria: Staff, sit: Sit) -> None:
    case = cast.case_of(cast.report())
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/note", note="Слово з нотатки.")
    roman = sit("roman")
    roman.come_in()
    assert "/admin/trail" in roman.page.links()
    roman.open("/admin/trail")
    assert roman.status == 200
    for words in ("нотатка", "відкриття справи", "Дар", case, "вхід"):
        assert roman.says(words), words
    assert "Слово" not in roman.text
    assert not roman.says(UNVERIFIED)
    daria_id = cast.member("daria").account_id
    roman.open(f"/admin/trail?actor={daria_id}&kind=noted&case={case}&since=2026-11-20&until=2026-11-20")
    rows = [element.text for element in roman.page.all("tr")]
    assert len(rows) == 2
    assert "20 листопада 2026" in rows[1]
    roman.open("/admin/trail?kind=nonsense&since=yesterday&before=1")
    assert roman.says("нічого такого немає")


def test_what_nobody_signed_is_marked_on_the_record_and_in_the_story(cast: Cast, daria: Staff, sit: Sit) -> None:
    case = cast.case_of(cast.report())
    stranger = replace(cast.member("daria"), signing_key=new_signing_key())
    with cast.session() as session:
        add_note(session, stranger, case, "Не її.", NOW)
    daria.open(f"/desk/cases/{case}/story")
    assert daria.says("Не її.")
    assert daria.text.count(UNVERIFIED) == 1
    roman = sit("roman")
    roman.come_in()
    roman.open("/admin/trail?kind=noted")
    assert roman.text.count(UNVERIFIED) == 1


def test_who_is_no_auditor_sees_nothing_of_it(daria: Staff, sit: Sit) -> None:
    daria.open("/admin/trail")
    assert daria.status == 403
    petro = sit("petro")
    petro.come_in()
    petro.open("/admin/trail")
    assert petro.status == 403
