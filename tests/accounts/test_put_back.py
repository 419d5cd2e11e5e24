"""Numbers only go up: what was put back, or goes on otherwise than was seen, is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, event, insert, update
from sqlmodel import Session, col

from app.accounts.queues import queue_states
from app.accounts.ring_keeping import renew_ring
from app.accounts.tables import (
    Installation,
    Membership,
    RingKey,
    RingShare,
    StatementRow,
)
from app.accounts.vouching import vouched
from app.accounts.vouching_anchor import Anchor, anchor_of, anchor_to
from app.accounts.vouching_following import Fault
from app.storage.engine import make_engine
from app.storage.sessions import session_scope
from tests.accounts.attacks import CHAIN, id_of
from tests.cast import NOW, Cast
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def put_back(cast: Cast, before: dict[str, list[dict[str, Any]]]) -> None:
    """Yesterday's keys, members and statements over today's."""
    with cast.session() as session:
        for table in (RingShare, RingKey, Membership, StatementRow):
            session.execute(delete(table))
            session.execute(insert(table), before[table.__tablename__])


def test_a_whole_older_state_that_is_put_back_is_refused_also_after_a_restart(cast: Cast, tmp_path: Path) -> None:
    witness = tmp_path / "witness.json"
    anchor_to(cast.engine, cast.founded.fingerprint, witness)
    before = dump(cast.engine)
    with cast.session() as session:
        renew_ring(session, cast.member("daria"), "queue:legal", NOW, [id_of(cast, "bohdan")])
    with cast.session() as session:
        assert vouched(session).faults == {}
    put_back(cast, before)
    for _restart in range(2):
        with cast.session() as session:
            assert vouched(session).faults == {CHAIN: Fault.PUT_BACK}
            assert "legal" not in {queue.id for queue in queue_states(session) if queue.ready}
        anchor_to(cast.engine, cast.founded.fingerprint, witness)
    assert json.loads(witness.read_text())[CHAIN][0] == 2
    # Without the file a process that knows nothing yet cannot tell it from the newest.
    witness.unlink()
    anchor_to(cast.engine, cast.founded.fingerprint, witness)
    with cast.session() as session:
        assert vouched(session).faults == {}


def test_a_chain_that_goes_on_otherwise_than_was_seen_is_refused(cast: Cast) -> None:
    daria, bohdan = cast.member("daria"), id_of(cast, "bohdan")
    with cast.session() as session:
        assert vouched(session).faults == {}
    before = dump(cast.engine)
    with cast.session() as session:
        renew_ring(session, daria, "queue:legal", NOW, [bohdan])
    with cast.session() as session:
        assert vouched(session).numbers[CHAIN] == 2
    put_back(cast, before)
    with cast.session() as session:
        seen = anchor_of(session).seen()
    # The lead's own hand, but a second time: Bohdan stays in, in a state that nobody was shown.
    anchor_to(cast.engine, cast.founded.fingerprint)
    with cast.session() as session:
        renew_ring(session, daria, "queue:legal", NOW)
    anchor_to(cast.engine, cast.founded.fingerprint)
    with cast.session() as session:
        anchor_of(session).note(seen)
        assert vouched(session).faults == {CHAIN: Fault.FORKED}


def test_what_is_rolled_back_was_never_seen(cast: Cast) -> None:
    daria = cast.member("daria")

    def interrupted(session: Session) -> None:
        renew_ring(session, daria, "queue:legal", NOW)
        session.flush()
        assert vouched(session).numbers[CHAIN] == 2
        raise RuntimeError

    with pytest.raises(RuntimeError), cast.session() as session:
        interrupted(session)
    with cast.session() as session:
        assert vouched(session).faults == {}
        assert vouched(session).numbers[CHAIN] == 1


@pytest.mark.parametrize("content", ["", "[]", "{", '{"ring:record": 7}', '{"ring:record": ["x", "y"]}'])
def test_a_witness_that_cannot_be_read_keeps_nobody_out(cast: Cast, tmp_path: Path, content: str) -> None:
    witness = tmp_path / "witness.json"
    witness.write_text(content)
    anchor_to(cast.engine, cast.founded.fingerprint, witness)
    with cast.session() as session:
        assert any(queue.ready for queue in queue_states(session))
    assert json.loads(witness.read_text())["ring:record"][0] == 1


def test_a_witness_that_cannot_be_written_keeps_nobody_out_and_the_process_remembers(
    cast: Cast, tmp_path: Path
) -> None:
    anchor_to(cast.engine, cast.founded.fingerprint, tmp_path / "nowhere" / "witness.json")
    before = dump(cast.engine)
    with cast.session() as session:
        renew_ring(session, cast.member("daria"), "queue:legal", NOW)
    with cast.session() as session:
        assert any(queue.ready for queue in queue_states(session))
    put_back(cast, before)
    with cast.session() as session:
        assert vouched(session).faults == {CHAIN: Fault.PUT_BACK}


def test_a_later_process_raises_the_witness_and_an_earlier_one_never_lowers_it(cast: Cast, tmp_path: Path) -> None:
    witness = tmp_path / "witness.json"
    one, other = Anchor(None, witness), Anchor(None, witness)
    one.note({"ring:record": (2, b"two")})
    other.note({"ring:record": (1, b"one"), "ring:statistics": (1, b"s")})

    assert one.seen() == other.seen() == {"ring:record": (2, b"two"), "ring:statistics": (1, b"s")}


def test_what_one_process_has_seen_is_refused_by_another_that_kept_the_older_state(cast: Cast, tmp_path: Path) -> None:
    witness, before = tmp_path / "witness.json", dump(cast.engine)
    anchor_to(cast.engine, cast.founded.fingerprint, witness)
    idle = make_engine(cast.url)
    anchor_to(idle, cast.founded.fingerprint, witness)
    with session_scope(idle) as session:
        assert vouched(session).faults == {}
    with cast.session() as session:
        renew_ring(session, cast.member("daria"), "queue:legal", NOW, [id_of(cast, "bohdan")])
    put_back(cast, before)
    for _request in range(2):
        with session_scope(idle) as session:
            assert vouched(session).faults == {CHAIN: Fault.PUT_BACK}
            assert "legal" not in {queue.id for queue in queue_states(session) if queue.ready}
    idle.dispose()


def test_what_is_taken_away_before_anybody_looked_was_seen_by_whoever_signed_it(cast: Cast) -> None:
    daria, bohdan = cast.member("daria"), id_of(cast, "bohdan")
    before = dump(cast.engine)
    with cast.session() as session:
        renew_ring(session, daria, "queue:legal", NOW, [bohdan])
    put_back(cast, before)
    with cast.session() as session:
        assert vouched(session).faults == {CHAIN: Fault.PUT_BACK}


def test_what_is_taken_away_just_while_it_is_read_is_not_kept_for_the_newest(cast: Cast) -> None:
    """Somebody with the database takes the newest statement away between two questions, and puts it back."""
    with cast.session() as session:
        renew_ring(session, cast.member("daria"), "queue:legal", NOW, [id_of(cast, "bohdan")])
    anchor_to(cast.engine, cast.founded.fingerprint)
    enemy = make_engine(cast.url)
    newest = next(row for row in dump(cast.engine)["statement"] if (row["chain"], row["number"]) == (CHAIN, 2))
    taken: list[str] = []

    def reads_all(statement: str) -> bool:
        return "FROM statement" in statement and "max(" not in statement and not taken

    @event.listens_for(cast.engine, "before_cursor_execute")
    def take(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if reads_all(statement):
            with session_scope(enemy) as session:
                session.execute(
                    delete(StatementRow).where(col(StatementRow.chain) == CHAIN, col(StatementRow.number) == 2)
                )

    @event.listens_for(cast.engine, "after_cursor_execute")
    def give_back(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if reads_all(statement):
            taken.append(statement)
            with session_scope(enemy) as session:
                session.execute(insert(StatementRow), [newest])

    with cast.session() as session:
        assert vouched(session).numbers[CHAIN] == 1
    assert taken
    with cast.session() as session:
        assert (vouched(session).numbers[CHAIN], vouched(session).faults) == (2, {})
    enemy.dispose()


def test_a_root_that_was_another_for_a_moment_keeps_nobody_out_for_longer(cast: Cast) -> None:
    with cast.session() as session:
        root = session.get_one(Installation, 1).root_public
    for public, whole in ((bytes(32), False), (root, True)):
        with cast.session() as session:
            session.execute(update(Installation).values(root_public=public))
        if not whole:
            anchor_to(cast.engine, cast.founded.fingerprint)
        with cast.session() as session:
            assert any(queue.ready for queue in queue_states(session)) == whole
