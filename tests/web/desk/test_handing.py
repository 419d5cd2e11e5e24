"""Assigning many, handing over, the workload, and today, as pages."""

from datetime import timedelta

import pytest
from sqlmodel import col, update

from app.casefile.tables import Case
from app.casework import handing
from app.web.pages import translate_into
from tests.cast import Cast, answers
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit, Staff

say = translate_into("uk")


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own; the kind of the database makes no difference."""
    return "sqlite"


def tick(staff: Staff, act: str, cases: list[str]) -> None:
    """Tick cases of the list that is shown, and press the button of a step."""
    (form,) = [form for form in staff.page.forms if form.action.endswith("/many")]
    staff._show(staff.client.post(form.action, data={**form.filled(None), "case": cases, "act": act}))


def give(staff: Staff, act: str, **typed: str | list[str]) -> None:
    """Fill in the form of the page that hands over, and press one of its two buttons."""
    form = staff.page.form_with("of")
    staff._show(staff.client.post(form.action, data={**form.filled(None), "act": act, **typed}))


def test_what_was_ticked_goes_to_a_colleague_with_a_reason(cast: Cast, daria: Staff, sit: Sit) -> None:
    first, second = (cast.case_of(cast.report()) for _ in range(2))
    bohdan, account = sit("bohdan"), cast.founded_account("bohdan")
    daria.open("/desk/queues/legal")
    tick(daria, "assign", [first, second])
    assert daria.says("Передати 2 справи")
    bohdan.come_in()
    bohdan.open(f"/desk/cases/{second}")
    bohdan.press_to("/take")
    daria.press_to("/assign", to=account, reason=" ")
    assert daria.status == 422
    daria.press_to("/assign", to=account, reason="Знає цей суд.", acknowledge="yes")
    assert daria.says(second)
    assert daria.says(say("Somebody changed this case meanwhile, so nothing was done"))
    daria.open(f"/desk/cases/{first}")
    assert daria.says("Богдан Терновий")
    assert daria.says(say("Acknowledged"))


def test_all_that_somebody_has_is_handed_over_step_by_step(
    cast: Cast, daria: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing, "STEP", 2)
    bohdan, account = cast.founded_account("bohdan"), cast.founded_account("daria")
    cases = [cast.case_of(cast.report()) for _ in range(3)]
    with cast.session() as session:
        session.execute(update(Case).where(col(Case.id).in_(cases)).values(assignee=bohdan))
    daria.open("/desk/queues/legal/workload")
    way = f"/desk/queues/legal/hand-over?of={bohdan}"
    assert way in daria.page.links()
    daria.open(way)
    give(daria, "all", to=account, reason="")
    assert daria.status == 422
    give(daria, "all", to=account, reason="Відпустка.")
    assert daria.headers["Refresh"].endswith("/desk/queues/legal/hand-over?going=yes")
    assert "Відпустка" not in daria.headers["Refresh"]
    assert daria.says("Передано 2 справи.")
    daria.open("/desk/queues/legal/hand-over?going=yes")
    assert daria.says("Передано 3 справи.")
    assert "Refresh" not in daria.headers
    # Nothing is under way any more: the page is what one has oneself.
    daria.open("/desk/queues/legal/hand-over?going=yes")
    assert daria.says(say("my cases"))
    # One that the page does not show was looked at by nobody: it stays.
    (hidden,) = [case for case in cases if f"{case}." not in daria.text]
    give(daria, "some", to=bohdan, reason="Назад.", case=[hidden])
    assert daria.status == 409
    daria.open("/desk/queues/legal/hand-over")
    give(daria, "some", to=bohdan, reason="Назад.", case=[case for case in cases if case != hidden])
    assert daria.address == "/desk/queues/legal"


def test_what_is_soon_late_and_who_is_silent_is_said_in_words(cast: Cast, daria: Staff, clock: Clock) -> None:
    case = cast.case_of(cast.report())
    with cast.session() as session:
        values = {"acknowledge_by": clock.now + timedelta(minutes=40), "due": clock.now + timedelta(minutes=40)}
        session.execute(update(Case).values(**values, silent_since=clock.now.date()))
    for address in ("/desk/queues/legal", "/desk/queues/legal?soon=yes", f"/desk/cases/{case}"):
        daria.open(address)
        assert daria.says("скоро прострочиться, лишилося 40 хвилин"), address
        assert daria.says("родина мовчить; чекати перестали 20 листопада 2026"), address
    daria.open("/desk/queues/legal")
    assert daria.says("підтвердити отримання до 13:47")


def test_today_names_the_cases_and_says_who_is_on_duty(cast: Cast, daria: Staff) -> None:
    case = cast.case_of(cast.report(answers(surname="Коваль", given_name="Андрій")))
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/take")
    daria.open("/desk/today")
    assert daria.says("Коваль Андрій")
    assert daria.says(say("nobody is on duty now"))
    assert "/desk/queues/legal/duty" in daria.page.links()
