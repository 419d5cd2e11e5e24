"""One transaction: what returns is kept, what raises is not, and what contends is written last."""

from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from app.accounts.tables import Organisation
from app.storage.sessions import open_session, session_scope, write_after_all, write_last


def names(engine: Engine) -> list[str]:
    with session_scope(engine) as session:
        return list(session.exec(select(Organisation.name).order_by(col(Organisation.id))))


def test_what_raises_leaves_nothing(engine: Engine) -> None:
    def write_and_raise() -> None:
        with session_scope(engine) as session:
            session.add(Organisation(id="one", name="One"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_raise()

    assert names(engine) == []


def test_nothing_is_written_before_it_is_told_to(engine: Engine) -> None:
    with session_scope(engine) as session:
        session.add(Organisation(id="one", name="One"))
        assert session.exec(select(Organisation)).all() == []

    assert names(engine) == ["One"]


def test_last_writes_follow_all_others_in_the_order_they_were_given(engine: Engine) -> None:
    seen: list[object] = []
    with session_scope(engine) as session:
        write_last(session, lambda: seen.append(session.exec(select(Organisation.name)).all()))
        write_last(session, lambda: seen.append("second"))
        session.add(Organisation(id="one", name="One"))
        assert seen == []

    assert seen == [["One"], "second"]


def test_what_everybody_waits_for_follows_all_last_writes_whichever_was_given_first(engine: Engine) -> None:
    seen: list[str] = []
    with session_scope(engine) as session:
        for number in ("1", "2"):
            write_after_all(session, partial(seen.append, f"head {number}"))
            write_last(session, partial(seen.append, f"row {number}"))

    assert seen == ["row 1", "row 2", "head 1", "head 2"]


def test_a_last_write_may_add_rows(engine: Engine) -> None:
    with session_scope(engine) as session:
        write_last(session, lambda: session.add(Organisation(id="one", name="One")))

    assert names(engine) == ["One"]


def test_a_last_write_that_raises_takes_everything_with_it(engine: Engine) -> None:
    def refuse() -> None:
        raise RuntimeError

    session = open_session(engine)
    session.add(Organisation(id="one", name="One"))
    write_last(session, refuse)
    with pytest.raises(RuntimeError):
        session.commit()
    session.close()

    assert names(engine) == []


def test_last_writes_are_forgotten_with_the_transaction_they_belong_to(engine: Engine) -> None:
    seen: list[str] = []
    with open_session(engine) as session:
        session.exec(select(Organisation)).all()
        write_last(session, lambda: seen.append("of the one that was rolled back"))
        write_after_all(session, lambda: seen.append("of the one that was rolled back"))
        session.rollback()
        session.add(Organisation(id="one", name="One"))
        write_last(session, lambda: seen.append("of the next"))
        session.commit()
        session.commit()

    assert seen == ["of the next"]
