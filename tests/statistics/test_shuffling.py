"""On PostgreSQL the place of a facet tells nothing, once the worker has laid them anew."""

import psycopg
import pytest
from sqlalchemy import text

from app import duties
from app.statistics.shuffling import lay_anew
from app.storage.copying import snapshot
from tests.cast import NOW, Cast
from tests.statistics.made import facet, put


def placed(cast: Cast) -> list[tuple[bytes, str, bytes]]:
    """Id, writing transaction and sealing of every facet, in the order in which they lie."""
    with cast.session() as session:
        found = session.execute(text("SELECT id, xmin::text, sealed FROM facet ORDER BY ctid")).all()
    return [(bytes(row[0]), str(row[1]), bytes(row[2])) for row in found]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_where_a_facet_lies_and_who_wrote_it_tells_nothing_after_the_night(cast: Cast) -> None:
    for _ in range(6):
        put(cast, [facet()] * 2)
    before = placed(cast)
    # Else there would be nothing to hide: they lie as they came, and say by which transaction.
    assert len({transaction for _, transaction, _ in before}) == 6
    assert before != sorted(before)
    with cast.session() as session:
        again = duties.lay_facets(session, "", NOW)
    after = placed(cast)
    assert len({transaction for _, transaction, _ in after}) == 1
    assert [row[0] for row in after] == sorted(row[0] for row in before)
    assert {(row[0], row[2]) for row in after} == {(row[0], row[2]) for row in before}
    assert again is not None
    assert again.date() > NOW.date()


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_interrupted_it_loses_nothing_and_it_does_not_wait_behind_who_reads_for_long(cast: Cast) -> None:
    put(cast, [facet()] * 3)
    before = placed(cast)
    with cast.session() as session:
        lay_anew(session)
        session.rollback()
    assert placed(cast) == before
    with psycopg.connect(cast.url.replace("+psycopg", "")) as reader:
        reader.execute("SELECT count(*) FROM facet").fetchone()
        with pytest.raises(Exception, match="lock timeout"), cast.session() as session:
            lay_anew(session)
    assert placed(cast) == before


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_backup_that_has_begun_keeps_every_facet(cast: Cast) -> None:
    put(cast, [facet()] * 3)
    with snapshot(cast.engine) as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(Exception, match="lock timeout"), cast.session() as session:
            lay_anew(session)
        assert len(connection.execute(text("SELECT id FROM facet")).all()) == 3
    with cast.session() as session:
        lay_anew(session)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_sqlite_keeps_them_in_the_order_of_their_ids_anyway(cast: Cast) -> None:
    put(cast, [facet()] * 12)
    with cast.session() as session:
        lay_anew(session)
    with cast.session() as session:
        lying = [bytes(row[0]) for row in session.execute(text("SELECT id FROM facet NOT INDEXED")).all()]
        with pytest.raises(Exception, match="rowid"):
            session.execute(text("SELECT rowid FROM facet"))
    assert lying == sorted(lying)
