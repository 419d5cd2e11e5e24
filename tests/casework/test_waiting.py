"""Today: every case once, with all that speaks for it, the most urgent first."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from app.casefile.cases import NOTHING_DUE, Status
from app.casefile.tables import Case
from app.casework import actions, closing, diary, planning, watch
from app.casework import today as today_of
from app.casework.answering import accept, refuse
from app.casework.diary import TASK
from app.casework.moving import Wish, offer
from app.casework.opening import Standing
from app.casework.proposed import Takes
from app.casework.queues import ListedCase
from app.casework.today import Asked, Today, today
from app.casework.upcoming import Due
from app.casework.waiting import MOST_SHOWN, Level, Waiting, Why, waiting
from app.intake import returning
from tests.cast import NOW, OMAR, Cast

EMPTY = Today((), (), (), (), (), (), (), (), more=False, more_due=False, cases={}, due=(), names={}, people={})
HOUR = timedelta(hours=1)


def listed(number: str, priority: int = 1, **values: Any) -> ListedCase:
    return ListedCase(number, Status.IN_PROGRESS, priority, NOW.date(), None, None, False, False, None, **values)


def due(number: str, day: date, *, mine: bool = True) -> Due:
    return Due(number, "legal", f"{number}-{day}", TASK, day, day < NOW.date(), mine, {"whom": ""})


def found(*cases: ListedCase, **lists: Any) -> Today:
    return replace(EMPTY, cases={case.id: case for case in cases}, **lists)


def told(lines: tuple[Waiting, ...]) -> list[tuple[str, list[str]]]:
    return [(line.case.id, [reason.why.value for reason in line.reasons]) for line in lines]


def test_a_case_with_many_reasons_stands_once() -> None:
    case = listed("a")
    asked = Asked("a", Takes.CLOSE, "Дарія", NOW)
    all_of_it = found(case, mine=(case,), answered=(case,), asked=(asked,), due=(due("a", NOW.date()),))
    assert told(waiting(all_of_it, NOW)) == [("a", ["unread", "sign", "due", "mine"])]


def test_what_is_late_comes_first_then_what_waits_for_a_step_then_the_rest() -> None:
    late, soon, unread, rest = (
        replace(listed("late", 3), late=True),
        replace(listed("soon", 2), soon=True),
        listed("unread", 2),
        listed("rest", 0),
    )
    everything = found(late, soon, unread, rest, mine=(rest, late, soon), answered=(unread,))
    assert [line.case.id for line in waiting(everything, NOW)] == ["late", "soon", "unread", "rest"]
    assert [line.level for line in waiting(everything, NOW)] == [Level.LATE, Level.NOW, Level.NOW, Level.LATER]


def test_what_is_equally_urgent_stands_by_priority_and_then_by_its_day() -> None:
    tomorrow, later = NOW.date() + timedelta(days=1), NOW.date() + timedelta(days=5)
    cases = [listed("b", 1), listed("a", 1), listed("c", 0), listed("d", 2)]
    days = (due("a", later), due("b", tomorrow), due("d", tomorrow))
    everything = found(*cases, mine=(cases[2],), due=days)
    assert [line.case.id for line in waiting(everything, NOW)] == ["c", "b", "a", "d"]
    late = found(*cases, due=(due("d", NOW.date() - timedelta(days=1)), *days[:2]))
    assert waiting(late, NOW)[0].case.id == "d"


def test_the_day_changes_with_the_clock_of_kyiv() -> None:
    case = listed("a")
    # Half past midnight of the 21st in Kyiv, where UTC still has the 20th.
    night = datetime.fromisoformat("2026-11-20T22:30:00+00:00")
    (line,) = waiting(found(case, due=(due("a", date(2026, 11, 21)),)), night)
    assert line.level is Level.NOW


def test_a_colleagues_task_is_not_mine_unless_i_stand_in() -> None:
    hers = replace(due("a", NOW.date(), mine=False), body={"whom": "her account"})
    assert waiting(found(listed("a"), due=(hers,)), NOW) == ()
    nobodys = due("a", NOW.date(), mine=False)
    assert told(waiting(found(listed("a"), due=(nobodys,)), NOW)) == [("a", ["due"])]
    with_her = replace(listed("a"), assignee_id="her account")
    assert waiting(found(with_her, due=(nobodys,)), NOW) == ()


def test_however_much_waits_the_page_ends() -> None:
    cases = [listed(f"{number:03}", number % 4) for number in range(3 * MOST_SHOWN)]
    lines = waiting(found(*cases, mine=tuple(cases)), NOW)
    assert len(lines) == MOST_SHOWN
    assert {line.case.priority for line in lines} == {0, 1}


def test_nothing_is_told_of_a_case_that_was_taken_back_meanwhile() -> None:
    assert waiting(replace(EMPTY, due=(due("gone", NOW.date()),)), NOW) == ()


@pytest.fixture
def case(cast: Cast) -> str:
    """A case whose family wrote, that waits for a second signature, and in which a task is due."""
    code, daria = cast.report(), cast.member("daria")
    case_id = cast.case_of(code)
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
        returning.write_message(session, opened, "Є новини.", NOW)
    with cast.session() as session:
        closing.propose_closing(session, daria, case_id, 1, "contact_lost", "Мовчать.", NOW)
    with cast.session() as session:
        diary.add_task(session, daria, case_id, {"text": "Дзвінок", "service": "other", "day": "2026-11-22"}, "", NOW)
    return case_id


def waits_for(session: Session, cast: Cast, name: str, now: datetime = NOW) -> tuple[Waiting, ...]:
    return waiting(today(session, cast.member(name), now), now)


def test_one_case_waits_once_for_whoever_may_see_it_and_for_nobody_else(cast: Cast, case: str) -> None:
    with cast.session() as session:
        assert told(waits_for(session, cast, "bohdan")) == [(case, ["unread", "sign", "due", "free"])]
        # Nobody gives the second signature to what they asked for themselves.
        assert told(waits_for(session, cast, "daria")) == [(case, ["unread", "due", "free"])]
        assert waits_for(session, cast, OMAR) == waits_for(session, cast, "oksana") == ()


def test_what_nobody_acknowledged_in_time_is_one_reason_more_for_the_lead(cast: Cast, case: str) -> None:
    late = NOW + 10 * HOUR
    with cast.session() as session:
        watch.pass_on_missed(session, late)
    with cast.session() as session:
        (line,) = waits_for(session, cast, "daria", late)
        assert [reason.why for reason in line.reasons] == [Why.MISSED, Why.UNREAD, Why.DUE]
        assert line.level is Level.LATE
        assert [why for _, why in told(waits_for(session, cast, "bohdan", late))] == [["unread", "sign", "due", "free"]]


def test_whoever_stands_in_finds_the_cases_of_who_is_away(cast: Cast, case: str) -> None:
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    with cast.session() as session:
        row = session.exec(select(Case)).one()
        row.assignee, row.due, row.status = daria.account_id, NOTHING_DUE, "in_progress"
        session.add(row)
    gone = {"since": "2026-11-20", "until": "2026-11-27", "stands_in": bohdan.account_id}
    with cast.session() as session:
        assert told(waits_for(session, cast, "bohdan")) == [(case, ["sign"])]
        planning.note_absence(session, daria, "legal", daria.account_id, gone, NOW)
    with cast.session() as session:
        assert told(waits_for(session, cast, "bohdan")) == [(case, ["unread", "sign", "due", "stands_in"])]


@pytest.mark.parametrize("answer", [accept, refuse])
def test_an_offer_waits_for_everybody_of_that_queue_until_somebody_answers_it(cast: Cast, answer: Any) -> None:
    case = cast.case_of(cast.report(consents={"ngo": "full", "legal_ngo": "full"}))
    with cast.session() as session:
        wish = Wish("partner-legal", Standing.OFFERED_REFERRAL, "full", "Хто поїде на засідання?")
        offer(session, cast.member("daria"), case, wish, NOW)
    with cast.session() as session:
        for name in ("ayshe", "rustem"):
            found = today(session, cast.member(name), NOW)
            (line,) = waiting(found, NOW)
            assert (line.case.id, [reason.why for reason in line.reasons]) == (case, [Why.OFFERED])
            assert line.level is Level.NOW
            assert found.names[case]["situation"] == "on_trial_ua"
        assert told(waits_for(session, cast, "daria")) == [(case, ["free"])]
        assert waits_for(session, cast, "oksana") == ()
        (ends,) = [each.answer_by for each in found.offered]
        assert waits_for(session, cast, "ayshe", ends) == ()
    with cast.session() as session:
        answer(session, cast.member("ayshe"), case, *([] if answer is accept else ["Ні."]), NOW)
    with cast.session() as session:
        assert waits_for(session, cast, "rustem") == ()


def test_what_nobody_has_waits_for_who_looks_after_the_queue_before_it_is_late(cast: Cast) -> None:
    case = cast.case_of(cast.report())
    daria = cast.member("daria")
    with cast.session() as session:
        # Nobody is on duty, so it waits for everybody.
        for name in ("daria", "bohdan"):
            (line,) = waits_for(session, cast, name)
            assert (line.case.id, [reason.why for reason in line.reasons]) == (case, [Why.FREE])
            assert line.level is Level.NOW
        assert waits_for(session, cast, "oksana") == ()
    with cast.session() as session:
        # On Fridays, as now is one.
        shift = {"when": "weekly", "begins": "06:00", "ends": "22:00", "who": daria.account_id}
        planning.add_shift(session, daria, "legal", shift, ["4"], NOW)
    with cast.session() as session:
        # The lead finds it, and who is on duty; a colleague who is not has time for what is theirs.
        assert told(waits_for(session, cast, "daria")) == [(case, ["free"])]
        assert waits_for(session, cast, "bohdan") == ()
    with cast.session() as session:
        watch.pass_on_missed(session, NOW + 10 * HOUR)
    with cast.session() as session:
        assert told(waits_for(session, cast, "daria", NOW + 10 * HOUR)) == [(case, ["missed"])]
        actions.take(session, daria, case, session.get_one(Case, case).version, NOW)
    with cast.session() as session:
        assert [why for _, why in told(waits_for(session, cast, "daria"))] == [["mine"]]


def test_more_that_nobody_has_is_said_to_be_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [cast.case_of(cast.report()) for _ in range(3)]
    monkeypatch.setattr(today_of, "MOST", 2)
    with cast.session() as session:
        found = today(session, cast.member("daria"), NOW)
    assert len(found.free) == 2
    assert found.more
    assert {case.id for case in found.free} < set(cases)
