"""The assessment: criterion by criterion, reviewed by another person, never written over; and the lawyers' own part."""

import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from app.accounts.ring_keeping import renew_ring
from app.casefile.errors import ChangedMeanwhile, NotFound
from app.casefile.keys import Compartment
from app.casefile.tables import Grant, Item
from app.casework import closing, privileged
from app.casework.assessment import ASSESSMENT, is_reviewed, keep_assessment, read_assessment, review_of
from app.casework.book import Book, read_book
from app.casework.errors import EntryRefused, FollowedMeanwhile, NotAllowedNow
from app.casework.opening import open_keys
from app.casework.proposed import Proposal, State, read_proposals
from tests.casework.desk import share, while_reading
from tests.cast import NOW, OMAR, Cast, answers

FORM: dict[str, list[str]] = {
    "under_threat": ["yes"],
    "under_threat_source": ["family"],
    "under_threat_basis": ["told_by_him"],
    "result": ["forced"],
    "confidence": ["high"],
    "verification": ["corroborated"],
    "charge": ["CCU-111", "nonsense"],
    "defence": ["CCU-40"],
    "reasons": ["Погроза розстрілом."],
}


@pytest.fixture
def database_kind() -> str:
    """What is tried here holds on either kind alike."""
    return "sqlite"


def keep(cast: Cast, case: str, name: str = "daria", follows: str = "", **more: list[str]) -> str:
    with cast.session() as session:
        return keep_assessment(session, cast.member(name), case, follows, read_assessment(FORM | more), NOW)


def book(cast: Cast, case: str, name: str = "daria") -> tuple[Book, tuple[Proposal, ...]]:
    with cast.session() as session:
        member = cast.member(name)
        found = read_book(session, member, open_keys(session, member, case))
        return found, read_proposals(session, found, case, NOW)


def test_an_assessment_says_where_each_answer_is_from_and_what_it_rests_on(cast: Cast, case: str) -> None:
    keep(cast, case)
    newest = book(cast, case)[0].newest(ASSESSMENT)
    assert newest is not None
    assert newest.body["criteria"] == {"under_threat": {"answer": "yes", "source": "family", "basis": "told_by_him"}}
    assert (newest.body["result"], newest.body["charge"]) == ("forced", ["CCU-111"])
    assert newest.author == "Дарія Лановенко"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"under_threat_source": []}, "under_threat_source"),
        ({"under_threat_basis": ["thought"]}, "under_threat_basis"),
        ({"result": []}, "result"),
        ({"confidence": ["certain"]}, "confidence"),
        ({"reasons": ["а" * 10_001]}, "reasons"),
    ],
)
def test_what_is_lacking_or_in_no_list_is_refused(more: dict[str, list[str]], field: str) -> None:
    with pytest.raises(EntryRefused) as refused:
        read_assessment(FORM | more)
    assert [name for name, _ in refused.value.problems] == [field]


def test_the_lawyers_criterion_is_no_part_of_it() -> None:
    body = read_assessment(FORM | {"other_crime": ["yes"], "other_crime_source": ["family"]})
    assert "other_crime" not in str(body)


def test_a_second_person_reviews_it_and_nobody_reviews_their_own(cast: Cast, case: str) -> None:
    keep(cast, case)
    found, proposals = book(cast, case)
    newest = found.newest(ASSESSMENT)
    assert newest is not None
    review = review_of(newest, proposals)
    assert review is not None
    assert not is_reviewed(newest, proposals)
    for name, reason in (("daria", "same_person"), ("bohdan", "")):
        with cast.session() as session:
            if reason:
                with pytest.raises(NotAllowedNow, match=reason):
                    closing.agree_to(session, cast.member(name), case, review.id, NOW)
            else:
                closing.agree_to(session, cast.member(name), case, review.id, NOW)
    assert is_reviewed(newest, book(cast, case)[1])


def test_a_newer_assessment_takes_the_review_of_the_older_back(cast: Cast, case: str) -> None:
    first = keep(cast, case)
    (old,) = book(cast, case)[1]
    second = keep(cast, case, "bohdan", first, result=["likely_forced"])
    found, proposals = book(cast, case)
    assert sorted(proposal.state for proposal in proposals) == [State.OPEN, State.WITHDRAWN]
    with cast.session() as session, pytest.raises(NotAllowedNow, match="not_open"):
        closing.agree_to(session, cast.member("bohdan"), case, old.id, NOW)
    assert {written.id for written in found.of(ASSESSMENT)} == {first, second}
    newest = found.newest(ASSESSMENT)
    assert newest is not None
    assert newest.id == second


def test_of_two_who_assess_at_once_the_second_is_shown_the_firsts(cast: Cast, case: str) -> None:
    first = keep(cast, case)
    with pytest.raises(FollowedMeanwhile) as followed:
        keep(cast, case, "bohdan")
    assert followed.value.newest == first
    # At the very same moment: both have read that there is none yet.
    other = cast.case_of(cast.report())

    def meanwhile() -> None:
        keep(cast, other, "bohdan")

    while_reading(cast, "item", meanwhile)
    with pytest.raises(ChangedMeanwhile):
        keep(cast, other)
    assert len(book(cast, other)[0].of(ASSESSMENT)) == 1


@pytest.mark.parametrize("name", [OMAR, "ayshe", "tomas"])
def test_nobody_without_the_case_assesses_it_or_writes_to_its_lawyers(cast: Cast, case: str, name: str) -> None:
    with pytest.raises(NotFound):
        keep(cast, case, name)
    with cast.session() as session, pytest.raises(NotFound):
        privileged.add_privileged_note(session, cast.member(name), case, "Слово", NOW)


def test_lawyers_write_in_a_part_of_their_own_and_others_see_that_it_exists(cast: Cast, case: str) -> None:
    with cast.session() as session:
        assert not privileged.read_lawyers_part(session, cast.member("daria"), case).exists
    with cast.session() as session:
        privileged.add_privileged_note(session, cast.member("daria"), case, "Між нами.", NOW)
    with cast.session() as session:
        typed = {"other_crime": ["no"], "other_crime_source": ["court_file"], "other_crime_basis": ["document"]}
        privileged.keep_criterion(session, cast.member("bohdan"), case, typed, NOW)
    share(cast, cast.member("daria"), case, "triage", Compartment.FACTS, Compartment.WORDS, Compartment.DESK)
    with cast.session() as session:
        lawyers = privileged.read_lawyers_part(session, cast.member("bohdan"), case)
        others = privileged.read_lawyers_part(session, cast.member("tomas"), case)
    assert [note.body["text"] for note in lawyers.book.of(privileged.NOTE)] == ["Між нами."]
    assert lawyers.book.newest(privileged.CRITERION) is not None
    assert (others.exists, others.mine, others.book.entries) == (True, False, ())
    with cast.session() as session, pytest.raises(NotAllowedNow, match="lawyers_only"):
        privileged.add_privileged_note(session, cast.member("tomas"), case, "Слово", NOW)
    with cast.session() as session, pytest.raises(EntryRefused):
        privileged.keep_criterion(session, cast.member("daria"), case, {}, NOW)


def _traced(cast: Cast) -> tuple[str, str]:
    """A case that came to tracing first and was then shared with the lawyers, without their key."""
    case = cast.case_of(cast.report(answers(situation="missing")))
    share(cast, cast.member("oksana"), case, "legal", Compartment.FACTS, Compartment.DESK)
    return case, "legal"


def _keys(cast: Cast, case: str, name: str) -> set[Compartment]:
    with cast.session() as session:
        return set(open_keys(session, cast.member(name), case).keys.keys)


def test_the_first_lawyer_draws_the_key_where_the_first_queue_was_no_legal_one(cast: Cast) -> None:
    case, _ = _traced(cast)
    assert Compartment.PRIVILEGED not in _keys(cast, case, "daria")
    with cast.session() as session:
        privileged.add_privileged_note(session, cast.member("daria"), case, "Перша.", NOW)
    with cast.session() as session:
        privileged.add_privileged_note(session, cast.member("bohdan"), case, "Друга.", NOW + timedelta(minutes=1))
    with cast.session() as session:
        part = privileged.read_lawyers_part(session, cast.member("bohdan"), case)
        seen = privileged.read_lawyers_part(session, cast.member("oksana"), case)
    assert ([note.body["text"] for note in part.book.of(privileged.NOTE)], part.book.foreign) == (
        ["Перша.", "Друга."],
        0,
    )
    assert (seen.exists, seen.mine) == (True, False)
    assert Compartment.PRIVILEGED not in _keys(cast, case, "oksana")


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])
def test_two_lawyers_at_once_do_not_make_two_keys(cast: Cast, database_kind: str) -> None:
    case, _ = _traced(cast)
    members = [cast.member("daria"), cast.member("bohdan")]
    start, failed = threading.Barrier(2), []

    def write(member: Any) -> None:
        for attempt in range(3):
            try:
                with cast.session() as session:
                    open_keys(session, member, case)
                    if attempt == 0:
                        start.wait(30)
                    privileged.add_privileged_note(session, member, case, f"Від {member.name}", NOW)
                return
            except ChangedMeanwhile:
                failed.append(member.name)

    threads = [threading.Thread(target=write, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with cast.session() as session:
        part = privileged.read_lawyers_part(session, members[0], case)
        grants = session.exec(select(Grant.queue_id).where(col(Grant.case_id) == case)).all()
        items = session.exec(select(Item.id).where(col(Item.compartment) == "privileged")).all()
    assert (len(part.book.of(privileged.NOTE)), part.book.foreign, len(items)) == (2, 0, 2)
    assert len(failed) <= 1
    assert sorted(grants) == ["legal", "tracing"]


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("time", [1, 2])
def test_a_key_that_is_drawn_while_another_is_about_to_be_is_not_lost(
    cast: Cast, time: int, database_kind: str
) -> None:
    case, _ = _traced(cast)

    def first() -> None:
        with cast.session() as session:
            privileged.add_privileged_note(session, cast.member("bohdan"), case, "Перша.", NOW)

    with cast.session() as session:
        while_reading(cast, "grant", first, time)
        with suppress(ChangedMeanwhile):
            privileged.add_privileged_note(session, cast.member("daria"), case, "Друга.", NOW)
    with cast.session() as session:
        part = privileged.read_lawyers_part(session, cast.member("daria"), case)
    assert ("Перша." in [note.body["text"] for note in part.book.entries], part.book.foreign) == (True, 0)


def test_a_key_that_is_drawn_while_the_queues_key_is_renewed_is_not_lost(cast: Cast) -> None:
    case, _ = _traced(cast)
    with cast.session() as session:
        renew_ring(session, cast.member("daria"), "queue:legal", NOW)
    with cast.session() as session:
        # Opening the case is about to seal the grant anew, as it was before the lawyers' key was in it.
        privileged.add_privileged_note(session, cast.member("daria"), case, "Перша.", NOW)
    for name in ("bohdan", "daria"):
        with cast.session() as session:
            open_keys(session, cast.member(name), case)
        with cast.session() as session:
            part = privileged.read_lawyers_part(session, cast.member(name), case)
            assert ([note.body["text"] for note in part.book.entries], part.book.foreign) == (["Перша."], 0)
