"""A name stands beside the number wherever somebody chooses, hands on or ends a case."""

import pytest

from app.intake import returning
from app.web.pages import translate_into
from tests.casework.desk import record
from tests.cast import NOW, Cast, answers
from tests.web.desk.conftest import Sit, Staff
from tests.web.desk.moving import offer

say = translate_into("uk")
NAME = "Коваль Андрій"


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own; the kind of the database makes no difference."""
    return "sqlite"


@pytest.fixture
def code(cast: Cast) -> str:
    return cast.report(answers(surname="Коваль", given_name="Андрій"), {"ngo": "full", "legal_ngo": "full"})


@pytest.mark.parametrize("page", ["move", "diary", "end", "assessment", "facts"])
def test_every_step_of_a_case_says_whom_it_is_about_and_leads_back(
    cast: Cast, daria: Staff, case: str, page: str
) -> None:
    daria.open(f"/desk/cases/{case}/{page}")
    assert daria.says(f"{case} · {NAME}")
    assert f"/desk/cases/{case}" in daria.page.links()
    # Who saw a name stands on the record.
    seen = record(cast)[-1]
    assert (seen["kind"], seen["case"]) == ("opened", case)


def test_without_a_name_that_is_said(cast: Cast, daria: Staff) -> None:
    case = cast.case_of(cast.report())
    daria.open(f"/desk/cases/{case}/end")
    assert daria.says(f"{case} · {say('Without a name')}")


def test_who_hands_over_or_assigns_sees_names(cast: Cast, daria: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}")
    daria.press_to("/take")
    daria.open("/desk/queues/legal/hand-over")
    assert daria.says(f"{case} {NAME}")
    assert record(cast)[-1]["cases"] == case
    answer = daria.client.post("/desk/queues/legal/many", data={"case": [case, "x"], "act": "assign"})
    assert NAME in answer.text


def test_what_is_due_stands_in_the_calendar_with_a_name(daria: Staff, case: str) -> None:
    daria.open(f"/desk/cases/{case}/diary")
    daria.press_to("/task", text="Подзвонити", service="legal", day=NOW.date().isoformat())
    daria.open("/desk/calendar")
    assert daria.says(f"{case} {NAME}")


def test_an_offer_is_the_first_thing_that_whoever_may_answer_it_sees(
    cast: Cast, daria: Staff, code: str, case: str, sit: Sit
) -> None:
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
        returning.write_message(session, opened, "Чи є новини?", NOW)
    offer(daria, case)
    assert daria.says(say("the family wrote"))
    ayshe = sit("ayshe")
    ayshe.come_in()
    assert ayshe.says(say("offered: %(count)s") % {"count": 1})
    ayshe.open("/desk/today")
    assert ayshe.says(f"{case} {NAME}")
    assert ayshe.says(say("offered to your queue"))
    ayshe.open("/desk/queues/partner-legal")
    assert ayshe.says(f"{case} {NAME}")
    ayshe.open(f"/desk/cases/{case}")
    assert ayshe.says(say("Take it or refuse it"))
    # Neither is theirs to read or to answer.
    assert not ayshe.says(say("Nothing can be written to this family"))
    assert not ayshe.says(say("the family wrote"))
    ayshe.press_to("/accept")
    assert not ayshe.says(say("Take it or refuse it"))
    ayshe.open("/desk/")
    assert ayshe.says(say("shared: %(count)s") % {"count": 1})
    assert not ayshe.says(say("offered: %(count)s") % {"count": 1})
