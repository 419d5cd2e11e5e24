"""An invitation is finished by one person alone; an account that nobody admitted opens nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.accounts.tables import Account, DirectoryShare, Invitation, Membership, Newcomer, RingShare, SpareCode
from tests.cast import Cast
from tests.keys.dump import dump
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit, Staff
from tests.web.desk.joining import Meant, Newcomer as Person, invite, spaced

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def petro(sit: Sit) -> Staff:
    """Petro, who administers, logged in."""
    staff = sit("petro")
    staff.log_in()
    return staff


@pytest.fixture
def marta(application: FastAPI, clock: Clock, petro: Staff) -> Person:
    """Marta, with a link for the legal queue."""
    return Person(application, clock, invite(petro))


def rows(cast: Cast) -> dict[str, int]:
    return {table: len(found) for table, found in dump(cast.engine).items()}


def test_from_a_link_to_the_first_opened_case(cast: Cast, clock: Clock, marta: Person, petro: Staff, sit: Sit) -> None:
    case = cast.case_of(cast.report())
    marta.join()
    assert len(marta.spare) == 8
    assert len(marta.fingerprint.split()) == 6
    clock.pass_by(timedelta(seconds=30))
    marta.log_in()
    assert marta.says("Ви чекаєте, доки вас приймуть")
    assert spaced(marta.page, "fingerprint") == marta.fingerprint
    assert marta.open(f"/desk/cases/{case}") is not None
    assert marta.status == 403

    petro.open("/admin/")
    assert petro.says("Марта Нова")
    link = next(each for each in petro.page.links() if each.startswith("/admin/people/") and marta_is(petro, each))
    petro.open(link)
    assert marta.fingerprint not in " ".join(petro.text.split())
    petro.press(petro.page.form_with("fingerprint"), fingerprint=marta.fingerprint.upper())
    assert petro.address == "/admin/"

    daria = sit("daria")
    daria.log_in()
    daria.open("/desk/queues/legal/people")
    assert marta.fingerprint not in " ".join(daria.text.split())
    daria.press(daria.page.form_with("fingerprint"), fingerprint=marta.fingerprint)
    assert (daria.status, daria.address) == (200, "/desk/queues/legal/people")

    marta.open(f"/desk/cases/{case}")
    assert marta.status == 200
    assert marta.says("Марта Нова")
    with cast.session() as session:
        assert session.exec(select(Newcomer)).all() == []


def marta_is(petro: Staff, address: str) -> bool:
    petro.open(address)
    return "Марта Нова" in petro.text
