"""An answer is no answer to what the family wrote while it was being written."""

import pytest

from app.accounts.members import Member
from app.casework.actions import answer_family, mark_read
from app.casework.opening import open_case
from app.casework.view import CaseView
from app.intake import changing, returning
from app.intake.returning import Opened
from tests.cast import NOW, Cast

URGENT = {"situation": "detained_at_point"}


def opened_by(cast: Cast, code: str) -> Opened:
    with cast.session() as session:
        return returning.open_return(session, code, NOW)[1]


def as_shown(cast: Cast, daria: Member, case_id: str) -> CaseView:
    with cast.session() as session:
        return open_case(session, daria, case_id, NOW)


def test_what_came_after_the_page_stays_unread_and_due(cast: Cast) -> None:
    opened, daria = opened_by(cast, cast.report()), cast.member("daria")
    before = as_shown(cast, daria, opened.case_id)
    with cast.session() as session:
        changing.send_update(session, opened, URGENT, NOW)
    with cast.session() as session:
        answer_family(session, daria, opened.case_id, "Ми прочитали.", NOW, before.heard)
    with cast.session() as session:
        mark_read(session, daria, opened.case_id, NOW, before.heard)

    now = as_shown(cast, daria, opened.case_id)
    assert now.listed.unread
    assert now.listed.priority == 0
    assert now.listed.acknowledge_by is None
    assert now.listed.act_by is not None
    assert now.heard == before.heard + 1


@pytest.mark.parametrize("times", [0, 2])
def test_what_the_page_showed_is_read_and_done_once_it_is_answered(cast: Cast, times: int) -> None:
    opened, daria = opened_by(cast, cast.report()), cast.member("daria")
    for _ in range(times):
        with cast.session() as session:
            returning.write_message(session, opened, "Суд у четвер.", NOW)
    shown = as_shown(cast, daria, opened.case_id)
    assert shown.heard == times
    with cast.session() as session:
        answer_family(session, daria, opened.case_id, "Ми прочитали.", NOW, shown.heard)

    now = as_shown(cast, daria, opened.case_id)
    assert not now.listed.unread
    assert (now.listed.acknowledge_by, now.listed.act_by) == (None, None)


def test_messages_that_the_page_showed_are_marked_as_read(cast: Cast) -> None:
    opened, daria = opened_by(cast, cast.report()), cast.member("daria")
    with cast.session() as session:
        returning.write_message(session, opened, "Суд у четвер.", NOW)
    with cast.session() as session:
        mark_read(session, daria, opened.case_id, NOW, as_shown(cast, daria, opened.case_id).heard)

    assert not as_shown(cast, daria, opened.case_id).listed.unread
