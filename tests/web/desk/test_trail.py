"""The page of the record, for auditors."""

import pytest

from tests.cast import Cast
from tests.web.desk.conftest import Sit, Staff


@pytest.fixture
def database_kind() -> str:
    """What the page shows does not depend on the database; what is below it is tried on both."""
    return "sqlite"


def test_an_auditor_sees_who_did_what_in_words_and_no_content(cast: Cast, daria: Staff, sit: Sit) -> None:
    case = cast.case_of(cast.report())
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/note", note="Слово з нотатки.")
    roman = sit("roman")
    roman.log_in()
    assert "/admin/trail" in roman.page.links()
    roman.open("/admin/trail")
    assert roman.status == 200
    for words in ("нотатка", "відкриття справи", "Дар", case, "вхід"):
        assert roman.says(words), words
    assert "Слово" not in roman.text
    daria_id = cast.member("daria").account_id
    roman.open(f"/admin/trail?actor={daria_id}&kind=noted&case={case}&since=2026-11-20&until=2026-11-20")
    rows = [element.text for element in roman.page.all("tr")]
    assert len(rows) == 2
    assert "20 листопада 2026" in rows[1]
    roman.open("/admin/trail?kind=nonsense&since=yesterday&before=1")
    assert roman.says("нічого такого немає")


def test_who_is_no_auditor_sees_nothing_of_it(daria: Staff, sit: Sit) -> None:
    daria.open("/admin/trail")
    assert daria.status == 403
    petro = sit("petro")
    petro.log_in()
    petro.open("/admin/trail")
    assert petro.status == 403
