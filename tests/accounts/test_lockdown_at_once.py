"""Two who act on a lockdown at one moment: one of them does, the desk stands as they said, and nobody is locked out."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.accounts.errors import StatedMeanwhile
from app.accounts.lockdown import LockdownState, LockdownWish, end_late_wish, lockdown_state, set_by_machine, wish
from app.accounts.vouching import vouched
from tests.accounts.test_lockdown import ASK, CONFIRM, TAKE_BACK, do, locked_down, state
from tests.casework.desk import record, while_reading
from tests.cast import NOW, Cast

LATE = timedelta(minutes=50)
KINDS = {"lockdown_asked", "lockdown_begun", "opening_asked", "desk_opened", "wish_taken_back"}
# Of the signatures, right after which all is decided; of the keys, with which the record is sealed.
at_every_look = pytest.mark.parametrize("look", ["statement", "installation"])


def done(cast: Cast) -> list[str]:
    """What the record says was done with the lockdown."""
    return [entry["kind"] for entry in record(cast) if entry["kind"] in KINDS]


def at_once(cast: Cast, look: str, name: str, what: LockdownWish, other: Callable[[], object]) -> bool:
    """Whether somebody's wish is done beside what another does right after they looked at a table."""
    member = cast.member(name)
    try:
        with cast.session() as session:
            while_reading(cast, look, other)
            return wish(session, member, what, NOW)
    except StatedMeanwhile:
        return False


def stands(cast: Cast) -> LockdownState:
    """How the desk stands, for whoever finds every signature whole."""
    with cast.session() as session:
        assert (dict(vouched(session).faults), vouched(session).behind) == ({}, frozenset())
    return state(cast)


@at_every_look
def test_of_two_who_confirm_at_once_one_does(cast: Cast, look: str) -> None:
    assert do(cast, "petro", ASK)
    assert not at_once(cast, look, "iryna", CONFIRM, lambda: do(cast, "daria", CONFIRM))
    assert (stands(cast), done(cast)) == (LockdownState(closed=True), ["lockdown_asked", "lockdown_begun"])


@at_every_look
def test_of_two_who_confirm_the_opening_at_once_one_does_and_the_desk_is_open(cast: Cast, look: str) -> None:
    locked_down(cast)
    assert do(cast, "petro", ASK)
    assert not at_once(cast, look, "iryna", CONFIRM, lambda: do(cast, "daria", CONFIRM))
    assert (stands(cast), done(cast)[-2:]) == (LockdownState(), ["opening_asked", "desk_opened"])


@at_every_look
def test_a_wish_that_is_taken_back_while_another_confirms_it_was_not_taken_back(cast: Cast, look: str) -> None:
    assert do(cast, "petro", ASK)
    assert not at_once(cast, look, "petro", TAKE_BACK, lambda: do(cast, "iryna", CONFIRM))
    assert (stands(cast), done(cast)) == (LockdownState(closed=True), ["lockdown_asked", "lockdown_begun"])


@at_every_look
def test_a_wish_that_is_confirmed_while_it_is_taken_back_is_over(cast: Cast, look: str) -> None:
    assert do(cast, "petro", ASK)
    assert not at_once(cast, look, "iryna", CONFIRM, lambda: do(cast, "petro", TAKE_BACK))
    assert (stands(cast), done(cast)) == (LockdownState(), ["lockdown_asked", "wish_taken_back"])


@at_every_look
def test_of_two_who_ask_at_once_one_does(cast: Cast, look: str) -> None:
    assert not at_once(cast, look, "petro", ASK, lambda: do(cast, "iryna", ASK))
    assert stands(cast).asked_by == cast.member("iryna").account_id
    assert done(cast) == ["lockdown_asked"]


def test_the_machine_that_ends_a_late_wish_takes_away_no_new_one(cast: Cast) -> None:
    assert do(cast, "petro", ASK)
    with cast.session() as session:
        while_reading(cast, "statement", lambda: do(cast, "iryna", ASK, LATE))
        assert not end_late_wish(session, cast.founded.service_private, NOW + LATE)
    assert stands(cast).asked_by == cast.member("iryna").account_id
    assert done(cast) == ["lockdown_asked", "lockdown_asked"]


def test_the_command_closes_the_desk_whatever_is_signed_beside_it(cast: Cast) -> None:
    with cast.session() as session:
        lockdown_state(session)
        assert do(cast, "iryna", ASK)
        set_by_machine(session, cast.founded.service_private, NOW, closed=True)
    assert stands(cast) == LockdownState(closed=True)
