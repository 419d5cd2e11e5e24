"""Tasks, hearings, the trial, contacts, translations, links and junk: each rule, tried by Omar too."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from app import duties
from app.casefile.cases import Status
from app.casefile.errors import ChangedMeanwhile, NotFound, TextRefused
from app.casefile.keys import Compartment
from app.casefile.tables import Case, Junk, Reminder
from app.casework import closing, diary, junk, layers, linked, links
from app.casework.book import Book, read_book
from app.casework.errors import EntryRefused, FollowedMeanwhile, NotAllowedNow
from app.casework.opening import open_keys
from app.casework.queues import QueueFilter, list_cases
from app.casework.upcoming import upcoming
from app.intake import returning
from tests.casework.desk import share, while_reading
from tests.cast import NOW, OMAR, Cast

TASK = {"text": "Дістати копію вироку.", "service": "legal", "day": "2026-11-25"}
HEARING = {"day": "2026-12-03", "time": "10:30", "court": "Районний суд", "text": "Взяти довідку."}
CONTACT = {"way": "call", "day": "2026-11-20", "text": "Дружина підтвердила."}


@pytest.fixture
def database_kind() -> str:
    """What is tried here holds on either kind alike."""
    return "sqlite"


def book(cast: Cast, case: str, name: str = "daria") -> Book:
    with cast.session() as session:
        member = cast.member(name)
        return read_book(session, member, open_keys(session, member, case))


def reminders(cast: Cast) -> list[tuple[str, date]]:
    with cast.session() as session:
        return [(row.case_id, row.day) for row in session.exec(select(Reminder))]


def test_a_task_is_due_until_it_is_done_and_only_its_day_is_in_clear(cast: Cast, case: str) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        diary.add_task(session, daria, case, TASK, daria.account_id, NOW)
    with cast.session() as session:
        (due,) = upcoming(session, daria, NOW)
        (seen,) = upcoming(session, cast.member("bohdan"), NOW)
        assert upcoming(session, cast.member(OMAR), NOW) == ()
    assert (due.case_id, due.what, due.day, due.mine, due.late) == (case, "task", date(2026, 11, 25), True, False)
    assert (seen.mine, seen.body["text"]) == (False, TASK["text"])
    assert reminders(cast) == [(case, date(2026, 11, 25))]
    with cast.session() as session:
        assert upcoming(session, daria, NOW + timedelta(days=6))[0].late
    with cast.session() as session:
        diary.finish(session, daria, case, due.id, "Копія є.", NOW)
    assert reminders(cast) == []
    assert diary.done_in(book(cast, case))[due.id][-1].body["note"] == "Копія є."
    with cast.session() as session, pytest.raises(FollowedMeanwhile):
        diary.finish(session, daria, case, due.id, "", NOW)
    with cast.session() as session, pytest.raises(NotAllowedNow, match="no_such_entry"):
        diary.finish(session, daria, case, "elsewhere", "", NOW)


def test_hearings_and_ends_of_custody_stand_in_the_calendar_by_day(cast: Cast, case: str) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        diary.add_hearing(session, daria, case, HEARING, NOW)
    with cast.session() as session:
        diary.keep_trial(session, daria, case, "", {"court": "Суд", "custody_until": "2026-12-01"}, ["CCU-258"], NOW)
    with cast.session() as session:
        assert [(due.what, due.day.day) for due in upcoming(session, daria, NOW)] == [
            ("trial", 1),
            ("hearing", 3),
        ]
    trial = book(cast, case).newest(diary.TRIAL)
    assert trial is not None
    with cast.session() as session, pytest.raises(FollowedMeanwhile):
        diary.keep_trial(session, cast.member("bohdan"), case, "", {"court": "Інший"}, [], NOW)
    with cast.session() as session:
        diary.keep_trial(session, cast.member("bohdan"), case, trial.id, {"court": "Інший"}, [], NOW)
    assert [day.day for _, day in reminders(cast)] == [3]


def test_a_recorded_contact_ends_the_clocks(cast: Cast, case: str) -> None:
    with cast.session() as session:
        diary.record_contact(session, cast.member("daria"), case, CONTACT, NOW)
    with cast.session() as session:
        row = session.get_one(Case, case)
        assert (row.status, row.acknowledge_by, row.act_by) == (Status.IN_PROGRESS, None, None)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({**CONTACT, "day": "2026-11-21"}, ("day", "future")),
        ({**CONTACT, "day": "учора"}, ("day", "no_day")),
        ({**CONTACT, "way": "pigeon"}, ("way", "choose")),
        ({**CONTACT, "text": " "}, ("text", "needed")),
        ({**CONTACT, "text": "а" * 4_001}, ("text", "too_long")),
    ],
)
def test_what_cannot_be_read_is_refused(cast: Cast, case: str, typed: dict[str, str], problem: tuple[str, str]) -> None:
    with cast.session() as session, pytest.raises(EntryRefused) as refused:
        diary.record_contact(session, cast.member("daria"), case, typed, NOW)
    assert refused.value.problems == (problem,)
    with cast.session() as session, pytest.raises(EntryRefused):
        diary.add_hearing(session, cast.member("daria"), case, {**HEARING, "time": "ранок"}, NOW)


def test_a_translation_lies_beside_the_words_with_the_translators_name(cast: Cast, case: str) -> None:
    for minute, text in enumerate(("Перший переклад.", "Другий, кращий.")):
        with cast.session() as session:
            moment = NOW + timedelta(minutes=minute)
            layers.add_translation(session, cast.member("bohdan"), case, "answer:story", "uk", text, moment)
    found = layers.layers_of(book(cast, case))["answer:story"]
    assert [(layer.text, layer.translator, layer.verified) for layer in found] == [
        ("Перший переклад.", "Богдан Терновий", True),
        ("Другий, кращий.", "Богдан Терновий", True),
    ]
    with cast.session() as session, pytest.raises(EntryRefused):
        layers.add_translation(session, cast.member("daria"), case, "answer:story", "de", "Слово", NOW)
    with cast.session() as session, pytest.raises(TextRefused):
        layers.add_translation(session, cast.member("daria"), case, "answer:story", "uk", " ", NOW)


def test_two_reports_are_linked_by_two_people_and_parted_by_one(cast: Cast, case: str) -> None:
    other = cast.case_of(cast.report())
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    with cast.session() as session:
        proposal = links.propose_link(session, daria, case, f" {other.lower()} ", "Той самий чоловік.", NOW)
    assert linked.links_of(book(cast, case)) == ()
    with cast.session() as session, pytest.raises(NotAllowedNow, match="same_person"):
        closing.agree_to(session, daria, case, proposal, NOW)
    with cast.session() as session:
        closing.agree_to(session, bohdan, case, proposal, NOW)
    assert [link.other for link in linked.links_of(book(cast, case))] == [other]
    assert [link.other for link in linked.links_of(book(cast, other))] == [case]
    with cast.session() as session, pytest.raises(NotAllowedNow, match="linked_already"):
        links.propose_link(session, daria, case, other, "Знову.", NOW)
    with cast.session() as session:
        links.undo_link(session, bohdan, other, proposal, NOW)
    assert linked.links_of(book(cast, case)) == linked.links_of(book(cast, other)) == ()


def test_nobody_links_to_a_case_that_their_keys_do_not_open(cast: Cast, case: str) -> None:
    hidden = cast.case_of(cast.report({"situation": "missing", "oblast": "UA14", "reply_safe": "only_here"}))
    for other in (hidden, case, "nosuch12"):
        with cast.session() as session, pytest.raises(EntryRefused) as refused:
            links.propose_link(session, cast.member("daria"), case, other, "Той самий.", NOW)
        assert refused.value.problems == (("other", "no_such_case"),)


def test_junk_leaves_the_lists_comes_back_as_it_was_and_is_deleted_in_the_end(cast: Cast, case: str) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        before = session.get_one(Case, case).model_dump(exclude={"version"})
        junk.set_aside(session, daria, case, 1, NOW)
    with cast.session() as session:
        assert list_cases(session, daria, "legal", QueueFilter(), None, NOW)[0] == ()
        (aside,) = junk.junk_of(session, cast.member("bohdan"), NOW)
        assert junk.junk_of(session, cast.member(OMAR), NOW) == ()
        assert junk.ends_of(session, case) == aside.ends == date(2026, 12, 4)
    with cast.session() as session:
        junk.give_back(session, cast.member("bohdan"), case, NOW)
    with cast.session() as session:
        assert session.get_one(Case, case).model_dump(exclude={"version"}) == before
    with cast.session() as session, pytest.raises(NotAllowedNow, match="not_set_aside"):
        junk.give_back(session, daria, case, NOW)
    with cast.session() as session, pytest.raises(ChangedMeanwhile):
        junk.set_aside(session, daria, case, 1, NOW)
    with cast.session() as session:
        junk.set_aside(session, daria, case, session.get_one(Case, case).version, NOW)
    # Nobody deletes what a family has written to and nobody has read.
    for days, unread, left in ((13, False, 1), (14, True, 1), (14, False, 0)):
        with cast.session() as session:
            session.execute(update(Case).values(unread=unread))
        with cast.session() as session:
            duties.forget(session, "", NOW + timedelta(days=days))
        with cast.session() as session:
            assert len(session.exec(select(Junk)).all()) == len(session.exec(select(Case)).all()) == left


def test_junk_is_given_back_and_never_opened_again_under_its_last_day(cast: Cast, case: str) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        junk.set_aside(session, daria, case, 1, NOW)
    with cast.session() as session, pytest.raises(NotAllowedNow, match="set_aside"):
        closing.reopen(session, daria, case, 2, "Це звернення.", NOW)
    # Whatever else came to stand in the row: a case that is open is not deleted as junk.
    with cast.session() as session:
        session.execute(update(Case).values(status=Status.IN_PROGRESS.value))
    with cast.session() as session:
        assert junk.delete_old_junk(session, NOW + timedelta(days=14)) == 0


def test_what_is_given_back_or_written_to_at_the_last_moment_is_not_deleted(cast: Cast) -> None:
    daria, code = cast.member("daria"), cast.report()
    case, later = cast.case_of(code), NOW + timedelta(days=14)

    def give_back() -> None:
        with cast.session() as session:
            junk.give_back(session, daria, case, NOW)

    def write() -> None:
        with cast.session() as session:
            _, opened = returning.open_return(session, code, NOW)
        with cast.session() as session:
            returning.write_message(session, opened, "Це звернення.", NOW)

    for version, act in ((1, give_back), (3, write)):
        with cast.session() as session:
            junk.set_aside(session, daria, case, version, NOW)
        with cast.session() as session:
            while_reading(cast, "junk", act)
            assert junk.delete_old_junk(session, later) == 0
        with cast.session() as session:
            assert session.get(Case, case) is not None


@pytest.mark.parametrize("name", [OMAR, "oksana"])
def test_nobody_without_the_case_does_any_of_it(cast: Cast, case: str, name: str) -> None:
    member = cast.member(name)
    tries = (
        lambda session: diary.add_task(session, member, case, TASK, "", NOW),
        lambda session: diary.record_contact(session, member, case, CONTACT, NOW),
        lambda session: layers.add_translation(session, member, case, "answer:story", "uk", "Слово", NOW),
        lambda session: links.propose_link(session, member, case, case, "Слово", NOW),
        lambda session: junk.set_aside(session, member, case, 1, NOW),
        lambda session: junk.give_back(session, member, case, NOW),
    )
    for attempt in tries:
        with cast.session() as session, pytest.raises(NotFound):
            attempt(session)


def test_whoever_was_shared_a_case_without_a_desk_part_keeps_nothing_there(cast: Cast, case: str) -> None:
    share(cast, cast.member("daria"), case, "tracing", Compartment.FACTS)
    oksana = cast.member("oksana")
    with cast.session() as session, pytest.raises(NotAllowedNow, match="no_desk"):
        diary.add_task(session, oksana, case, TASK, "", NOW)
    with cast.session() as session, pytest.raises(NotAllowedNow, match="not_responsible"):
        junk.set_aside(session, oksana, case, 1, NOW)
    with cast.session() as session:
        diary.add_task(session, cast.member("daria"), case, TASK, "", NOW)
    with cast.session() as session:
        assert upcoming(session, oksana, NOW) == ()
