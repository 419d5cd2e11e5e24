"""A queue that was asked for help works on a case, and ends, discloses and brings back nothing of it."""

import pytest
from sqlalchemy import update

from app.accounts.ring_keeping import grant_ring
from app.accounts.rings import queue_ring
from app.casefile.cases import Status
from app.casefile.errors import NotFound
from app.casefile.keys import Compartment
from app.casefile.tables import Case, Grant
from app.casework import closing, diary, junk
from app.casework.answering import accept, end_sharing, give_up
from app.casework.errors import NotAllowedNow
from app.casework.moving import Wish, offer
from app.casework.opening import Standing, open_case
from app.casework.privileged import add_privileged_note, read_lawyers_part
from app.casework.proposals import decline
from app.casework.proposed import State
from tests.casework.desk import share
from tests.cast import NOW, Cast, answers
from tests.keys.dump import dump

REASON = "Слово про це."
CONTACT = {"way": "call", "day": "2026-11-20", "text": "Дзвінок."}


@pytest.fixture
def database_kind() -> str:
    """Who may do what is the domain's own rule."""
    return "sqlite"


@pytest.fixture
def case(cast: Cast) -> str:
    """A case of the tracing queue, which asked the partner's lawyers for help with the facts alone."""
    consents = {"ngo": "full", "legal_ngo": "facts_only", "prosecutor_438": "full"}
    case_id = cast.case_of(cast.report(answers(situation="missing"), consents))
    wish = Wish("partner-legal", Standing.OFFERED_REFERRAL, "facts_only", REASON)
    with cast.session() as session:
        offer(session, cast.member("oksana"), case_id, wish, NOW)
    with cast.session() as session:
        accept(session, cast.member("ayshe"), case_id, NOW)
    return case_id


def test_a_guest_neither_ends_a_case_nor_discloses_it_nor_stops_its_clocks(cast: Cast, case: str) -> None:
    ayshe, before = cast.member("ayshe"), dump(cast.engine)["case"]
    with cast.session() as session:
        version = session.get_one(Case, case).version
    tries = (
        lambda session: closing.propose_closing(session, ayshe, case, version, "charges_dropped", REASON, NOW),
        lambda session: closing.propose_disclosure(session, ayshe, case, version, "prosecutor_438", REASON, NOW),
        lambda session: closing.propose_deletion(session, ayshe, case, version, REASON, NOW),
        lambda session: diary.record_contact(session, ayshe, case, CONTACT, NOW),
    )
    for attempt in tries:
        with cast.session() as session, pytest.raises(NotAllowedNow, match="not_yours"):
            attempt(session)
    assert dump(cast.engine)["case"] == before


def test_a_guest_brings_nothing_back(cast: Cast, case: str) -> None:
    oksana, ayshe = cast.member("oksana"), cast.member("ayshe")
    with cast.session() as session:
        junk.set_aside(session, oksana, case, session.get_one(Case, case).version, NOW)
    with cast.session() as session, pytest.raises(NotAllowedNow, match="not_yours"):
        junk.give_back(session, ayshe, case, NOW)
    with cast.session() as session, pytest.raises(NotAllowedNow, match="not_yours"):
        closing.reopen(session, ayshe, case, session.get_one(Case, case).version, REASON, NOW)
    with cast.session() as session:
        assert session.get_one(Case, case).status == Status.CLOSED


def test_whoever_became_a_guest_gives_no_second_signature(cast: Cast) -> None:
    case, daria = cast.case_of(cast.report()), cast.member("daria")
    with cast.session() as session:
        proposal = closing.propose_deletion(session, daria, case, 1, REASON, NOW)
    with cast.session() as session:
        session.execute(update(Grant).values(standing=Standing.REFERRED.value))
    with cast.session() as session, pytest.raises(NotAllowedNow, match="not_yours"):
        closing.agree_to(session, cast.member("bohdan"), case, proposal, NOW)
    # What was asked for may still be taken back.
    with cast.session() as session:
        assert decline(session, daria, case, proposal, REASON, NOW) is State.WITHDRAWN


def test_nobody_discloses_without_reading_what_the_family_changed(cast: Cast) -> None:
    case = cast.case_of(cast.report(consents={"ngo": "full", "prosecutor_438": "full"}))
    share(cast, cast.member("daria"), case, "partner-legal", Compartment.FACTS, Compartment.DESK)
    with cast.session() as session, pytest.raises(NotAllowedNow, match="no_consent"):
        closing.propose_disclosure(session, cast.member("ayshe"), case, 1, "prosecutor_438", REASON, NOW)


def test_what_lawyers_wrote_is_never_lost_by_the_hand_of_others(cast: Cast, case: str) -> None:
    oksana, ayshe, rustem = (cast.member(name) for name in ("oksana", "ayshe", "rustem"))
    with cast.session() as session:
        add_privileged_note(session, ayshe, case, "Лінія захисту.", NOW)
    with cast.session() as session, pytest.raises(NotAllowedNow, match="lawyers_part_would_go"):
        end_sharing(session, oksana, case, "partner-legal", REASON, NOW)
    # They end it themselves, and not by mistake.
    with cast.session() as session, pytest.raises(NotAllowedNow, match="lawyers_part_would_go"):
        give_up(session, rustem, case, REASON, NOW, lose_notes=False)
    with cast.session() as session:
        assert len(read_lawyers_part(session, rustem, case).book.entries) == 1
        assert give_up(session, rustem, case, REASON, NOW, lose_notes=True) == "partner-legal"
    with cast.session() as session, pytest.raises(NotFound):
        open_case(session, ayshe, case, NOW)
    with cast.session() as session:
        open_case(session, oksana, case, NOW)


def test_nobody_else_sets_a_case_aside_in_which_lawyers_wrote_what_they_alone_read(cast: Cast, case: str) -> None:
    with cast.session() as session:
        add_privileged_note(session, cast.member("ayshe"), case, "Лінія захисту.", NOW)
    oksana = cast.member("oksana")
    with cast.session() as session, pytest.raises(NotAllowedNow, match="lawyers_part_would_go"):
        junk.set_aside(session, oksana, case, session.get_one(Case, case).version, NOW)
    with cast.session() as session:
        give_up(session, cast.member("ayshe"), case, REASON, NOW, lose_notes=True)
    with cast.session() as session:
        junk.set_aside(session, oksana, case, session.get_one(Case, case).version, NOW)


def test_whoever_is_of_both_queues_writes_no_lawyers_note_into_an_offer_that_may_run_out(cast: Cast) -> None:
    with cast.session() as session:
        grant_ring(session, cast.member("daria"), queue_ring("legal"), cast.founded_account("oksana"), NOW)
    case, oksana = cast.case_of(cast.report(answers(situation="missing"))), cast.member("oksana")
    with cast.session() as session:
        offer(session, oksana, case, Wish("legal", Standing.OFFERED_REFERRAL, "full", REASON), NOW)
    with cast.session() as session, pytest.raises(NotAllowedNow, match="only_offered"):
        add_privileged_note(session, oksana, case, "Лінія захисту.", NOW)
    with cast.session() as session:
        accept(session, cast.member("daria"), case, NOW)
    with cast.session() as session:
        add_privileged_note(session, oksana, case, "Лінія захисту.", NOW)
    with cast.session() as session:
        assert len(read_lawyers_part(session, cast.member("bohdan"), case).book.entries) == 1


def test_a_guest_gives_up_and_whoever_answers_for_a_case_does_not(cast: Cast, case: str) -> None:
    with cast.session() as session, pytest.raises(NotAllowedNow, match="not_shared_any_more"):
        give_up(session, cast.member("oksana"), case, REASON, NOW, lose_notes=True)
    with cast.session() as session:
        give_up(session, cast.member("ayshe"), case, REASON, NOW, lose_notes=False)
    assert {row["queue_id"] for row in dump(cast.engine)["grant"]} == {"tracing"}


def test_a_referral_in_which_no_lawyer_wrote_ends_as_before(cast: Cast, case: str) -> None:
    with cast.session() as session:
        end_sharing(session, cast.member("oksana"), case, "partner-legal", REASON, NOW)
    assert {row["queue_id"] for row in dump(cast.engine)["grant"]} == {"tracing"}
