"""A thief with the dump, the service's key and our own code, but no person's secret."""

from collections.abc import Iterator

import pytest
from sqlalchemy import LargeBinary

from app.vault.context import Purpose, context
from app.vault.digest import keyed_tag, sha256
from app.vault.errors import VaultError
from app.vault.hybrid import PUBLIC_KEY_BYTES
from app.vault.symmetric import derive_key
from app.vault.tokens import open_token
from app.vault.unlock import unlock_code, unlock_passphrase
from tests.cast import Cast
from tests.keys.cells import BOUND, TO_A_HOLDER, Cell, cells_of, expanded, fill, opened
from tests.keys.dump import Dump, dump, tables
from tests.keys.shown import OPEN_BYTES

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def sealed_columns() -> set[tuple[str, str]]:
    """Every column of bytes that is no public key, no hash, no tag: whatever column is new counts as sealed."""
    return {
        (table.name, column.name)
        for table in tables()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name not in OPEN_BYTES.get(table.name, {})
    }


def handy(cast: Cast, rows: Dump) -> set[bytes]:
    """The keys in reach: the service's, and everything in clear that has the size of one."""
    found = {cast.founded.service_private, bytes(32), sha256(b""), sha256(cast.url.encode())}
    for table, columns in OPEN_BYTES.items():
        values = [row[column] for row in rows[table] for column in columns if row[column] is not None]
        found |= {part for value in values for part in (value[:32], value[-32:])}
    return {key for key in found if len(key) == 32}


def cut_out(rows: Dump) -> set[bytes]:
    """Whatever else stands in a row, in part and hashed."""
    found = set()
    for row in (row for table in rows.values() for row in table):
        for value in row.values():
            plain = value.encode() if isinstance(value, str) else value
            if isinstance(plain, bytes):
                found |= {plain[:32], plain[-32:], sha256(plain)}
    return {key for key in found if len(key) == 32}


def made_from(keys: set[bytes], rows: Dump) -> Iterator[bytes]:
    """What our own code makes of these keys, of the ids as tokens, and of guesses."""
    for key in keys:
        yield from (derive_key(key, context(purpose)) for purpose in Purpose)
        yield keyed_tag(key, context(Purpose.UNLOCK_SALT, "code"))
    texts = {value for table in rows.values() for row in table for value in row.values() if isinstance(value, str)}
    for text in texts | {key.hex() for key in keys}:
        for purpose in (Purpose.SESSION, Purpose.SECOND_FACTOR, Purpose.RETURN_SESSION, Purpose.IDEMPOTENCY):
            yield open_token(text, purpose).key
    salt = rows["installation"][0]["salt"]
    for name, guess in (("daria", ""), ("daria", "daria"), ("petro", "correct horse battery staple")):
        yield unlock_passphrase(name, guess, salt).wrapping_key
    yield unlock_code("0" * 24, salt).wrapping_key


def stolen(rows: Dump) -> list[Cell]:
    """Every sealed cell of every row, with no key yet."""
    return [
        Cell(table, column, row, bytes(32))
        for table, column in sorted(BOUND)
        for row in rows[table]
        if row[column] is not None
    ]


def some(cells: list[Cell], most: int) -> list[Cell]:
    """At most so many cells of each kind."""
    of_kind: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        of_kind.setdefault((cell.table, cell.column), []).append(cell)
    return [cell for few in of_kind.values() for cell in few[:most]]


def opened_by(keys: set[bytes], cells: list[Cell]) -> list[tuple[Cell, bytes]]:
    """Every cell that any key opens in its own place, with the key."""
    return [(cell, key) for cell in cells for key in keys if opens(cell, key)]


def opens(cell: Cell, key: bytes) -> bool:
    """Whether a key opens a cell in one of the places that it can have been bound to."""
    for place in cell.places:
        try:
            opened(cell.table, cell.row, key, cell.sealed, place)
        except VaultError:
            continue
        return True
    return False


def holders(rows: Dump) -> set[bytes]:
    """The public key of everybody and everything that something is sealed to."""
    open_to_all = {row[column] for table, columns in OPEN_BYTES.items() for row in rows[table] for column in columns}
    return {value for value in open_to_all if value is not None and len(value) == PUBLIC_KEY_BYTES}


def test_nothing_in_reach_of_a_thief_opens_anything(cast: Cast) -> None:
    secrets = fill(cast)
    rows = dump(cast.engine)
    cells, near = stolen(rows), handy(cast, rows)
    cut = cut_out(rows)
    everything = near | cut | set(made_from(near, rows))
    to_a_holder = [cell for cell in cells if cell.table in TO_A_HOLDER or cell.row.get("compartment") == "inbox"]
    shared = [cell for cell in cells if cell not in to_a_holder]

    assert {(cell.table, cell.column) for cell in cells} == sealed_columns()
    assert (len(near) > 100, len(everything) > 4_000, len(to_a_holder) > 30) == (True, True, True)
    assert opened_by(near, cells) == []
    # Cells of one kind are alike: what was cut out or derived is tried on some of each.
    assert opened_by(everything, some(shared, 2)) == []
    assert opened_by(cut, some(to_a_holder, 1)) == []
    # Opening to a holder takes longest: of what was derived, thousands of keys, each is taken for the private half of
    # some holder's, and laid beside the very keys that open.
    known = holders(rows)
    assert len(known) > 20
    assert {key for key in everything if expanded(key).public in known} == set()
    assert everything & {cell.key for cell in cells_of(cast, secrets, rows)} == set()


def test_the_search_would_find_every_key_that_opens_something(cast: Cast) -> None:
    secrets = fill(cast)
    rows = dump(cast.engine)
    real = cells_of(cast, secrets, rows)
    cells = stolen(rows)
    for kind in sorted(BOUND):
        key = next(cell.key for cell in real if (cell.table, cell.column) == kind)
        few = [cell for cell in cells if (cell.table, cell.column) == kind]

        assert opened_by({bytes(32), key}, few), kind
        if few[0].table in TO_A_HOLDER:
            assert expanded(key).public in holders(rows), kind
