"""Second factors against Omar and an administrator with SQL: what is moved or made up lets nobody in."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from app.accounts import login
from app.accounts.errors import LogInRefused
from app.accounts.installation import about
from app.accounts.spare_codes import draw_spare_codes, spare_code_rows
from app.accounts.tables import Account, SpareCode
from tests.cast import NOW, OMAR, Cast

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def give_code(cast: Cast, name: str) -> str:
    code = draw_spare_codes()[0]
    with cast.session() as session:
        session.add_all(spare_code_rows(cast.founded_account(name), (code,), about(session).salt))
    return code


def refused_at_second_step(cast: Cast, name: str, typed: str) -> bool:
    with cast.session() as session:
        half = login.log_in(session, name, cast.secrets(name)[0], NOW)
    with cast.session() as session:
        try:
            login.second_factor(session, half, typed, NOW)
        except LogInRefused:
            return True
    return False


def test_omars_spare_code_is_nobody_elses_though_its_row_says_so(cast: Cast) -> None:
    code = give_code(cast, OMAR)
    assert refused_at_second_step(cast, "bohdan", code)
    with cast.session() as session:
        session.execute(update(SpareCode).values(account_id=cast.founded_account("bohdan")))
    assert refused_at_second_step(cast, "bohdan", code)
    with cast.session() as session:
        session.execute(update(SpareCode).values(account_id=cast.founded_account(OMAR)))
    assert not refused_at_second_step(cast, OMAR, code), "it is good, and his"
    assert refused_at_second_step(cast, OMAR, code), "and good once"


def test_a_spare_code_that_an_administrator_made_up_opens_nothing_without_the_passphrase(cast: Cast) -> None:
    code = give_code(cast, "daria")
    for passphrase in (code, cast.secrets("petro")[0], ""):
        with cast.session() as session, pytest.raises(LogInRefused):
            login.log_in(session, "daria", passphrase, NOW)


@pytest.mark.parametrize("whole", [True, False], ids=["with his keys", "alone"])
def test_omars_way_in_put_on_darias_account_lets_him_in_nowhere(cast: Cast, *, whole: bool) -> None:
    """His locator and bundle in her row: his passphrase finds her account, and opens nothing that is bound to it."""
    with cast.session() as session:
        omar = session.get_one(Account, cast.founded_account(OMAR))
        values = {"locator": omar.locator, "bundle": omar.bundle}
        if whole:
            values |= {"public_key": omar.public_key, "verify_key": omar.verify_key}
        session.execute(update(Account).where(col(Account.id) == omar.id).values(locator=bytes(32)))
        session.execute(update(Account).where(col(Account.id) == cast.founded_account("daria")).values(values))
    with cast.session() as session, pytest.raises(LogInRefused):
        login.log_in(session, OMAR, cast.secrets(OMAR)[0], NOW)
