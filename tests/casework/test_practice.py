"""Cases for practice: real ways, no figures, nobody outside; and a mark that only a member of the queue can sign."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from app.accounts.members import Member
from app.casefile.cases import Cause, Status
from app.casefile.errors import NotFound
from app.casefile.practice import is_practice, mark_practice, practice_cases
from app.casefile.tables import Case, PracticeCase, Told, Withdrawal
from app.casework import watch
from app.casework.closing import propose_disclosure
from app.casework.ending_practice import delete_over, end_practice, practice_of
from app.casework.errors import NotAllowedNow
from app.casework.links import propose_link
from app.casework.moving import Wish, offer
from app.casework.opening import Standing, open_case
from app.casework.queues import Count, queue_summaries
from app.health.figures import figures
from app.intake import changing, returning
from app.intake.errors import NotReady, TooMuchPractice
from app.intake.practice import Begun, begin_practice, stories
from app.statistics.tables import Facet
from app.storage.blobs import Folder
from tests.casework.desk import record
from tests.cast import NOW, Cast

MONTH = timedelta(days=31)


def begin(cast: Cast, member: Member, queue: str = "legal", story: int = 2) -> Begun:
    with cast.session() as session:
        return begin_practice(session, member, queue, stories()[story], NOW)


def counted(session: Session, member: Member) -> dict[str, Count]:
    (queue,) = queue_summaries(session, member, NOW + MONTH)
    found = {each.name: getattr(queue, each.name) for each in fields(queue)}
    return {name: value for name, value in found.items() if isinstance(value, Count)}


def metrics(session: Session) -> dict[str, tuple[tuple[str, float], ...]]:
    return {each.name: each.values for each in figures(session, Folder(Path("none")), NOW + MONTH)}


@pytest.mark.parametrize("story", range(len(stories())), ids=lambda number: stories()[number].key)
def test_every_story_is_a_report_that_any_queue_can_be_given(cast: Cast, story: int) -> None:
    daria, ayshe = cast.member("daria"), cast.member("ayshe")
    begun = begin(cast, daria, story=story)
    partner = begin(cast, ayshe, ayshe.queues[0].id, story)

    with cast.session() as session:
        assert open_case(session, daria, begun.case_id, NOW).routing.practice
        assert open_case(session, ayshe, partner.case_id, NOW).routing.practice
        for outsider in ("oksana", "omar", "ayshe"):
            with pytest.raises(NotFound):
                open_case(session, cast.member(outsider), begun.case_id, NOW)


def test_it_is_counted_nowhere_passed_on_to_nobody_and_told_to_no_other_queue(cast: Cast) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        before, watched = counted(session, daria), metrics(session)
        facets = session.exec(select(func.count(col(Facet.id)))).one()
    begun = begin(cast, daria)

    with cast.session() as session:
        watch.escalate(session, NOW + MONTH)
        opened = returning.open_return(session, begun.code, NOW)[1]
        changing.send_update(session, opened, {"situation": "summoned", "deadline": "2026-11-21"}, NOW)
    with cast.session() as session:
        assert (counted(session, daria), metrics(session)) == (before, watched)
        assert queue_summaries(session, daria, NOW)[0].practice == 1
        assert session.exec(select(func.count(col(Facet.id)))).one() == facets
        assert session.exec(select(Told).where(Told.case_id == begun.case_id)).all() == []
        assert session.get_one(Case, begun.case_id).escalated is None


def test_it_stays_in_its_queue_and_apart_from_what_families_reported(cast: Cast) -> None:
    daria, real = cast.member("daria"), cast.case_of(cast.report())
    begun = begin(cast, daria)
    with cast.session() as session:
        for way in (Standing.OFFERED_REFERRAL, Standing.OFFERED_TRANSFER):
            with pytest.raises(NotAllowedNow, match="practice"):
                offer(session, daria, begun.case_id, Wish("psychosocial", way, "full", "Бо так."), NOW)
        with pytest.raises(NotAllowedNow, match="practice"):
            propose_disclosure(session, daria, begun.case_id, 1, "prosecutor_438", "Бо так.", NOW)
        for one, other in ((begun.case_id, real), (real, begun.case_id)):
            with pytest.raises(NotAllowedNow, match="practice"):
                propose_link(session, daria, one, other, "Та сама людина.", NOW)


def test_its_maker_or_the_lead_ends_it_and_nobody_ends_a_familys_case_so(cast: Cast) -> None:
    daria, bohdan, real = cast.member("daria"), cast.member("bohdan"), cast.case_of(cast.report())
    first, second = begin(cast, daria), begin(cast, bohdan)
    with cast.session() as session:
        assert [each.may_end for each in practice_of(session, bohdan, "legal")].count(True) == 1
        with pytest.raises(NotAllowedNow, match="lead_or_maker"):
            end_practice(session, bohdan, [first.case_id], NOW)
        with pytest.raises(NotAllowedNow, match="no_practice"):
            end_practice(session, daria, [real], NOW)
        with pytest.raises(NotFound):
            end_practice(session, cast.member("omar"), [first.case_id], NOW)
    with cast.session() as session:
        end_practice(session, bohdan, [second.case_id], NOW)
        end_practice(session, daria, [first.case_id], NOW)
    with cast.session() as session:
        assert [row.id for row in session.exec(select(Case))] == [real]
        assert {row.cause for row in session.exec(select(Withdrawal))} == {Cause.PRACTICE}
        assert practice_cases(session) == {}
    kinds = [event["kind"] for event in record(cast) if event.get("case") in {first.case_id, second.case_id}]
    assert kinds.count("practice_begun") == kinds.count("practice_ended") == 2


def test_it_goes_by_itself_and_whoever_plays_its_family_withdraws_no_familys_case(cast: Cast) -> None:
    daria = cast.member("daria")
    left, taken_back = begin(cast, daria), begin(cast, daria)
    with cast.session() as session:
        opened = returning.open_return(session, taken_back.code, NOW)[1]
        returning.withdraw(session, opened, taken_back.code, NOW)
    with cast.session() as session:
        assert delete_over(session, NOW + MONTH - timedelta(days=2)) == 0
        assert delete_over(session, NOW + MONTH) == 1
    with cast.session() as session:
        assert session.exec(select(Case)).all() == []
        assert {(row.case_id, row.cause) for row in session.exec(select(Withdrawal))} == {
            (left.case_id, "practice"),
            (taken_back.case_id, "practice"),
        }


def test_an_administrator_with_sql_cannot_call_a_familys_case_practice(cast: Cast) -> None:
    daria, petro, real = cast.member("daria"), cast.member("petro"), cast.case_of(cast.report())
    begun = begin(cast, daria)
    with cast.session() as session:
        before, watched = counted(session, daria), metrics(session)
        # Their own signature, and the one of a mark that holds.
        mark_practice(session, petro, real, "legal", NOW.date())
    with cast.session() as session:
        assert not is_practice(session, real)
        signed = session.get_one(PracticeCase, begun.case_id)
        session.execute(
            update(PracticeCase)
            .where(col(PracticeCase.case_id) == real)
            .values(made_by=signed.made_by, ends=signed.ends, signature=signed.signature)
        )
    with cast.session() as session:
        assert not is_practice(session, real)
        assert (counted(session, daria), metrics(session)) == (before, watched)
        assert delete_over(session, NOW + MONTH) == 1
        # Late, it goes the way of all late cases.
        assert watch.escalate(session, NOW + MONTH) == 1
    with cast.session() as session:
        assert session.get_one(Case, real).status == Status.NEW


def test_a_mark_that_was_taken_away_leaves_the_one_inside_by_which_the_lead_ends_it(cast: Cast) -> None:
    daria = cast.member("daria")
    begun = begin(cast, daria)
    with cast.session() as session:
        session.execute(delete(PracticeCase))
    with cast.session() as session:
        assert open_case(session, daria, begun.case_id, NOW).routing.practice
        with pytest.raises(NotAllowedNow, match="practice"):
            offer(session, daria, begun.case_id, Wish("psychosocial", Standing.OFFERED_TRANSFER, "full", "Так."), NOW)
        end_practice(session, daria, [begun.case_id], NOW)


def test_a_colleague_with_sql_is_contradicted_by_the_case_itself(cast: Cast) -> None:
    bohdan, real = cast.member("bohdan"), cast.case_of(cast.report())
    with cast.session() as session:
        mark_practice(session, bohdan, real, "legal", NOW.date())
    with cast.session() as session:
        # Their own row says so, and the page of the case that it is a family's.
        assert is_practice(session, real)
        assert not open_case(session, bohdan, real, NOW).routing.practice


def test_nobody_makes_one_elsewhere_nor_any_number(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    daria = cast.member("daria")
    monkeypatch.setattr("app.intake.practice.MOST_OF_A_QUEUE", 1)
    for name in ("omar", "petro"):
        with pytest.raises(NotReady):
            begin(cast, cast.member(name))
    with pytest.raises(NotReady):
        begin(cast, daria, "tracing")
    begin(cast, daria)
    with pytest.raises(TooMuchPractice):
        begin(cast, daria)
    with cast.session() as session:
        assert session.exec(select(func.count(col(Case.id)))).one() == 1
