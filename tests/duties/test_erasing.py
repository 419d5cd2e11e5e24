"""After a withdrawal the files hold no key of the case any more, and after a purge not one piece of it."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app import duties
from app.casefile.cases import ERASE, seal_case, store_case, withdraw_case
from app.intake import returning
from app.storage.erasing import erase_remains
from tests.casefile.test_cases import ARRIVAL
from tests.cast import NOW, Cast, answers
from tests.keys.dump import dump

only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

PIECE = 16
# What of a sealed grant lies in a shared page; the rest is in pages of its own, which are overwritten.
IN_SHARED_PAGE = 520


def files_of(cast: Cast) -> bytes:
    """The database's files, the journal included."""
    path = Path(cast.url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def pieces(sealed: bytes) -> Iterator[bytes]:
    return (sealed[at : at + PIECE] for at in range(0, len(sealed) - PIECE, PIECE))


def found_in(files: bytes, wanted: set[bytes]) -> set[bytes]:
    """Which pieces lie anywhere in the files."""
    return {piece for at in range(len(files)) if (piece := files[at : at + PIECE]) in wanted}


def sealed_of(engine: Engine, table: str, case_ids: set[str]) -> list[bytes]:
    return [row["sealed"] for row in dump(engine)[table] if row["case_id"] in case_ids]


@only_sqlite
def test_one_withdrawn_case_is_in_no_file_once_the_worker_was_there(cast: Cast) -> None:
    code, kept = cast.report(answers(story="Його забрали." * 200)), cast.report()
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
        returning.write_message(session, opened, "Дякую.", NOW)
    sealed = [each for table in ("grant", "item", "locker") for each in sealed_of(cast.engine, table, {opened.case_id})]
    gone = {piece for each in sealed for piece in pieces(each)}
    # All but those that go over the end of a page.
    assert len(found_in(files_of(cast), gone)) > 0.95 * len(gone), "the search finds them while they are there"
    with cast.session() as session:
        returning.withdraw(session, opened, code, NOW)
    worker = replace(duties.make_worker(cast.engine, cast.founded.service_private), clock=lambda: NOW)
    assert worker.do_next() == ERASE

    assert found_in(files_of(cast), gone) == set()
    assert cast.case_of(kept)


@pytest.fixture
def many_withdrawn(cast: Cast) -> tuple[set[bytes], set[bytes]]:
    """Of half of many cases that were withdrawn: the pieces of their grants' keys, and all their pieces."""
    numbers = [f"{number:08d}".translate(str.maketrans("01", "XY")) for number in range(120)]
    for number in sorted(numbers, key=lambda _: os.urandom(8)):
        story = {"words": {"story": "ї" * (os.urandom(1)[0] * 8)}}
        with cast.session() as session:
            store_case(session, seal_case(replace(ARRIVAL, case_id=number, parts=story), NOW))
    gone = set(numbers[::2])
    grants = sealed_of(cast.engine, "grant", gone)
    everything = grants + sealed_of(cast.engine, "item", gone)
    for number in gone:
        with cast.session() as session:
            withdraw_case(session, number, NOW)
    keys = {piece for sealed in grants for piece in pieces(sealed[IN_SHARED_PAGE:])}
    return keys, {piece for sealed in everything for piece in pieces(sealed)}


@only_sqlite
def test_of_many_withdrawn_cases_no_key_can_be_put_together_from_the_files(
    cast: Cast, many_withdrawn: tuple[set[bytes], set[bytes]]
) -> None:
    keys, everything = many_withdrawn
    assert found_in(files_of(cast), keys), "the journal holds them until it is cut off"
    erase_remains(cast.engine)
    files = files_of(cast)

    assert found_in(files, keys) == set()
    # Without the keys a piece that stayed in a shared page is noise; there are few.
    assert len(found_in(files, everything)) < len(everything) / 50


@only_sqlite
def test_after_a_purge_not_one_piece_of_a_withdrawn_case_is_left(
    cast: Cast, many_withdrawn: tuple[set[bytes], set[bytes]]
) -> None:
    _, everything = many_withdrawn
    before = dump(cast.engine)
    erase_remains(cast.engine, rewrite=True)

    assert found_in(files_of(cast), everything) == set()
    assert dump(cast.engine) == before


@only_sqlite
def test_the_day_of_a_forgotten_key_is_all_that_is_left_of_it(cast: Cast) -> None:
    cast.log_in("daria")
    keys = {row["key"] for row in dump(cast.engine)["epoch"]}
    with cast.session() as session:
        duties.forget(session, "", datetime(2026, 11, 23, tzinfo=UTC))
    erase_remains(cast.engine)

    assert [key for key in keys if key in files_of(cast)] == []
