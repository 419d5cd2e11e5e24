"""Whoever can write to the database, and knows our code, makes the vault open nothing in another place or shape."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.vault.errors import VaultError
from tests.cast import Cast
from tests.keys.cells import BOUND, Cell, cells_of, fill
from tests.keys.dump import dump
from tests.keys.test_thief import sealed_columns

FLIPS, CUTS = 24, 12


@pytest.fixture(scope="module")
def filled() -> list[Cell]:
    """What the first test of this file finds, kept for the others: none of them changes a row."""
    return []


@pytest.fixture
def cells(cast: Cast, filled: list[Cell]) -> list[Cell]:
    """Every sealed cell that the right people can open."""
    if not filled:
        secrets = fill(cast)
        filled += cells_of(cast, secrets, dump(cast.engine))
    return filled


def refused(cell: Cell) -> bool:
    try:
        cell.open()
    except VaultError:
        return True
    return False


def of_one_kind(cells: list[Cell]) -> dict[tuple[str, str], list[Cell]]:
    found: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        found.setdefault((cell.table, cell.column), []).append(cell)
    return found


pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_every_sealed_column_is_opened_by_those_who_may(cells: list[Cell]) -> None:
    assert not [cell for cell in cells if refused(cell)]
    assert set(of_one_kind(cells)) == sealed_columns() == set(BOUND)


def test_no_altered_byte_is_taken(cells: list[Cell]) -> None:
    draw = random.Random(7)
    for (table, column), few in of_one_kind(cells).items():
        for cell in few[:4]:
            size = len(cell.sealed)
            for at in {0, 1, 12, 13, size - 17, size - 1, *draw.sample(range(size), FLIPS)}:
                altered = bytearray(cell.sealed)
                altered[at] ^= 1 << draw.randrange(8)
                assert refused(cell.changed(**{column: bytes(altered)})), (table, column, at)


def test_nothing_that_was_cut_or_lengthened_is_taken(cells: list[Cell]) -> None:
    draw = random.Random(8)
    for (table, column), (cell, *_) in of_one_kind(cells).items():
        lengths = {0, 1, 2, 28, 29, len(cell.sealed) - 1, *draw.sample(range(len(cell.sealed)), CUTS)}
        tried = [cell.sealed[:length] for length in lengths]
        tried += [cell.sealed + b"\x00", cell.sealed + cell.sealed, cell.sealed[1:], b"\x01" + cell.sealed]
        for sealed in tried:
            assert refused(cell.changed(**{column: sealed})), (table, column, len(sealed))


def others(cells: list[Cell], cell: Cell) -> Iterator[Cell]:
    """Cells of other rows, of the same table and of every other."""
    for few in of_one_kind(cells).values():
        for other in few[:6]:
            # Two entries of one person stand in an order that the chain keeps, and not the sealing.
            same_actor = cell.table == other.table == "trail_entry" and cell.row["actor"] == other.row["actor"]
            if other.sealed != cell.sealed and not same_actor:
                yield other


def test_no_sealing_opens_in_the_place_of_another(cells: list[Cell]) -> None:
    tried = 0
    for (table, column), few in of_one_kind(cells).items():
        for cell in few[:6]:
            for other in others(cells, cell):
                tried += 1
                assert refused(cell.changed(**{column: other.sealed})), (table, column, other.table, other.column)

    assert tried > 500


def test_a_row_that_is_moved_to_another_holder_case_or_name_is_refused(cells: list[Cell]) -> None:
    for (table, column), few in of_one_kind(cells).items():
        for cell in few[:6]:
            for bound in BOUND[table, column][1]:
                value = cell.row[bound]
                moved = value + 1 if isinstance(value, int) else f"{value}x"
                assert refused(cell.changed(**{bound: moved})), (table, column, bound)


def test_the_key_of_one_cell_opens_no_other_in_any_place(cells: list[Cell]) -> None:
    for few in of_one_kind(cells).values():
        for cell in few[:3]:
            for other in others(cells, cell):
                if other.key != cell.key:
                    assert refused(replace(other, key=cell.key)), (cell, other)
