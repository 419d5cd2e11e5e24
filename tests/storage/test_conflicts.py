"""A row that may be there already is written once, whoever comes at the same time."""

from threading import Barrier, Thread

from sqlalchemy import Engine, delete, update
from sqlmodel import col, select

from app.accounts.tables import Organisation
from app.storage.conflicts import changed_rows, insert_if_absent
from app.storage.sessions import session_scope


def test_the_first_row_stands_and_the_second_is_told_so(engine: Engine) -> None:
    with session_scope(engine) as session:
        first = insert_if_absent(session, Organisation, id="one", name="First")
        second = insert_if_absent(session, Organisation, id="one", name="Second")
    with session_scope(engine) as session:
        assert session.exec(select(Organisation.name)).all() == ["First"]

    assert (first, second) == (True, False)


def test_of_many_at_once_one_is_told_that_it_was_first(engine: Engine) -> None:
    barrier, told = Barrier(8), []

    def insert(name: str) -> None:
        with session_scope(engine) as session:
            barrier.wait()
            told.append(insert_if_absent(session, Organisation, id="one", name=name))

    threads = [Thread(target=insert, args=[str(number)]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == [False] * 7 + [True]


def test_a_row_whose_writer_gave_up_is_free_again(engine: Engine) -> None:
    with session_scope(engine) as session:
        insert_if_absent(session, Organisation, id="one", name="Given up")
        session.rollback()
        assert insert_if_absent(session, Organisation, id="one", name="Kept")
    with session_scope(engine) as session:
        assert session.exec(select(Organisation.name)).all() == ["Kept"]


def test_changed_rows_are_counted(engine: Engine) -> None:
    with session_scope(engine) as session:
        for name in ("one", "two", "three"):
            insert_if_absent(session, Organisation, id=name, name=name)
        renamed = session.execute(update(Organisation).where(col(Organisation.id) != "one").values(name="New"))
        gone = session.execute(delete(Organisation).where(col(Organisation.id) == "nobody"))

        assert (changed_rows(renamed), changed_rows(gone)) == (2, 0)
