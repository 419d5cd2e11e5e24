"""A thief with the dump, the service's key and our own code, but no person's secret."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import LargeBinary

from app.vault.context import Purpose, context
from app.vault.digest import keyed_tag, sha256
from app.vault.errors import VaultError
from app.vault.symmetric import derive_key
from app.vault.tokens import open_token
from app.vault.unlock import unlock_code, unlock_passphrase
from tests.cast import Cast
from tests.keys.cells import BOUND, TO_A_HOLDER, Cell, cells_of, fill
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


def lying_about(cast: Cast, rows: Dump) -> set[bytes]:
    """Every 32 bytes in reach: the service's key, and whatever stands in a row, whole, in part, or hashed."""
    found = {cast.founded.service_private, bytes(32), sha256(b""), sha256(cast.url.encode())}
    for row in (row for table in rows.values() for row in table):
        for value in row.values():
            plain = value.encode() if isinstance(value, str) else value
            if isinstance(plain, bytes):
                found |= {plain[:32], plain[-32:], sha256(plain)}
    return {key for key in found if len(key) == 32}


def made_from(keys: set[bytes], rows: Dump) -> Iterator[bytes]:
    """What our own code makes of these keys, of the ids as tokens, and of guesses."""
    for key in keys:
        for purpose in Purpose:
            yield derive_key(key, context(purpose))
            yield keyed_tag(key, context(purpose))
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


def opened_by(keys: list[bytes], cells: list[Cell]) -> list[tuple[Cell, bytes]]:
    """Every cell that any key opens in its own place, with the key."""
    found = []
    for cell in cells:
        for key in keys:
            try:
                replace(cell, key=key).open()
            except VaultError:
                continue
            found.append((cell, key))
    return found


def test_nothing_in_reach_of_a_thief_opens_anything(cast: Cast) -> None:
    fill(cast)
    rows = dump(cast.engine)
    lying, cells = lying_about(cast, rows), stolen(rows)
    everything = list(lying | set(made_from(lying, rows)))
    to_a_holder = [cell for cell in cells if cell.table in TO_A_HOLDER or cell.row.get("compartment") == "inbox"]
    shared = [cell for cell in cells if cell not in to_a_holder]

    assert {(cell.table, cell.column) for cell in cells} == sealed_columns()
    assert len(everything) > 5_000
    assert len(to_a_holder) > 30
    assert opened_by(everything, shared) == []
    # Opening what is sealed to a holder takes ten times as long: what was derived is tried on one of each kind.
    assert opened_by(list(lying), to_a_holder) == []
    assert opened_by(everything, list({cell.table: cell for cell in to_a_holder}.values())) == []


def test_the_search_would_find_every_key_that_opens_something(cast: Cast) -> None:
    secrets = fill(cast)
    rows = dump(cast.engine)
    real = cells_of(cast, secrets, rows)
    cells = stolen(rows)
    for kind in sorted(BOUND):
        key = next(cell.key for cell in real if (cell.table, cell.column) == kind)
        few = [cell for cell in cells if (cell.table, cell.column) == kind]

        assert opened_by([bytes(32), key], few), kind
