"""Duty and absence as pages: planned by the lead, read by the queue, told where the cases are."""

from datetime import timedelta

import pytest

from app.casework import watch
from app.casework.planning import MOST_ABSENCES
from app.web.pages import translate_into
from tests.cast import Cast
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit, Staff

say = translate_into("uk")


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own; the kind of the database makes no difference."""
    return "sqlite"


def plan(daria: Staff, who: str, *weekdays: str, **more: str) -> None:
    """Fill in the form for duty and send it."""
    daria.open("/desk/queues/legal/duty")
    days = {"weekday": list(weekdays)} if weekdays else {}
    form = next(form for form in daria.page.forms if "begins" in form.names)
    typed: dict[str, str | list[str]] = {
        "who": who,
        "when": "weekly",
        "begins": "08:00",
        "ends": "20:00",
        **more,
        **days,
    }
    daria.press(form, None, **typed)


def test_a_lead_plans_duty_and_the_queue_sees_its_gaps(cast: Cast, daria: Staff, sit: Sit) -> None:
    daria.open("/desk/queues/legal")
    assert "/desk/queues/legal/duty" in daria.page.links()
    daria.open("/desk/queues/legal/duty")
    assert daria.says(say("nobody is on duty now"))
    # Four weeks of the same nothing are no table: the notice has said it.
    assert not daria.says(say("nobody all day"))
    plan(daria, cast.founded_account("bohdan"), "0", "1", "2", "3", "4")
    assert daria.status == 200
    assert daria.says("Богдан Терновий до 20:00")
    assert daria.says("8 днів із найближчих чотирьох тижнів без чергових.")
    bohdan = sit("bohdan")
    bohdan.come_in()
    bohdan.open("/desk/queues/legal/duty")
    assert bohdan.says(say("nobody all day"))
    assert bohdan.says("00:00–08:00")
    assert [form.action for form in bohdan.page.forms if "/duty" in form.action] == []


def test_what_was_typed_stays_when_it_cannot_be_planned(cast: Cast, daria: Staff) -> None:
    plan(daria, cast.founded_account("bohdan"), "2", ends="")
    assert daria.status == 422
    form = next(form for form in daria.page.forms if "begins" in form.names)
    assert (form.get("begins"), form.get("who")) == ("08:00", cast.founded_account("bohdan"))
    assert daria.says(say("Please write something here."))


def test_whoever_is_on_duty_is_told_of_what_was_missed(cast: Cast, daria: Staff, sit: Sit, clock: Clock) -> None:
    case = cast.case_of(cast.report())
    plan(daria, cast.founded_account("bohdan"), "0", "1", "2", "3", "4", "5", "6", begins="00:00", ends="00:00")
    clock.pass_by(timedelta(hours=10))
    with cast.session() as session:
        watch.pass_on_missed(session, clock.now)
    bohdan = sit("bohdan")
    bohdan.come_in()
    assert bohdan.address == "/desk/"
    assert bohdan.says(say("Nobody acknowledged these in time"))
    assert bohdan.says(case)


def test_who_is_away_and_who_stands_in_is_told_beside_the_cases(cast: Cast, daria: Staff, sit: Sit) -> None:
    case = cast.case_of(cast.report())
    bohdan = sit("bohdan")
    bohdan.come_in()
    bohdan.open(f"/desk/cases/{case}")
    bohdan.press_to("/take")
    bohdan.open("/desk/away")
    bohdan.press_to("/away", since="2026-11-20", until="2026-11-19")
    assert bohdan.status == 422
    bohdan.press_to("/away", until="2026-11-25", stands_in_legal=cast.founded_account("daria"))
    assert bohdan.address == "/desk/away"
    for address in ("/desk/queues/legal", f"/desk/cases/{case}"):
        daria.open(address)
        assert daria.says("немає на місці до 25 листопада 2026")
        assert daria.says("заміняє: Дарія Лановенко")
    daria.open("/desk/queues/legal/duty")
    daria.press_to("/away/end")
    daria.open(f"/desk/cases/{case}")
    assert not daria.says("немає на місці")


def test_who_notes_too_many_absences_is_told_what_to_do_and_keeps_what_was_typed(cast: Cast, daria: Staff) -> None:
    bohdan = cast.founded_account("bohdan")
    for number in range(MOST_ABSENCES + 1):
        day = str(cast.now.date() + timedelta(days=2 * number))
        daria.open("/desk/queues/legal/duty")
        daria.press_to("/away", who=bohdan, since=day, until=day)
    assert daria.status == 422
    assert daria.says("вже записано дванадцять відсутностей")
    form = next(form for form in daria.page.forms if "since" in form.names)
    assert (form.get("since"), form.get("who")) == (day, bohdan)
