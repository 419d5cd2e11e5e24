"""What a family changes later: something new, a consent, the code itself."""

from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import col

from app.accounts.errors import SessionEnded
from app.accounts.rings import QUEUE
from app.accounts.tables import RingKey
from app.casework.opening import open_case
from app.intake import changing, renewing, returning
from app.intake.errors import AnswersRefused, EndsEverything, MistypedCode, NothingSaid, UnknownCode
from tests.cast import NOW, Cast, answers
from tests.keys.dump import dump

LATER = NOW + timedelta(hours=1)


def opened_by(cast: Cast, code: str) -> returning.Opened:
    with cast.session() as session:
        return returning.open_return(session, code, NOW)[1]


def test_a_near_hearing_makes_the_case_urgent_and_shows_in_the_conversation(cast: Cast) -> None:
    opened = opened_by(cast, cast.report())
    with cast.session() as session:
        changing.send_update(session, opened, {"next_hearing": "2026-11-22"}, LATER)

    daria = cast.member("daria")
    with cast.session() as session:
        view = open_case(session, daria, opened.case_id, LATER)
    assert view.listed.priority == 0
    assert view.listed.unread
    assert [line.answers for line in view.conversation] == [{"next_hearing": "2026-11-22"}]
    assert "next_hearing" not in view.answers


def test_a_far_hearing_leaves_the_priority_and_a_summons_in_days_raises_it(cast: Cast) -> None:
    far, near = opened_by(cast, cast.report()), opened_by(cast, cast.report(answers(situation="at_risk")))
    with cast.session() as session:
        changing.send_update(session, far, {"next_hearing": "2026-12-22"}, LATER)
        changing.send_update(session, near, {"deadline": "2026-11-21"}, LATER)

    daria, ivan = cast.member("daria"), cast.member("ivan")
    with cast.session() as session:
        assert open_case(session, daria, far.case_id, LATER).listed.priority == 1
        assert open_case(session, ivan, near.case_id, LATER).listed.priority == 0


def test_what_is_new_is_kept_though_no_queue_is_ready_to_be_told(cast: Cast) -> None:
    opened = opened_by(cast, cast.report())
    with cast.session() as session:
        session.execute(delete(RingKey).where(col(RingKey.ring).startswith(QUEUE)))
    before = dump(cast.engine)
    with cast.session() as session:
        changing.send_update(session, opened, {"deadline": "2026-11-21"}, LATER)
    after = dump(cast.engine)
    assert len(after["item"]) == len(before["item"]) + 1
    assert after["told"] == before["told"]


@pytest.mark.parametrize("given", [{"next_hearing": "soon"}, {"story": "x"}, {"situation": "elsewhere"}])
def test_an_update_that_cannot_be_read_changes_nothing(cast: Cast, given: dict[str, str]) -> None:
    opened = opened_by(cast, cast.report())
    with cast.session() as session, pytest.raises(AnswersRefused):
        changing.send_update(session, opened, given, LATER)
    with cast.session() as session, pytest.raises(NothingSaid):
        changing.send_update(session, opened, {}, LATER)


def test_consents_change_one_by_one_and_the_desk_sees_what_is_on_now(cast: Cast) -> None:
    opened = opened_by(cast, cast.report(consents={"ngo": "full", "stats": "full"}))
    with cast.session() as session:
        changing.change_consents(session, opened, {"stats": "", "legal_ngo": "facts_only"}, LATER)

    daria = cast.member("daria")
    with cast.session() as session:
        view = open_case(session, daria, opened.case_id, LATER)
    assert {consent.recipient: consent.scope for consent in view.consents} == {"ngo": "full", "legal_ngo": "facts_only"}


@pytest.mark.parametrize(
    "change", [{"ngo": ""}, {"nobody": "full"}, {"legal_ngo": "everything"}, {"stats": "facts_only"}]
)
def test_a_consent_that_cannot_be_changed_here_is_refused(cast: Cast, change: dict[str, str]) -> None:
    opened = opened_by(cast, cast.report())
    with cast.session() as session, pytest.raises(AnswersRefused):
        changing.change_consents(session, opened, change, LATER)


def test_a_visit_after_everything_was_withdrawn_changes_nothing(cast: Cast) -> None:
    code = cast.report()
    opened = opened_by(cast, code)
    with cast.session() as session:
        returning.withdraw(session, opened, code, NOW)
    with cast.session() as session, pytest.raises(SessionEnded):
        changing.change_consents(session, opened, {"stats": ""}, LATER)
    with cast.session() as session, pytest.raises(SessionEnded):
        changing.send_update(session, opened, {"situation": "returned"}, LATER)


def test_a_renewed_code_opens_once_it_was_typed_and_the_old_one_is_over(cast: Cast) -> None:
    code = cast.report()
    opened = opened_by(cast, code)
    with cast.session() as session:
        renewal = renewing.renew_code(session, opened, NOW)
    opened_by(cast, code)
    with cast.session() as session:
        again = renewing.show_again(session, opened, renewal.carried, NOW)
        assert again.code == renewal.code
        with pytest.raises(MistypedCode):
            renewing.confirm_renewal(session, opened, again, "1234")
        assert not renewing.confirm_renewal(session, opened, again, code)
        assert renewing.confirm_renewal(session, opened, again, renewal.code)

    with cast.session() as session, pytest.raises(UnknownCode):
        returning.open_return(session, code, NOW)
    assert opened_by(cast, renewal.code).case_id == opened.case_id


def test_a_new_code_that_is_used_at_once_ends_the_old_one_too(cast: Cast) -> None:
    code = cast.report()
    with cast.session() as session:
        token, opened = returning.open_return(session, code, NOW)
    with cast.session() as session:
        renewal = renewing.renew_code(session, opened, NOW)
    opened_by(cast, renewal.code)

    with cast.session() as session, pytest.raises(UnknownCode):
        returning.open_return(session, code, NOW)
    with cast.session() as session, pytest.raises(SessionEnded):
        returning.resume_return(session, token, NOW)


def test_a_consent_that_the_only_grant_rests_on_is_withdrawn_only_with_everything(cast: Cast) -> None:
    opened = opened_by(cast, cast.report())
    with cast.session() as session:
        session.connection().exec_driver_sql("UPDATE \"grant\" SET consent = 'legal_ngo'")
    before = dump(cast.engine)
    with pytest.raises(EndsEverything), cast.session() as session:
        changing.change_consents(session, opened, {"legal_ngo": "", "stats": "full"}, LATER)

    assert dump(cast.engine) == before
