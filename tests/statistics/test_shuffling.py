"""On PostgreSQL the place of a facet tells nothing, once the worker has laid them anew."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from app import duties
from app.casefile.cases import ERASE
from app.statistics.shuffling import lay_anew
from app.storage.copying import snapshot
from app.storage.erasing import erase_remains
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


def places(cast: Cast, columns: str) -> list[tuple[str | bytes, int]]:
    """Of each row in the order of its keys the first of them, and where its end lies in SQLite's file."""
    file = Path(cast.url.removeprefix("sqlite:///")).read_bytes()
    with cast.session() as session:
        rows = session.execute(text(f"SELECT {columns}")).all()
    return [(row[0], file.index(row[1][-24:])) for row in rows]


def looked_at(cast: Cast) -> tuple[list[tuple[str | bytes, int]], list[tuple[str | bytes, int]]]:
    """What lies where: the facets, and the pieces of the cases."""
    return places(cast, "id, sealed FROM facet ORDER BY id"), places(
        cast, "case_id, sealed FROM item ORDER BY case_id, id"
    )


def guessed(facets: list[tuple[str | bytes, int]], items: list[tuple[str | bytes, int]]) -> dict[str | bytes, object]:
    """To which case a thief of the file gives each facet: to the one of which something lies nearest."""
    return {facet_id: min(items, key=lambda item: abs(item[1] - place))[0] for facet_id, place in facets}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_after_the_night_no_page_of_sqlites_file_tells_whose_a_facet_is_or_what_came_first(cast: Cast) -> None:
    whose: dict[str | bytes, object] = {}
    for _ in range(16):
        case = cast.case_of(cast.report())
        with cast.session() as session:
            whose |= {row: case for row in session.execute(text("SELECT id FROM facet")).scalars() if row not in whose}
    erase_remains(cast.engine)
    # Else there would be nothing to hide: each lies beside its case, and all lie as they came.
    assert sum(whose[facet_id] == case for facet_id, case in guessed(*looked_at(cast)).items()) > 12
    with cast.session() as session:
        again = duties.lay_facets(session, "", NOW)
    worker = replace(duties.make_worker(cast.engine, cast.founded.service_private), clock=lambda: NOW)
    assert worker.do_next() == ERASE
    facets, items = looked_at(cast)
    assert [place for _, place in facets] == sorted(place for _, place in facets)
    assert sum(whose[facet_id] == case for facet_id, case in guessed(facets, items).items()) < 8
    assert again is not None
    assert again.date() > NOW.date()
