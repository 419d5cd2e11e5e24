"""A new code for an old one that somebody may have seen."""

import pytest
from sqlmodel import select

from app.accounts.errors import SessionEnded
from app.accounts.tables import SessionRow
from app.intake import codes, renewing, returning
from app.intake.errors import DraftGone, UnknownCode
from app.intake.returning import Opened
from app.vault.code import new_code
from tests.casework.desk import while_reading
from tests.cast import NOW, Cast


def opened_by(cast: Cast, code: str) -> Opened:
    with cast.session() as session:
        return returning.open_return(session, code, NOW)[1]


def test_a_new_code_ends_every_other_code_of_the_case_whoever_drew_it(cast: Cast) -> None:
    code = cast.report()
    opened = opened_by(cast, code)
    with cast.session() as session:
        # Somebody who saw the old code drew one for later; then the family draws its own.
        spare = renewing.renew_code(session, opened, NOW)
        renewal = renewing.renew_code(session, opened, NOW)
        assert renewing.confirm_renewal(session, opened, renewal, renewal.code)

    for over in (code, spare.code):
        with cast.session() as session, pytest.raises(UnknownCode):
            returning.open_return(session, over, NOW)
    with cast.session() as session:
        assert not renewing.confirm_renewal(session, opened, spare, spare.code)
    assert opened_by(cast, renewal.code).case_id == opened.case_id


def test_of_two_new_codes_that_are_typed_at_once_one_goes_on_opening_the_case(cast: Cast) -> None:
    code = cast.report()
    opened = opened_by(cast, code)
    with cast.session() as session:
        drawn = [renewing.renew_code(session, opened, NOW) for _ in range(2)]
        unlocked = [codes.unlock(session, renewal.code) for renewal in drawn]
        # Both have been found before either is marked.
        found = [codes.find_locker(session, each) for each in unlocked]
    for each, locker in zip(unlocked, found, strict=True):
        assert locker is not None
        with cast.session() as session:
            codes.mark_typed(session, each, locker.contents)

    assert opened_by(cast, drawn[0].code).case_id == opened.case_id
    for over in (code, drawn[1].code):
        with cast.session() as session, pytest.raises(UnknownCode):
            returning.open_return(session, over, NOW)


@pytest.mark.parametrize("where", ["at the page that shows it", "at the door"])
def test_whose_new_code_another_one_ends_at_that_very_moment_is_not_told_that_it_works(cast: Cast, where: str) -> None:
    opened = opened_by(cast, cast.report())
    with cast.session() as session:
        mine, faster = (renewing.renew_code(session, opened, NOW) for _ in range(2))

    def type_the_other() -> None:
        with cast.session() as session:
            assert renewing.confirm_renewal(session, opened, faster, faster.code)

    while_reading(cast, "locker", type_the_other)
    if where == "at the door":
        with cast.session() as session, pytest.raises(UnknownCode):
            returning.open_return(session, mine.code, NOW)
    else:
        with cast.session() as session:
            with pytest.raises(SessionEnded):
                renewing.confirm_renewal(session, opened, mine, mine.code)
            session.rollback()
    with cast.session() as session:
        # The visit that began all this, and no other.
        assert len(session.exec(select(SessionRow)).all()) == 1
    assert opened_by(cast, faster.code).case_id == opened.case_id


def test_a_new_code_that_is_sent_twice_at_once_works_for_both(cast: Cast) -> None:
    opened = opened_by(cast, cast.report())
    with cast.session() as session:
        renewal = renewing.renew_code(session, opened, NOW)

    def send_it_too() -> None:
        with cast.session() as session:
            assert renewing.confirm_renewal(session, opened, renewal, renewal.code)

    while_reading(cast, "locker", send_it_too)
    with cast.session() as session:
        assert renewing.confirm_renewal(session, opened, renewal, renewal.code)


def test_a_new_code_of_one_case_leaves_the_codes_of_others_alone(cast: Cast) -> None:
    code, other = cast.report(), cast.report()
    opened = opened_by(cast, code)
    with cast.session() as session:
        renewal = renewing.renew_code(session, opened, NOW)
    opened_by(cast, renewal.code)

    assert opened_by(cast, other).case_id != opened.case_id
    with cast.session() as session, pytest.raises(UnknownCode):
        returning.open_return(session, code, NOW)


@pytest.mark.parametrize("carried", ["", "2026-11-20.AAAA"])
def test_a_page_that_carries_no_new_code_shows_none(cast: Cast, carried: str) -> None:
    opened, other = opened_by(cast, cast.report()), opened_by(cast, cast.report())
    with cast.session() as session, pytest.raises(DraftGone):
        renewing.show_again(session, opened, carried, NOW)
    with cast.session() as session:
        foreign = renewing.renew_code(session, other, NOW)
    with cast.session() as session, pytest.raises(DraftGone):
        renewing.show_again(session, opened, foreign.carried, NOW)
    with cast.session() as session:
        assert not renewing.confirm_renewal(session, opened, foreign, foreign.code)


def test_a_new_code_that_was_never_stored_is_not_confirmed(cast: Cast) -> None:
    opened = opened_by(cast, cast.report())
    code = new_code()
    with cast.session() as session:
        assert not renewing.confirm_renewal(session, opened, renewing.Renewal(code, ""), code)


def test_a_visit_that_is_over_meanwhile_draws_no_new_code(cast: Cast) -> None:
    code, other = cast.report(), cast.report()
    renewed, withdrawn = opened_by(cast, code), opened_by(cast, other)
    with cast.session() as session:
        renewal = renewing.renew_code(session, renewed, NOW)
        assert renewing.confirm_renewal(session, renewed, renewal, renewal.code)
    with cast.session() as session:
        returning.withdraw(session, withdrawn, other, NOW)

    for opened in (renewed, withdrawn):
        with cast.session() as session, pytest.raises(SessionEnded):
            renewing.renew_code(session, opened, NOW)
