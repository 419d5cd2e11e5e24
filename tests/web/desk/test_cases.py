"""One case: what a caseworker reads and does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.casework.actions import add_note, answer_family
from app.intake import changing, returning
from app.vault.signing import new_signing_key
from tests.cast import NOW, Cast, answers
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit, Staff

STORY = "Його забрали озброєні люди.\n<b>Сказали: «спробуєш тікати — розстріляємо»</b>"


@pytest.fixture
def code(cast: Cast) -> str:
    """The code of Amina's report about her husband."""
    return cast.report(
        answers(
            surname="Коваль", situation_basis="told_by_him", taken_on="2022-02", story=STORY, need=["legal_defence"]
        )
    )


def _write_as_family(cast: Cast, code: str, text: str) -> None:
    with cast.session() as session:
        _, opened = returning.open_return(session, code, cast.now)
    with cast.session() as session:
        returning.write_message(session, opened, text, cast.now)


def _read_as_family(cast: Cast, code: str) -> list[str]:
    with cast.session() as session:
        _, opened = returning.open_return(session, code, cast.now)
        return [message.text for message in returning.read_thread(session, opened).messages]


def test_a_case_shows_labels_in_the_readers_language_and_the_familys_own_words(daria: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    assert daria.status == 200
    for words in ("Коваль", "Донецька область", "лютий 2022", "(відомо до місяця)", "Чому справа потрапила сюди"):
        assert daria.says(words), words
    own = [element for element in daria.page.all("p") if "own" in element.attributes.get("class", "").split()]
    assert STORY in [element.text for element in own]
    assert {element.attributes["lang"] for element in own} == {"uk"}
    assert "<b>" not in daria.text
    daria.read_in("en", f"/desk/cases/{case}")
    assert daria.page.all("html")[0].attributes["lang"] == "en"
    for words in ("Donetsk oblast", "February 2022", "Why it came here", "The person told me", STORY):
        assert daria.says(words), words


def test_the_reasons_and_the_consents_are_told(daria: Staff, case: str) -> None:
    daria.read_in("en", f"/desk/cases/{case}")
    headings = {element.attributes.get("id"): element.text for element in daria.page.all("h2")}
    assert {"next", "report", "conversation", "notes", "why", "consents"} <= set(headings)
    assert daria.says("Not given:")
    assert daria.says("Everything, with names")


def test_a_case_is_acknowledged_and_taken(daria: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    assert daria.says("Підтвердити до")
    daria.press_to("/acknowledge")
    assert (daria.status, daria.address) == (200, f"/desk/cases/{case}")
    assert daria.says("Отримання підтверджено")
    assert not daria.says("Підтвердити до")
    daria.press_to("/take")
    assert daria.says("у мене")
    assert [form for form in daria.page.forms if form.action.endswith(("/take", "/acknowledge"))] == []


def test_a_case_goes_back_and_forth_between_its_statuses(daria: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    assert [form for form in daria.page.forms if form.action.endswith("/status")] == []
    daria.press_to("/take")
    for words in ("У роботі", "Чекає на родину", "У роботі"):
        daria.press_to("/status")
        marks = [e.text.strip() for e in daria.page.all("span") if "status" in e.attributes.get("class", "").split()]
        assert marks == [words]


def test_a_colleague_sees_who_has_the_case(daria: Staff, sit: Sit, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/take")
    bohdan = sit("bohdan")
    bohdan.come_in()
    bohdan.open("/desk/queues/legal")
    cells = [element.text.strip() for element in bohdan.page.all("td")]
    assert cells[-1].startswith("Дар")
    bohdan.open(f"/desk/cases/{case}")
    assert bohdan.says(cells[-1])


def test_an_answer_reaches_the_family(cast: Cast, daria: Staff, code: str, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/message", message="Ми прочитали.\nЗвʼяжемося.")
    assert (daria.status, daria.address) == (200, f"/desk/cases/{case}")
    assert _read_as_family(cast, code) == ["Ми прочитали.\nЗвʼяжемося."]
    assert daria.says("Ми прочитали.")
    assert daria.page.form_with("message").get("message") == ""


def test_what_the_family_writes_is_unread_until_it_is_said_to_be_read(
    cast: Cast, daria: Staff, code: str, case: str
) -> None:
    _write_as_family(cast, code, "Він зателефонував.")
    daria.open("/desk/queues/legal?unread=yes")
    assert daria.says(case)
    assert daria.says("непрочитане")
    daria.open(f"/desk/cases/{case}")
    assert daria.says("Він зателефонував.")
    daria.press_to("/read")
    assert [form for form in daria.page.forms if form.action.endswith("/read")] == []
    daria.open("/desk/queues/legal?unread=yes")
    assert not daria.says(case)


def test_what_the_family_changed_is_told_in_words(cast: Cast, daria: Staff, code: str, case: str) -> None:
    with cast.session() as session:
        _, opened = returning.open_return(session, code, cast.now)
    with cast.session() as session:
        changing.send_update(session, opened, {"situation": "convicted_ua", "next_hearing": "2026-12-01"}, cast.now)
    with cast.session() as session:
        changing.change_consents(session, opened, {"prosecutor_438": "facts_only", "stats": ""}, cast.now)
    daria.read_in("en", f"/desk/cases/{case}")
    told = next(element.text for element in daria.page.all("li") if "They tell what changed" in element.text)
    assert "Was convicted in Ukraine" in told
    assert "1 December 2026" in told
    changed = next(element.text for element in daria.page.all("li") if "They changed their consents" in element.text)
    assert "Only the ticked answers" in changed
    assert "withdrawn" in changed


def test_a_text_whose_signature_does_not_fit_is_marked(cast: Cast, daria: Staff, sit: Sit, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/message", message="Справжнє.")
    daria.press_to("/note", note="Теж справжнє.")
    assert not daria.says("Підпис не збігається")
    stranger = replace(cast.member("daria", NOW + timedelta(minutes=5)), signing_key=new_signing_key())
    with cast.session() as session:
        answer_family(session, stranger, case, "Не її.", NOW)
        add_note(session, stranger, case, "Теж не її.", NOW)
    bohdan = sit("bohdan")
    bohdan.come_in()
    bohdan.open(f"/desk/cases/{case}")
    assert bohdan.text.count("Підпис не збігається") == 2


def test_a_note_stays_at_the_desk(cast: Cast, daria: Staff, sit: Sit, code: str, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/note", note="Перевірити реєстр.")
    assert daria.says("Перевірити реєстр.")
    assert _read_as_family(cast, code) == []
    bohdan = sit("bohdan")
    bohdan.come_in()
    bohdan.open(f"/desk/cases/{case}")
    assert bohdan.says("Перевірити реєстр.")


def test_a_family_that_must_not_be_written_to_is_not(cast: Cast, daria: Staff) -> None:
    code = cast.report(answers(reply_safe="no"))
    case = cast.case_of(code)
    daria.open(f"/desk/cases/{case}")
    assert daria.says("Родина просила їй не писати")
    assert [form for form in daria.page.forms if form.action.endswith("/message")] == []
    daria._show(daria.client.post(f"/desk/cases/{case}/message", data={"message": "Вітаємо"}))
    assert daria.status == 409
    assert daria.page.form_with("message").get("message") == "Вітаємо"
    assert _read_as_family(cast, code) == []


@pytest.mark.parametrize("field", ["message", "note"])
def test_an_empty_text_is_refused(daria: Staff, case: str, field: str) -> None:
    daria.open(f"/desk/cases/{case}")
    daria.press_to(f"/{field}", **{field: "  "})
    assert daria.status == 422
    assert daria.says("Поки що нічого надсилати")


def test_a_text_that_is_too_long_is_given_back(daria: Staff, case: str) -> None:
    long = "слово " * 20_000
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/message", message=long)
    assert daria.status == 422
    assert daria.page.form_with("message").get("message") == long
    daria.press_to("/message", message="коротше")
    assert daria.says("коротше")


def test_a_step_on_a_case_that_changed_meanwhile_does_nothing(daria: Staff, sit: Sit, case: str) -> None:
    bohdan = sit("bohdan")
    bohdan.come_in()
    bohdan.open(f"/desk/cases/{case}")
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/take")
    bohdan.press_to("/take")
    assert bohdan.status == 409
    assert bohdan.says("Тим часом хтось змінив цю справу")
    assert bohdan.says("Дарія Лановенко")
    daria.open(f"/desk/cases/{case}")
    assert daria.says("у мене")
    # Whoever has read that may take it all the same.
    bohdan.press_to("/take")
    assert bohdan.address == f"/desk/cases/{case}"
    assert bohdan.says("у мене")


def test_a_step_that_does_not_follow_is_refused_with_the_reason(daria: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    version = daria.page.form_with("version").get("version")
    daria._show(daria.client.post(f"/desk/cases/{case}/status", data={"version": version, "status": "closed"}))
    assert daria.says("З теперішнього стану перевести справу в обраний не можна")
    daria.press_to("/acknowledge")
    version = daria.page.form_with("version").get("version")
    daria._show(daria.client.post(f"/desk/cases/{case}/acknowledge", data={"version": version}))
    assert daria.says("Отримання справи вже підтверджено")
    daria._show(daria.client.post(f"/desk/cases/{case}/acknowledge", data={"version": "x"}))
    assert daria.status == 409


def test_what_was_typed_when_the_session_ended_comes_back_after_the_log_in(
    cast: Cast, daria: Staff, clock: Clock, code: str, case: str
) -> None:
    daria.open(f"/desk/cases/{case}")
    clock.pass_by(timedelta(hours=13))
    daria.press_to("/message", message="Довга відповідь, яку шкода втратити.")
    assert daria.status == 401
    assert "шкода втратити" not in daria.text
    assert daria.says("Написане вами збережено")
    # No link leads away from the page that holds the only copy.
    assert [link for link in daria.page.links() if link.startswith("/desk/login")] == []
    daria.press(daria.page.form_with("password"), name="daria", password="wrong words")
    daria.log_in_here()
    assert daria.page.form_with("message").get("message") == "Довга відповідь, яку шкода втратити."
    assert _read_as_family(cast, code) == []
    daria.press_to("/message")
    assert daria.address == f"/desk/cases/{case}"
    assert _read_as_family(cast, code) == ["Довга відповідь, яку шкода втратити."]


def test_what_one_person_typed_never_comes_back_to_another(daria: Staff, sit: Sit, clock: Clock, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    clock.pass_by(timedelta(hours=13))
    daria.press_to("/note", note="Лише для Дарʼї.")
    unsent = daria.page.form_with("unsent").get("unsent")
    assert unsent
    bohdan = sit("bohdan")
    bohdan.open("/desk/login")
    bohdan.press(
        bohdan.page.form_with("password"), name="bohdan", password=bohdan.cast.secrets("bohdan")[0], unsent=unsent
    )
    bohdan.press(bohdan.page.form_with("totp"), totp=bohdan.totp())
    assert bohdan.address == "/desk/"
    assert "Лише для" not in bohdan.text


@pytest.mark.parametrize("unsent", ["nonsense", "2026-11-20.nonsense", "2020-01-01.AAAA"])
def test_a_damaged_kept_text_is_forgotten(sit: Sit, unsent: str) -> None:
    daria = sit("daria")
    daria.open("/desk/login")
    daria.log_in_here(unsent=unsent)
    assert daria.address == "/desk/"


def test_a_case_that_was_taken_back_is_gone(cast: Cast, daria: Staff, code: str, case: str) -> None:
    with cast.session() as session:
        _, opened = returning.open_return(session, code, cast.now)
    with cast.session() as session:
        returning.withdraw(session, opened, code, cast.now)
    daria.open(f"/desk/cases/{case}")
    assert daria.status == 404
