"""One row that is not as it was written, by an accident or by whoever has the database, hides nothing but itself."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from app.casefile.tables import Grant, Item
from app.web.pages import translate_into
from tests.casework.desk import record
from tests.cast import Cast, answers
from tests.web.desk.conftest import Staff

say = translate_into("uk")
DAMAGED = say("This does not open as it was written")


@pytest.fixture(params=[Grant, Item], ids=["grant", "item"])
def damaged(cast: Cast, request: pytest.FixtureRequest) -> tuple[str, str]:
    """A case of the legal queue of which a table's rows are noise, and one that is whole."""
    bad, whole = (cast.case_of(cast.report(answers(surname=name))) for name in ("Коваль", "Бондар"))
    with cast.session() as session:
        rows = update(request.param).where(col(request.param.case_id) == bad)
        session.execute(rows.values(sealed=b"\x01" + bytes(1300)))
    return bad, whole


def test_the_queue_shows_all_others_and_says_which_does_not_open(
    cast: Cast, daria: Staff, damaged: tuple[str, str]
) -> None:
    daria.open("/desk/queues/legal")
    assert daria.status == 200
    rows = [row.text for row in daria.page.all("tr")]
    bad, whole = damaged
    assert [say("does not open") in row for row in rows if bad in row] == [True]
    assert [say("does not open") in row for row in rows if whole in row and "Бондар" in row] == [False]
    assert set(record(cast)[-1]["cases"].split()) == {bad, whole}


def test_the_case_itself_says_that_it_does_not_open_and_what_to_do(daria: Staff, damaged: tuple[str, str]) -> None:
    daria.open(f"/desk/cases/{damaged[0]}")
    assert daria.status == 500
    assert daria.says(DAMAGED)
    assert daria.says("Скажіть адміністраторові")
    # The way on is there, as for anybody who is logged in.
    assert "/desk/today" in daria.page.links()


def test_what_was_being_written_comes_back_where_it_cannot_be_sealed(
    cast: Cast, daria: Staff, damaged: tuple[str, str]
) -> None:
    with cast.session() as session:
        session.execute(update(Grant).where(col(Grant.case_id) == damaged[0]).values(sealed=b"\x01" + bytes(1300)))
    answer = daria.client.post(f"/desk/cases/{damaged[0]}/note", data={"note": "Подзвонити слідчому."})
    assert answer.status_code == 500
    assert DAMAGED in answer.text
    assert "Подзвонити слідчому." in answer.text
