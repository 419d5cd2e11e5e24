"""Many cases at once, a case as a story, the address book."""

import pytest

from app.accounts.removal import remove_person
from app.casefile.tables import Case
from app.web.pages import translate_into
from tests.casework.desk import while_reading
from tests.cast import NOW, Cast
from tests.web.desk.conftest import Sit, Staff

say = translate_into("uk")


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own; the kind of the database makes no difference."""
    return "sqlite"


def many(staff: Staff, act: str, cases: list[str]) -> None:
    """Tick cases of the list that is shown, and press the button of a step."""
    (form,) = [form for form in staff.page.forms if form.action.endswith("/many")]
    assert form.names == {"case", "shown", "others"}
    assert act in [button.attributes["value"] for button in form.buttons]
    staff._show(staff.client.post(form.action, data={"case": cases, "act": act}))


def test_many_cases_are_acknowledged_taken_or_set_aside_at_once(cast: Cast, daria: Staff) -> None:
    cases = [cast.case_of(cast.report()) for _ in range(3)]
    daria.open("/desk/queues/legal")
    many(daria, "acknowledge", cases[:2])
    assert daria.address == "/desk/queues/legal"
    many(daria, "acknowledge", cases)
    assert daria.says(say("With these it could not be done as they stand now:"))
    assert [case for case in cases if daria.says(case)] == cases[:2]
    daria.open("/desk/queues/legal")
    many(daria, "take", cases)
    daria.open("/desk/queues/legal?mine=yes")
    assert all(daria.says(case) for case in cases)
    many(daria, "set-aside", cases[:1])
    assert not daria.says(cases[0])
    daria.client.post("/desk/queues/legal/many", data={"case": cases[1:], "act": "nonsense"})
    daria.open("/desk/queues/legal")
    assert all(daria.says(case) for case in cases[1:])


def test_in_a_flood_the_real_one_is_ticked_and_the_others_are_set_aside(cast: Cast, daria: Staff) -> None:
    real, *flood = [cast.case_of(cast.report()) for _ in range(4)]
    daria.open("/desk/queues/legal")
    (form,) = [form for form in daria.page.forms if form.action.endswith("/many")]
    inputs = [each.attributes for each in daria.page.all("input")]
    shown = [each["value"] for each in inputs if each.get("name") == "shown"]
    ticked = {"case": [real], "shown": shown, "others": "yes", "act": "set-aside"}
    daria._show(daria.client.post(form.action, data=ticked))
    daria.open("/desk/queues/legal")

    assert daria.says(real)
    assert not any(daria.says(case) for case in flood)


def test_nobody_does_anything_with_many_cases_of_another_queue(cast: Cast, sit: Sit) -> None:
    case = cast.case_of(cast.report())
    oksana = sit("oksana")
    oksana.come_in()
    oksana.open("/desk/queues/tracing")
    answer = oksana.client.post("/desk/queues/legal/many", data={"case": case, "act": "take"})
    assert answer.status_code == 404
    answer = oksana.client.post("/desk/queues/tracing/many", data={"case": case, "act": "take"})
    assert answer.status_code == 200
    with cast.session() as session:
        assert session.get_one(Case, case).assignee is None


def test_a_case_is_told_as_a_story_without_what_lawyers_keep(cast: Cast, daria: Staff) -> None:
    case = cast.case_of(cast.report())
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/note", note="Нотатка.")
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/message", message="Ми з вами.")
    daria.press_to("/privileged", privileged="Лише між нами.")
    daria.open(f"/desk/cases/{case}/end")
    daria.press_to("/close", outcome="acquitted", reason="Довід.")
    daria.press_to("/decline", reason="Передумала.")
    daria.open(f"/desk/cases/{case}/story")
    told = [say("The report came"), "Нотатка.", "Ми з вами.", say("Acquitted"), "Передумала."]
    text = "".join(element.text for element in daria.page.all("main"))
    assert [words for words in told if words not in text] == []
    assert "Лише між нами." not in text


def test_the_address_book_is_the_organisations_own(daria: Staff, sit: Sit) -> None:
    daria.open("/desk/directory")
    form = daria.page.form_with("reach")
    daria.press(form, None, kind="lawyer", name="Адвокатка Вигадана", reach="000", note="Бере справи.")
    assert daria.says("Адвокатка Вигадана")
    daria.press(form, None, kind="lawyer", name=" ")
    ayshe = sit("ayshe")
    ayshe.come_in()
    ayshe.open("/desk/directory")
    assert not ayshe.says("Адвокатка Вигадана")
    tomas = sit("tomas")
    tomas.come_in()
    tomas.open("/desk/directory")
    (card,) = _cards(tomas)
    ayshe.open(card)
    assert ayshe.status == 404
    tomas.open(card)
    tomas.press_to("/remove")
    assert not tomas.says("Адвокатка Вигадана")
    daria.open(card)
    assert daria.status == 404


def test_a_card_that_came_between_two_keys_to_names_is_given_back(cast: Cast, daria: Staff) -> None:
    petro, gone = cast.member("petro"), cast.founded_account("ostap")
    typed = {"kind": "lawyer", "name": "Адвокатка Вигадана", "reach": "000", "note": "Бере справи."}

    def removed() -> None:
        with cast.session() as session:
            remove_person(session, petro, gone, NOW)

    daria.open("/desk/directory")
    # Her page was let in by the key that goes at this very moment.
    while_reading(cast, "directory_share", removed)
    daria.press(daria.page.form_with("reach"), None, **typed)
    assert daria.status == 409
    given_back = daria.page.form_with("reach")
    assert {name: given_back.get(name) for name in typed} == typed
    daria.press(given_back, None)
    assert daria.says("Адвокатка Вигадана")


def test_two_who_change_one_card_are_both_read(daria: Staff, sit: Sit) -> None:
    daria.open("/desk/directory")
    form = daria.page.form_with("reach")
    daria.press(form, None, kind="lawyer", name="Адвокатка Вигадана", place="Дніпро", reach="111", languages=["crh"])
    (card,) = _cards(daria)
    bohdan = sit("bohdan")
    bohdan.come_in()
    bohdan.open(card)
    daria.open(card)
    daria.press(daria.page.form_with("reach"), None, reach="222")
    assert daria.address == "/desk/directory"
    bohdan.press(bohdan.page.form_with("reach"), None, reach="333")
    assert bohdan.status == 409
    assert bohdan.says("222")
    assert bohdan.page.form_with("reach").get("reach") == "333"
    bohdan.press(bohdan.page.form_with("reach"), None)
    daria.open(card)
    assert all(daria.says(words) for words in ("111", "222", "Богдан Терновий", "Дарія Лановенко"))
    assert daria.page.form_with("reach").get("reach") == "333"
    daria.press(daria.page.form_with("reach"), None, name=" ")
    assert (daria.status, daria.page.form_with("reach").get("reach")) == (422, "333")


def test_a_card_is_found_by_language_and_place_and_put_into_an_answer(cast: Cast, daria: Staff) -> None:
    daria.open("/desk/directory")
    form = daria.page.form_with("reach")
    daria.press(form, None, kind="lawyer", name="Адвокатка Вигадана", place="Дніпро", reach="111", languages=["crh"])
    daria.press(form, None, kind="hotline", name="Лінія Вигадана", place="Київ", reach="222", languages=["uk"])
    lawyer, hotline = _cards(daria)
    for query, found in (
        ("language=crh", lawyer),
        ("kind=hotline", hotline),
        (f"place={hotline.rpartition('/')[2]}", hotline),
    ):
        daria.open(f"/desk/directory?{query}")
        assert _cards(daria) == [found], query
    case = cast.case_of(cast.report())
    daria.open(f"/desk/cases/{case}?reply=&card={lawyer.rpartition('/')[2]}")
    assert daria.page.form_with("message").get("message") == "Адвокатка Вигадана\nДніпро\n111"


def _cards(staff: Staff) -> list[str]:
    """The addresses of the cards that the page shows."""
    links = [link.attributes.get("href") or "" for link in staff.page.all("a")]
    return [href for href in links if href.startswith("/desk/directory/cards/")]


def test_what_one_wants_to_see_of_a_queue_stays_for_the_session_and_on_no_device(
    cast: Cast, daria: Staff, sit: Sit
) -> None:
    case = cast.case_of(cast.report())
    daria.open("/desk/queues/legal?status=closed&priority=")
    assert not daria.says(case)
    daria.open("/desk/queues/legal")
    assert not daria.says(case)
    daria.open("/desk/queues/legal?late=yes")
    bohdan = sit("bohdan")
    bohdan.come_in()
    bohdan.open("/desk/queues/legal")
    assert bohdan.says(case)
    assert set(daria.client.cookies) == {"desk"}
    daria.open("/desk/queues/legal?status=&priority=")
    daria.open("/desk/queues/legal")
    assert daria.says(case)
