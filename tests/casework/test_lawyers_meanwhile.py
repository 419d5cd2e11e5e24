"""What lawyers write while the case goes to somebody else: kept under a key that somebody holds, or not at all."""

from collections.abc import Callable

import pytest
from sqlmodel import col, select

from app.accounts.ring_keeping import renew_ring
from app.casefile.errors import ChangedMeanwhile
from app.casefile.tables import Grant, Item
from app.casework.answering import accept, end_sharing, give_up
from app.casework.errors import NotAllowedNow
from app.casework.moving import Wish, offer
from app.casework.opening import Standing, open_keys
from app.casework.privileged import add_privileged_note, read_lawyers_part
from tests.casework.desk import record, while_reading
from tests.cast import NOW, Cast, answers

REASON, NOTE = "Слово про це.", "Лінія захисту."
PARTNER = "partner-legal"
FULL = {"ngo": "full", "legal_ngo": "full"}


def put(cast: Cast, name: str, case: str, to: str, way: Standing) -> None:
    with cast.session() as session:
        offer(session, cast.member(name), case, Wish(to, way, "full", REASON), NOW)


def take(cast: Cast, name: str, case: str) -> None:
    with cast.session() as session:
        accept(session, cast.member(name), case, NOW)


def write(cast: Cast, name: str, case: str) -> None:
    with cast.session() as session:
        add_privileged_note(session, cast.member(name), case, NOTE, NOW)


def end(cast: Cast, case: str) -> None:
    with cast.session() as session:
        end_sharing(session, cast.member("oksana"), case, PARTNER, REASON, NOW)


def written(cast: Cast) -> int:
    with cast.session() as session:
        return len(session.exec(select(Item.id).where(col(Item.compartment) == "privileged")).all())


def holders(cast: Cast) -> list[str]:
    with cast.session() as session:
        return sorted(session.exec(select(Grant.queue_id)))


@pytest.fixture
def offered(cast: Cast) -> str:
    """A case of the legal queue that is offered to another organisation, which would answer for it."""
    case = cast.case_of(cast.report(consents=FULL))
    put(cast, "daria", case, PARTNER, Standing.OFFERED_TRANSFER)
    return case


@pytest.fixture
def shared(cast: Cast) -> str:
    """A case of the tracing queue, which asked the partner's lawyers for help."""
    case = cast.case_of(cast.report(answers(situation="missing"), FULL))
    put(cast, "oksana", case, PARTNER, Standing.OFFERED_REFERRAL)
    take(cast, "ayshe", case)
    return case


def overtaken(cast: Cast, case: str, name: str, action: Callable[[], None]) -> None:
    """Somebody writes a note, and everything else happens after the keys were read and before the case is held."""
    member = cast.member(name)
    while_reading(cast, "grant", action, 2)
    with pytest.raises(ChangedMeanwhile), cast.session() as session:
        add_privileged_note(session, member, case, NOTE, NOW)
    assert written(cast) == 0
    assert not any(event["kind"] == "privileged_kept" for event in record(cast))


def test_no_note_is_kept_under_a_key_that_went_with_the_case(cast: Cast, offered: str) -> None:
    overtaken(cast, offered, "daria", lambda: take(cast, "ayshe", offered))
    assert holders(cast) == [PARTNER]


def test_no_note_is_kept_under_a_key_that_was_shared_until_now(cast: Cast, shared: str) -> None:
    overtaken(cast, shared, "ayshe", lambda: end(cast, shared))
    assert holders(cast) == ["tracing"]


def test_a_note_is_kept_where_the_grant_was_only_sealed_anew(cast: Cast, case: str) -> None:
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    with cast.session() as session:
        renew_ring(session, daria, "queue:legal", NOW)

    def opened() -> None:
        with cast.session() as session:
            open_keys(session, bohdan, case)

    with cast.session() as session:
        while_reading(cast, "grant", opened, 2)
        add_privileged_note(session, daria, case, NOTE, NOW)
    with cast.session() as session:
        part = read_lawyers_part(session, cast.member("bohdan"), case)
    assert ([note.body["text"] for note in part.book.entries], part.book.foreign) == ([NOTE], 0)


def test_no_note_is_kept_while_the_case_is_offered_for_transfer(cast: Cast, offered: str) -> None:
    with cast.session() as session, pytest.raises(NotAllowedNow, match="transfer_offered"):
        add_privileged_note(session, cast.member("daria"), offered, NOTE, NOW)


def test_no_referral_is_ended_over_a_note_that_came_after_it_was_looked_for(cast: Cast, shared: str) -> None:
    oksana = cast.member("oksana")
    # After the lawyers' part was looked through.
    while_reading(cast, "item", lambda: write(cast, "ayshe", shared), 2)
    with pytest.raises(ChangedMeanwhile), cast.session() as session:
        end_sharing(session, oksana, shared, PARTNER, REASON, NOW)
    assert (holders(cast), written(cast)) == ([PARTNER, "tracing"], 1)
    with cast.session() as session, pytest.raises(NotAllowedNow, match="lawyers_part_would_go"):
        end_sharing(session, oksana, shared, PARTNER, REASON, NOW)


def test_no_queue_gives_up_a_note_that_came_after_it_was_looked_for(cast: Cast, shared: str) -> None:
    rustem = cast.member("rustem")
    while_reading(cast, "item", lambda: write(cast, "ayshe", shared), 2)
    with pytest.raises(ChangedMeanwhile), cast.session() as session:
        give_up(session, rustem, shared, REASON, NOW, lose_notes=False)
    assert (holders(cast), written(cast)) == ([PARTNER, "tracing"], 1)


def test_who_gives_up_what_lawyers_wrote_is_held_up_by_none_of_it(cast: Cast, shared: str) -> None:
    rustem = cast.member("rustem")
    with cast.session() as session:
        while_reading(cast, "grant", lambda: write(cast, "ayshe", shared))
        give_up(session, rustem, shared, REASON, NOW, lose_notes=True)
    assert holders(cast) == ["tracing"]
