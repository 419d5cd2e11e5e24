"""The page of the record, for auditors."""

from dataclasses import replace

import pytest

from app.accounts.record import put_on_record
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


def test_an_auditor_reads_names_and_words_where_the_record_has_ids_and_codes(cast: Cast, sit: Sit) -> None:
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    with cast.session() as session:
        for kind, details in {
            "assigned": {"to": bohdan.account_id},
            "offered_refer": {"to": "tracing", "scope": "facts_only"},
            "roles_changed": {"account": bohdan.account_id, "roles": "auditor caseworker", "given": "auditor"},
            "key_given": {"ring": "queue:legal", "account": "of-somebody-elsewhere", "lead": "yes"},
            "key_made": {"ring": "record", "generation": "2"},
            "proposed": {"case": "RD-7K3M", "takes": "disclose"},
            "trail_read": {"of_kind": "noted"},
            "organisation_leaves": {"organisation": daria.organisation_id},
            "status_set": {"status": "in_progress"},
            "opened": {"queue": "gone"},
        }.items():
            put_on_record(session, daria, kind, NOW, **details)
    roman = sit("roman")
    roman.come_in()
    roman.open("/admin/trail")
    rows = [" ".join(row.text.split()).partition(" 13:07 Дарія Лановенко ")[2] for row in roman.page.all("tr")]
    scope = "Лише позначені відповіді та дати, нічого з написаного вашими словами"
    assert rows[1:] == [
        "відкриття справи група: gone",
        "зміна стану справи стан: У роботі",
        "закриття організації для нового організація: Родинний захист",
        "перегляд журналу що шукали: нотатка",
        "пропозиція, яку підтверджують двоє справа: RD-7K3M що: Передати назовні",
        "створення ключа покоління: 2 ключ: Журнал",
        "передання ключа працівник: of-somebody-elsewhere керує: Так ключ: Правнича допомога (legal)",
        "зміна ролей людини працівник: Богдан Терновий надано: Аудитор ролі: Аудитор, Працівник групи",
        f"запропоновано поділитися справою обсяг: {scope} передано: Розшук (tracing)",
        "доручення справи передано: Богдан Терновий",
    ]
