"""Lockdown: two people close the desk and two open it; who may not, cannot, alone or together."""

from datetime import timedelta

import pytest

from app.accounts import login, members
from app.accounts.errors import NotPermitted, SessionEnded
from app.accounts.lockdown import LockdownState, LockdownWish, lockdown_state, set_by_machine, wish
from app.intake import returning
from tests.cast import NOW, OMAR, Cast

ASK, CONFIRM, TAKE_BACK = LockdownWish.ASK, LockdownWish.CONFIRM, LockdownWish.TAKE_BACK


def do(cast: Cast, name: str, what: LockdownWish, after: timedelta = timedelta()) -> bool:
    member = cast.member(name)
    with cast.session() as session:
        return wish(session, member, what, NOW + after)


def state(cast: Cast) -> LockdownState:
    with cast.session() as session:
        return lockdown_state(session)


@pytest.mark.parametrize(("first", "second"), [("petro", "iryna"), ("petro", "daria"), ("daria", "iryna")])
def test_two_people_close_the_desk_and_two_open_it(cast: Cast, first: str, second: str) -> None:
    token = cast.log_in("bohdan")
    with cast.session() as session:
        half = login.log_in(session, "mykola", cast.secrets("mykola")[0], NOW)
    assert do(cast, first, ASK)
    assert not state(cast).closed
    assert do(cast, second, CONFIRM)
    assert state(cast) == LockdownState(closed=True)
    with cast.session() as session, pytest.raises(SessionEnded):
        members.resume(session, token, NOW)
    with cast.session() as session, pytest.raises(SessionEnded):
        login.second_factor(session, half, "000000", NOW)
    assert do(cast, second, ASK)
    assert do(cast, first, CONFIRM)
    assert state(cast) == LockdownState()


def test_families_send_and_read_in_a_lockdown(cast: Cast) -> None:
    visit_code = cast.report()
    with cast.session() as session:
        token, _ = returning.open_return(session, visit_code, NOW)
        set_by_machine(session, closed=True)
    with cast.session() as session:
        assert returning.resume_return(session, token, NOW).case_id == cast.case_of(visit_code)
    code = cast.report()
    assert cast.case_of(code)


@pytest.mark.parametrize("name", ["bohdan", "lena", "roman", "ayshe", OMAR])
def test_who_leads_nothing_here_asks_and_confirms_nothing(cast: Cast, name: str) -> None:
    do(cast, "petro", ASK)
    for what in LockdownWish:
        with pytest.raises(NotPermitted):
            do(cast, name, what)
    assert state(cast).asked_by == cast.member("petro").account_id


def test_nobody_confirms_their_own_wish_and_two_leads_are_not_enough(cast: Cast) -> None:
    assert not do(cast, "petro", CONFIRM)
    assert do(cast, "petro", ASK)
    assert not do(cast, "petro", CONFIRM)
    assert do(cast, "petro", TAKE_BACK)
    assert do(cast, "daria", ASK)
    assert not do(cast, "oksana", CONFIRM)
    assert not do(cast, "iryna", TAKE_BACK)
    assert not do(cast, "iryna", ASK), "another's wish waits already"
    assert not state(cast).closed


def test_a_wish_waits_for_half_an_hour_and_no_longer(cast: Cast) -> None:
    do(cast, "petro", ASK)
    assert not do(cast, "iryna", CONFIRM, timedelta(minutes=50))
    assert do(cast, "iryna", ASK, timedelta(minutes=50))
    assert do(cast, "petro", CONFIRM, timedelta(minutes=60))


def test_the_command_closes_and_opens_whatever_waited(cast: Cast) -> None:
    do(cast, "petro", ASK)
    for closed in (True, True, False):
        with cast.session() as session:
            set_by_machine(session, closed)
        assert state(cast) == LockdownState(closed=closed)
