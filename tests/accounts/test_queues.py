"""A queue receives only where two people hold its newest key."""

from sqlmodel import col, delete

from app.accounts import rings
from app.accounts.queues import queue_states
from app.accounts.tables import RingKey, RingShare
from app.vault.hybrid import new_private_key, public_key
from tests.cast import Cast


def ready(cast: Cast) -> set[str]:
    with cast.session() as session:
        return {queue.id for queue in queue_states(session) if queue.ready}


def test_queues_of_two_members_are_ready_and_know_whose_they_are(cast: Cast) -> None:
    with cast.session() as session:
        states = queue_states(session)

    assert [queue.id for queue in states] == sorted(queue.id for queue in states)
    assert {queue.id for queue in states if not queue.receiving} == {"partner-legal", "outside"}
    assert {queue.id: queue.kind for queue in states}["partner-legal"] == "legal"
    assert ready(cast) == {queue.id for queue in states} - {"outside"}


def test_a_queue_whose_key_one_person_holds_receives_nothing(cast: Cast) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        gone = col(RingShare.ring) == "queue:legal", col(RingShare.account_id) == daria.account_id
        session.execute(delete(RingShare).where(*gone))

    assert "legal" not in ready(cast)


def test_holders_of_an_older_key_do_not_count(cast: Cast) -> None:
    daria = cast.member("daria")
    private = new_private_key()
    with cast.session() as session:
        session.add(RingKey(ring="queue:legal", generation=2, public_key=public_key(private)))
        rings.share_ring(session, "queue:legal", 2, private, daria.account_id, daria.pair.public)

    assert "legal" not in ready(cast)


def test_a_queue_without_any_key_is_not_ready(cast: Cast) -> None:
    with cast.session() as session:
        session.execute(delete(RingShare).where(col(RingShare.ring) == "queue:legal"))
        session.execute(delete(RingKey).where(col(RingKey.ring) == "queue:legal"))

    assert "legal" not in ready(cast)
