"""The coordinators' page where somebody wrote into the ledger past the program: an alarm, and no page that fails."""

from fastapi import FastAPI
from sqlalchemy import insert

from app.statistics.tables import LedgerEntry, Release
from tests.cast import Cast
from tests.web.conftest import Clock
from tests.web.desk.conftest import Staff

JUNK = {"epsilon_milli": 1, "account_id": "x", "signature": b"x"}
ROWS = ((9, "nonsense", "2026-Q3"), (8, "intake", "soon"), (7, "outcome", "2020-Q1"))


def test_a_row_that_cannot_be_read_is_an_alarm_on_the_page(application: FastAPI, cast: Cast, clock: Clock) -> None:
    lena = Staff(application, cast, clock, "lena")
    lena.come_in()
    lena.open("/statistics/")
    assert not lena.says("Облік змінено")
    made = {"kind": "nonsense", "period": "soon", "generation": 1, "step": 0, "percent": 0, "made_by": "x"}
    with cast.session() as session:
        for number, kind, period in ROWS:
            session.execute(insert(LedgerEntry), [{**JUNK, "number": number, "kind": kind, "period": period}])
        session.execute(insert(Release), [made])
    lena.open("/statistics/")
    assert (lena.status, lena.address) == (200, "/statistics/")
    for words in ("Облік змінено", "ніхто не підписував: 9, 8, 7.", "утратити щонайбільше 4,00"):
        assert lena.says(words), words
    assert lena.says("Підписи не збігаються, тому його нікому не показано: nonsense soon.")
    assert lena.text.count("прочитати не можна") == 2
