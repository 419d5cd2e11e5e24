"""When a lockdown was wished and confirmed is said by who signed it, within bounds that others know."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import col

from app.accounts.errors import NotVouched
from app.accounts.lockdown import LockdownState, end_late_wish, set_by_machine
from app.accounts.tables import Lockdown, StatementRow
from app.accounts.vouching import vouched
from app.accounts.vouching_anchor import anchor_to
from app.accounts.vouching_following import Fault
from app.accounts.vouching_rules import WISH_WAITS
from app.accounts.vouching_stating import sign_next
from app.accounts.vouching_together import DeskState
from app.vault.signing import new_signing_key
from tests.accounts.attacks import store
from tests.accounts.test_lockdown import ASK, CHAIN, CONFIRM, do, locked_down, state
from tests.cast import NOW, Cast

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def said(cast: Cast, name: str, state: DeskState) -> dict[str, Fault]:
    """What becomes of the chains when somebody with the database signs this of the desk."""
    with cast.session() as session:
        store(session, sign_next(vouched(session), CHAIN, state, cast.member(name)))
    with cast.session() as session:
        return dict(vouched(session).faults)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (NOW, NOW + timedelta(hours=2)),
        (NOW, NOW - timedelta(minutes=1)),
        (NOW, "next week"),
        (NOW, "2026-11-20T11:30:00"),
        ("", NOW + WISH_WAITS),
    ],
)
def test_a_wish_waits_no_longer_than_half_an_hour_however_it_is_signed(
    cast: Cast, at: datetime | str, until: datetime | str
) -> None:
    texts = [each.isoformat() if isinstance(each, datetime) else each for each in (at, until)]
    wish_of = DeskState(closed=False, asked_by=cast.founded_account("petro"), at=texts[0], asked_until=texts[1])
    assert said(cast, "petro", wish_of).keys() == {CHAIN}
    assert state(cast) == LockdownState()


def test_a_wish_is_confirmed_neither_before_it_was_made_nor_after_its_time(cast: Cast) -> None:
    for moment in (NOW - timedelta(seconds=1), NOW + timedelta(hours=1)):
        anchor_to(cast.engine, cast.founded.fingerprint)
        assert do(cast, "petro", ASK)
        assert said(cast, "iryna", DeskState(closed=True, at=moment.isoformat())) == {CHAIN: Fault.NOT_ALLOWED}
        with cast.session() as session:
            session.execute(delete(StatementRow).where(col(StatementRow.chain) == CHAIN))
            session.execute(delete(Lockdown))


def test_a_wish_that_is_dated_ahead_waits_for_nobody_before_its_time(cast: Cast) -> None:
    assert do(cast, "petro", ASK, timedelta(days=2))
    assert not do(cast, "iryna", CONFIRM)
    assert do(cast, "iryna", ASK)
    assert do(cast, "petro", CONFIRM)
    assert state(cast).closed


def test_nobody_confirms_a_wish_long_afterwards_under_an_earlier_moment(cast: Cast) -> None:
    locked_down(cast)
    assert do(cast, "petro", ASK)
    over = NOW + timedelta(minutes=50)
    with cast.session() as session:
        assert not end_late_wish(session, cast.founded.service_private, NOW + timedelta(minutes=5))
        assert not end_late_wish(session, bytes(32), NOW), "and by nobody else's key"
        assert end_late_wish(session, cast.founded.service_private, over)
    with cast.session() as session:
        assert not end_late_wish(session, cast.founded.service_private, over)
    assert state(cast) == LockdownState(closed=True)
    back_dated = DeskState(closed=False, at=(NOW + timedelta(minutes=10)).isoformat())
    assert said(cast, "iryna", back_dated) == {CHAIN: Fault.NOT_ALLOWED}
    assert state(cast).closed


def test_the_machine_signs_nothing_with_a_key_that_is_not_its_own(cast: Cast) -> None:
    with cast.session() as session, pytest.raises(NotVouched):
        set_by_machine(session, new_signing_key(), NOW, closed=True)
    assert state(cast) == LockdownState()
