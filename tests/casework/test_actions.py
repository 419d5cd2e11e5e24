"""What a caseworker does: step by step, once, on the record, and never over somebody else's step."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlmodel import Session, update

from app.accounts.members import Member
from app.casefile.cases import NOTHING_DUE, Status, withdraw_case
from app.casefile.errors import ChangedMeanwhile, NotFound, TextRefused
from app.casefile.tables import Case
from app.casework.actions import NEXT_STATUS, acknowledge, add_note, answer_family, mark_read, set_status, take
from app.casework.errors import NotAllowedNow
from app.casework.opening import open_case
from app.casework.view import CaseView
from tests.casework.desk import record, while_reading
from tests.cast import NOW, Cast, answers
from tests.keys.dump import dump

Step = Callable[[Session, Member, str], None]

STEPS: dict[str, Step] = {
    "acknowledged": lambda session, member, case: acknowledge(session, member, case, 1, NOW),
    "taken": lambda session, member, case: take(session, member, case, 1, NOW),
    "marked_read": lambda session, member, case: mark_read(session, member, case, NOW),
    "answered": lambda session, member, case: answer_family(session, member, case, "Ми прочитали.", NOW),
    "noted": lambda session, member, case: add_note(session, member, case, "Подзвонити.", NOW),
}


@pytest.fixture
def case_id(cast: Cast) -> str:
    """A new case of the legal queue."""
    return cast.case_of(cast.report())


def do(cast: Cast, member: Member, case_id: str, step: Step) -> None:
    with cast.session() as session:
        step(session, member, case_id)


def row(cast: Cast) -> dict[str, Any]:
    found: dict[str, Any] = dump(cast.engine)["case"][0]
    return found


def put(cast: Cast, **values: Any) -> None:
    with cast.session() as session:
        session.execute(update(Case).values(**values))


def seen_by(cast: Cast, member: Member, case_id: str) -> CaseView:
    with cast.session() as session:
        return open_case(session, member, case_id, NOW)


@pytest.mark.parametrize("kind", STEPS)
def test_every_step_is_on_the_record_with_who_did_it(cast: Cast, case_id: str, kind: str) -> None:
    daria = cast.member("daria")
    do(cast, daria, case_id, STEPS[kind])
    (entry,) = record(cast)

    assert {name: entry[name] for name in ("actor", "kind", "case", "at")} == {
        "actor": daria.account_id,
        "kind": kind,
        "case": case_id,
        "at": NOW.isoformat(),
    }
    assert "Ми прочитали" not in str(entry)


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("name", ["tomas", "ayshe", "lena", "petro", "roman", "omar"])
def test_nobody_outside_the_queue_takes_a_step(cast: Cast, case_id: str, kind: str, name: str) -> None:
    outsider = cast.member(name)
    before = dump(cast.engine)
    with pytest.raises(NotFound):
        do(cast, outsider, case_id, STEPS[kind])

    assert {**dump(cast.engine), "session": []} == {**before, "session": []}


@pytest.mark.parametrize("kind", STEPS)
def test_no_step_is_taken_on_a_case_that_the_family_took_back(cast: Cast, case_id: str, kind: str) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        withdraw_case(session, case_id, NOW)
    with pytest.raises(NotFound):
        do(cast, daria, case_id, STEPS[kind])


@pytest.mark.parametrize("kind", STEPS)
def test_a_step_that_meets_a_withdrawal_is_refused_and_leaves_nothing(cast: Cast, case_id: str, kind: str) -> None:
    daria = cast.member("daria")

    def withdraw() -> None:
        with cast.session() as session:
            withdraw_case(session, case_id, NOW)

    while_reading(cast, "grant", withdraw)
    with pytest.raises((NotFound, ChangedMeanwhile)):
        do(cast, daria, case_id, STEPS[kind])

    left = dump(cast.engine)
    assert [left[name] for name in ("case", "grant", "item", "told", "trail_entry")] == [[], [], [], [], []]


def test_acknowledging_ends_the_first_clock_and_leaves_the_second(cast: Cast, case_id: str) -> None:
    do(cast, cast.member("daria"), case_id, STEPS["acknowledged"])

    assert (row(cast)["status"], row(cast)["acknowledge_by"]) == ("acknowledged", None)
    assert row(cast)["due"] == row(cast)["act_by"] == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert row(cast)["assignee"] is None


def test_taking_a_new_case_acknowledges_it_and_taking_it_over_does_not_begin_it_again(cast: Cast, case_id: str) -> None:
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    do(cast, daria, case_id, STEPS["taken"])
    assert (row(cast)["status"], row(cast)["assignee"]) == ("acknowledged", daria.account_id)
    with cast.session() as session:
        set_status(session, daria, case_id, 2, "in_progress", NOW)
    with cast.session() as session:
        take(session, bohdan, case_id, 3, NOW)

    assert (row(cast)["status"], row(cast)["assignee"], row(cast)["version"]) == ("in_progress", bohdan.account_id, 4)
    assert seen_by(cast, bohdan, case_id).mine
    assert not seen_by(cast, daria, case_id).mine


def test_the_first_answer_ends_both_clocks_and_begins_the_work(cast: Cast, case_id: str) -> None:
    do(cast, cast.member("daria"), case_id, STEPS["answered"])

    assert (row(cast)["status"], row(cast)["acknowledge_by"], row(cast)["act_by"]) == ("in_progress", None, None)
    assert row(cast)["due"] == NOTHING_DUE


@pytest.mark.parametrize("status", ["in_progress", "awaiting_family"])
def test_an_answer_leaves_a_case_that_is_under_way_where_it_is(cast: Cast, case_id: str, status: str) -> None:
    put(cast, status=status)
    do(cast, cast.member("daria"), case_id, STEPS["answered"])

    assert row(cast)["status"] == status


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("wanted", [*Status, "open", ""])
def test_a_status_follows_only_where_it_may(cast: Cast, case_id: str, status: Status, wanted: str) -> None:
    put(cast, status=status.value)
    daria = cast.member("daria")

    def move(session: Session, member: Member, case: str) -> None:
        set_status(session, member, case, 1, wanted, NOW)

    if wanted in NEXT_STATUS[status]:
        do(cast, daria, case_id, move)
        assert row(cast)["status"] == wanted
        assert record(cast)[0]["status"] == wanted
    else:
        with pytest.raises(NotAllowedNow) as refusal:
            do(cast, daria, case_id, move)
        assert refusal.value.reason == "status_does_not_follow"
        assert row(cast)["status"] == status


@pytest.mark.parametrize(
    ("kind", "reason"), [("taken", "closed"), ("answered", "closed"), ("acknowledged", "acknowledged_already")]
)
def test_a_closed_case_rests(cast: Cast, case_id: str, kind: str, reason: str) -> None:
    put(cast, status="closed")
    daria = cast.member("daria")
    with pytest.raises(NotAllowedNow) as refusal:
        do(cast, daria, case_id, STEPS[kind])

    assert refusal.value.reason == reason
    assert not seen_by(cast, daria, case_id).may_answer


def test_a_family_that_must_not_be_written_to_is_not(cast: Cast) -> None:
    case_id = cast.case_of(cast.report(answers(reply_safe="no")))
    daria = cast.member("daria")
    with pytest.raises(NotAllowedNow) as refusal:
        do(cast, daria, case_id, STEPS["answered"])

    assert refusal.value.reason == "reply_safe_no"
    assert not seen_by(cast, daria, case_id).may_answer
    do(cast, daria, case_id, STEPS["noted"])


@pytest.mark.parametrize("step", [answer_family, add_note])
@pytest.mark.parametrize(("text", "reason"), [(" \n", "empty"), ("ї" * 10_001, "too_long")])
def test_a_text_that_cannot_be_taken_changes_nothing(
    cast: Cast, case_id: str, step: Callable[..., None], text: str, reason: str
) -> None:
    daria = cast.member("daria")
    before = dump(cast.engine)
    with cast.session() as session, pytest.raises(TextRefused) as refusal:
        step(session, daria, case_id, text, NOW)

    assert refusal.value.reason == reason
    assert dump(cast.engine) == before


@pytest.mark.parametrize("kind", ["acknowledged", "taken"])
def test_a_step_from_a_page_that_is_out_of_date_is_refused(cast: Cast, case_id: str, kind: str) -> None:
    put(cast, version=2)
    daria = cast.member("daria")
    with pytest.raises(ChangedMeanwhile):
        do(cast, daria, case_id, STEPS[kind])

    assert row(cast)["assignee"] is None
    assert record(cast) == []


def test_of_two_who_take_a_case_at_once_one_has_it(cast: Cast) -> None:
    people = [cast.member("daria"), cast.member("bohdan")]
    for _ in range(4):
        case_id = cast.case_of(cast.report())
        barrier, told = Barrier(2), dict[str, str]()

        def take_it(
            member: Member, case: str = case_id, barrier: Barrier = barrier, told: dict[str, str] = told
        ) -> None:
            barrier.wait()
            try:
                do(cast, member, case, STEPS["taken"])
                told[member.account_id] = "has it"
            except ChangedMeanwhile:
                told[member.account_id] = "came late"

        threads = [Thread(target=take_it, args=[member]) for member in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        holder = next(each["assignee"] for each in dump(cast.engine)["case"] if each["id"] == case_id)
        assert sorted(told.values()) == ["came late", "has it"]
        assert told[holder] == "has it"


def test_of_two_who_acknowledge_at_once_one_did_and_the_other_hears_it(cast: Cast, case_id: str) -> None:
    barrier, told = Barrier(2), list[str]()

    def say_so(member: Member) -> None:
        barrier.wait()
        try:
            do(cast, member, case_id, STEPS["acknowledged"])
            told.append("acknowledged")
        except (ChangedMeanwhile, NotAllowedNow):
            told.append("told so")

    threads = [Thread(target=say_so, args=[cast.member(name)]) for name in ("daria", "bohdan")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["acknowledged", "told so"]
    assert len(record(cast)) == 1
    assert row(cast)["version"] == 2
