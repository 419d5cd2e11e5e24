"""Practice at the desk: made from a story, marked on every page that shows it, played with its code, ended."""

import pytest
from sqlmodel import delete, select

from app.casefile.tables import Case, PracticeCase
from app.web.pages import translate_into
from tests.cast import Cast
from tests.web.desk.conftest import Sit, Staff
from tests.web.walking import Browser

say = translate_into("uk")
MARK = say("practice")
BAND = say("Nobody lives in this case: it was made to learn on. It is counted nowhere and stays in its queue.")


@pytest.fixture
def database_kind() -> str:
    """What is tried here is the web's own; the kind of the database makes no difference."""
    return "sqlite"


def make(staff: Staff) -> tuple[str, str]:
    """Make a case from the third story; give its number and its code."""
    staff.open("/desk/queues/legal/practice")
    staff.press_to("/practice", story="trial")
    assert staff.status == 200, staff.text
    code = "".join(staff.page.by_id("code").text.split())
    with staff.cast.session() as session:
        (row,) = session.exec(select(Case)).all()
    return row.id, code


def test_it_is_marked_wherever_it_shows(daria: Staff) -> None:
    case_id, code = make(daria)
    assert case_id in daria.text

    for address in ("/desk/queues/legal", "/desk/queues/legal/practice"):
        daria.open(address)
        assert case_id in daria.text
        assert daria.says(MARK), address
        assert code[:4] not in daria.text
    for page in ("", "/story", "/refer", "/end"):
        daria.open(f"/desk/cases/{case_id}{page}")
        if daria.status == 200:
            assert daria.says(BAND), page
    daria.open(f"/desk/cases/{case_id}")
    daria.press_to("/take")
    for address in ("/desk/today", "/desk/search"):
        daria.open(address)
        if address.endswith("search"):
            daria.press_to("/desk/search", q="Навчальний")
        assert case_id in daria.text
        assert daria.says(MARK), address
    daria.open("/desk/")
    assert daria.says(say("practice: %(count)s") % {"count": 1})


def test_a_colleague_plays_the_family_with_the_code(amina: Browser, daria: Staff) -> None:
    case_id, code = make(daria)
    amina.press(amina.open("/uk/return").form_with("code"), code=code)
    amina.press(amina.page.form_with("message"), message="Мене хтось чує?")
    daria.open(f"/desk/cases/{case_id}")
    assert daria.says("Мене хтось чує?")


def test_without_a_story_nothing_is_made_and_the_page_says_so(cast: Cast, daria: Staff) -> None:
    daria.open("/desk/queues/legal/practice")
    daria.press_to("/practice")
    assert daria.status == 422
    assert daria.says(say("Please choose a story."))
    with cast.session() as session:
        assert session.exec(select(Case)).all() == []


def test_it_is_ended_and_gone(cast: Cast, daria: Staff) -> None:
    case_id, _ = make(daria)
    daria.open("/desk/queues/legal/practice")
    daria.press_to("/practice/end", case=case_id)
    assert daria.status == 200
    assert case_id not in daria.text
    daria.open(f"/desk/cases/{case_id}")
    assert daria.status == 404


def test_its_page_says_when_the_mark_beside_it_was_taken_away(cast: Cast, daria: Staff) -> None:
    case_id, _ = make(daria)
    with cast.session() as session:
        session.execute(delete(PracticeCase))
    daria.open(f"/desk/cases/{case_id}")
    assert daria.says(say("Its own seal says that this case was made for practice: no family sent it."))
    daria.press_to("/practice/end")
    daria.open(f"/desk/cases/{case_id}")
    assert daria.status == 404


def test_a_colleague_of_another_queue_comes_to_none_of_it(daria: Staff, sit: Sit) -> None:
    case_id, _ = make(daria)
    omar = sit("omar")
    omar.come_in()
    for address in ("/desk/queues/legal/practice", f"/desk/cases/{case_id}"):
        omar.open(address)
        assert omar.status == 404
