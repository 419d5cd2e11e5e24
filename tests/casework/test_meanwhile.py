"""Nobody writes over what somebody else wrote after the page was shown: said to the second, also at the same moment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlmodel import Session, col, update

from app.accounts.errors import StatedMeanwhile
from app.accounts.members import Member
from app.casefile.errors import ChangedMeanwhile
from app.casefile.tables import Case
from app.casework import actions, diary, handing, known, planning, privileged
from app.casework.assigning import Giving, assign
from app.casework.book import read_book
from app.casework.errors import FollowedMeanwhile, NotAllowedNow
from app.casework.facts import newest_change
from app.casework.many import Done
from app.casework.opening import open_case, open_keys
from app.casework.roster import open_roster
from tests.cast import NOW, Cast

OVERTAKEN = (FollowedMeanwhile, ChangedMeanwhile, StatedMeanwhile)
TASK = {"text": "Копія паспорта", "service": "documents", "day": "2026-11-25"}
SHIFT = {"when": "weekly", "begins": "09:00", "ends": "18:00"}
CRIME = {"other_crime": ["no"], "other_crime_source": ["document"], "other_crime_basis": ["document"]}
GONE = {"since": "2026-11-25", "until": "2026-11-27", "stands_in": ""}


@dataclass(frozen=True)
class Page:
    """What a page showed of a case and of its queue when it was opened."""

    case: str
    version: int
    said: int
    fact: str
    line: str
    criterion: str
    roster: str
    held: str
    task: str
    people: dict[str, str] = field(default_factory=dict)


Step = Callable[[Session, Member, Page, datetime], Any]


def by(who: str) -> str:
    return f"Пише {who}."


STEPS: dict[str, Step] = {
    "facts": lambda s, m, p, at: known.record_known(s, m, p.case, {"situation": "pow_ua"}, "document", "", at, p.fact),
    "status": lambda s, m, p, at: actions.set_status(s, m, p.case, p.version, "in_progress", at),
    "take": lambda s, m, p, at: actions.take(s, m, p.case, p.version, at),
    "assign": lambda s, m, p, at: assign(s, m, p.case, p.version, p.people["bohdan"], by(m.name), at),
    "task": lambda s, m, p, at: diary.add_task(s, m, p.case, {**TASK, "follows": p.line}, "", at),
    "finish": lambda s, m, p, at: diary.finish(s, m, p.case, p.task, by(m.name), at),
    "message": lambda s, m, p, at: actions.answer_family(s, m, p.case, by(m.name), at, 0, p.said),
    "criterion": lambda s, m, p, at: privileged.keep_criterion(s, m, p.case, {**CRIME, "follows": [p.criterion]}, at),
    "absence": lambda s, m, p, at: planning.note_absence(
        s, m, "legal", p.people["bohdan"], {**GONE, "state": p.roster}, at
    ),
}
LATER, LATEST = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)


def shown(cast: Cast, member: Member, case_id: str, task: str = "") -> Page:
    """Everything that the forms of a page carry, as it stands now."""
    with cast.session() as session:
        view, opened = open_case(session, member, case_id, NOW), open_keys(session, member, case_id)
        book = read_book(session, member, opened)
        crime = privileged.read_lawyers_part(session, member, case_id).book.newest(privileged.CRITERION)
        people = {name: cast.founded_account(name) for name in ("daria", "bohdan")}
        return Page(
            case=case_id,
            version=view.version,
            said=view.said,
            fact=newest_change(view.known),
            line=diary.newest_line(book),
            criterion=crime.id if crime else "",
            roster=open_roster(session, member, "legal").state,
            held=handing.holding(session, member, "legal", member.account_id, NOW).state,
            task=task or next((written.id for written in book.of(diary.TASK)), ""),
            people=people,
        )


@pytest.fixture
def case(cast: Cast) -> str:
    """A case of the legal queue that was acknowledged, with a task in it."""
    case_id, daria = cast.case_of(cast.report()), cast.member("daria")
    with cast.session() as session:
        actions.acknowledge(session, daria, case_id, 1, NOW)
    with cast.session() as session:
        diary.add_task(session, daria, case_id, TASK, "", NOW)
    return case_id


def do(cast: Cast, member: Member, page: Page, step: Step, now: datetime = LATER) -> None:
    with cast.session() as session:
        step(session, member, page, now)


@pytest.mark.parametrize("kind", STEPS)
def test_what_a_colleague_did_after_the_page_was_shown_is_not_written_over(cast: Cast, case: str, kind: str) -> None:
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    page = shown(cast, daria, case)
    # Of absences everybody notes their own, and the lead notes others'.
    do(cast, bohdan, page, STEPS[kind])
    with pytest.raises(OVERTAKEN):
        do(cast, daria, page, STEPS[kind])
    # Whoever has read what stands there now may do it all the same.
    now = shown(cast, daria, case, page.task)
    again = STEPS[kind]
    if kind == "finish":
        with cast.session() as session:
            told = diary.done_in(read_book(session, daria, open_keys(session, daria, case)))[page.task]
            diary.finish(session, daria, case, page.task, by("Дарія"), LATEST, told[-1].id)
        with cast.session() as session:
            told = diary.done_in(read_book(session, daria, open_keys(session, daria, case)))[page.task]
        assert [written.author for written in told] == ["Богдан Терновий", "Дарія Лановенко"]
    elif kind == "status":
        with pytest.raises(NotAllowedNow, match="status_does_not_follow"):
            do(cast, daria, now, again, LATEST)
    else:
        do(cast, daria, now, again, LATEST)


@pytest.mark.parametrize("kind", STEPS)
def test_of_two_transactions_at_one_moment_one_is_told(cast: Cast, case: str, kind: str) -> None:
    people = [cast.member("daria"), cast.member("bohdan")]
    page, barrier, told = shown(cast, people[0], case), Barrier(2), list[str]()

    def write(member: Member) -> None:
        barrier.wait()
        try:
            do(cast, member, page, STEPS[kind])
            told.append("kept")
        except OVERTAKEN:
            told.append("told")
        except NotAllowedNow as refused:
            told.append("told" if refused.reason == "status_does_not_follow" else refused.reason)

    threads = [Thread(target=write, args=[member]) for member in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["kept", "told"]


def test_a_plan_that_another_lead_changed_is_not_signed_over(cast: Cast) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        state = open_roster(session, daria, "legal").state
    typed = {**SHIFT, "who": daria.account_id, "state": state}
    with cast.session() as session:
        planning.add_shift(session, daria, "legal", typed, ["0"], NOW)
    with cast.session() as session, pytest.raises(FollowedMeanwhile):
        planning.add_shift(session, daria, "legal", typed, ["1"], NOW)
    with cast.session() as session:
        (shift,) = open_roster(session, daria, "legal").plan
    with cast.session() as session, pytest.raises(FollowedMeanwhile):
        planning.remove_shift(session, daria, "legal", shift.id, NOW, state)
    with cast.session() as session:
        roster = open_roster(session, daria, "legal")
    assert [shift.weekdays for shift in roster.plan] == [(0,)]
    assert roster.state != state


def test_a_plan_reads_as_the_same_however_often_it_is_read(cast: Cast) -> None:
    with cast.session() as session:
        assert len({open_roster(session, cast.member(name), "legal").state for name in ("daria", "bohdan")}) == 1


def test_what_is_handed_over_is_what_the_page_showed(cast: Cast, case: str) -> None:
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    other = cast.case_of(cast.report())
    with cast.session() as session:
        session.execute(update(Case).where(col(Case.id).in_([case, other])).values(assignee=bohdan.account_id))
    with cast.session() as session:
        page = handing.holding(session, daria, "legal", bohdan.account_id, NOW)
    versions = {each.id: each.version for each in page.cases}
    with cast.session() as session:
        actions.set_status(session, bohdan, case, versions[case], "in_progress", NOW)
    giving = Giving("legal", daria.account_id, "Відпустка.")
    with cast.session() as session, pytest.raises(FollowedMeanwhile):
        handing.begin(session, daria, bohdan.account_id, giving, NOW, page.state)
    with cast.session() as session:
        done = handing.hand_over(session, daria, bohdan.account_id, giving, [case, other], NOW, versions)
    assert isinstance(done, Done)
    assert (done.done, [(left.case_id, left.why) for left in done.left]) == (1, [(case, "changed")])


def test_who_writes_without_a_page_is_asked_for_nothing_that_it_showed(cast: Cast, case: str) -> None:
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    for member, moment in ((daria, NOW), (bohdan, LATER)):
        with cast.session() as session:
            actions.answer_family(session, member, case, by(member.name), moment)
    with cast.session() as session:
        assert [line.author for line in open_case(session, daria, case, NOW).conversation] == [
            "Дарія Лановенко",
            "Богдан Терновий",
        ]
