"""What a seized database shows is written down, and does not depend on what anybody said."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, LargeBinary

from app.accounts.setup import Founded
from app.storage.engine import make_engine
from app.vault import code
from tests.cast import Cast
from tests.keys.cells import fill
from tests.keys.dump import Dump, dump, put_back, tables
from tests.keys.shown import CLEAR, OPEN_BYTES
from tests.keys.test_thief import sealed_columns
from tests.keys.twins import ONE, OTHER, Words, found_for, live
from tests.stretched import Common, Redrawn


def test_every_clear_column_stands_in_the_list_with_what_it_tells() -> None:
    clear = {
        table.name: {column.name for column in table.columns if not isinstance(column.type, LargeBinary)}
        for table in tables()
    }

    assert clear == {table: set(columns) for table, columns in CLEAR.items()}
    assert all(told for columns in (*CLEAR.values(), *OPEN_BYTES.values()) for told in columns.values())


def test_every_column_of_bytes_that_is_no_sealing_stands_in_the_list() -> None:
    of_bytes = {
        (table.name, column.name)
        for table in tables()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    listed = {(table, column) for table, columns in OPEN_BYTES.items() for column in columns}

    assert listed <= of_bytes
    assert of_bytes - listed == sealed_columns()


def test_sealings_begin_with_their_format_and_go_on_like_noise(cast: Cast) -> None:
    fill(cast)
    rows = dump(cast.engine)
    for table, column in sealed_columns():
        values = [row[column] for row in rows[table] if row[column] is not None]
        noise = b"".join(value[1:] for value in values)

        assert {value[:1] for value in values} == {b"\x01"}, (table, column)
        assert len(set(values)) == len(values), (table, column)
        assert len(zlib.compress(noise, 9)) >= len(noise), (table, column)
        assert max(noise.count(byte) for byte in range(256)) < max(20, len(noise) / 64), (table, column)


def shape(rows: Dump, labels: dict[str, str]) -> dict[str, list[str]]:
    """The dump with ids replaced by whose they are, and sealings, keys and hashes by their lengths."""

    def plain(table: str, column: str, value: Any) -> Any:
        if isinstance(value, bytes):
            return f"{len(value)} bytes"
        if column == "id" and table in {"item", "proposal", "reminder", "address_card"}:
            return "random"
        return labels.get(value, value) if isinstance(value, str) else value

    return {
        table: sorted(str({column: plain(table, column, value) for column, value in row.items()}) for row in found)
        for table, found in rows.items()
    }


Lived = tuple[Dump, dict[str, list[str]]]


@dataclass
class Before:
    """What was founded for some people already, which takes seconds, and the installations that lived already."""

    founded: dict[tuple[str, ...], tuple[Founded, Dump]] = field(default_factory=dict)
    lived: dict[tuple[str, str], Lived] = field(default_factory=dict)

    def found(self, engine: Engine, words: Words) -> Founded:
        """Found an installation, once for the same people, and put the same rows into every other database."""
        if words.names in self.founded:
            founded, rows = self.founded[words.names]
            put_back(engine, rows)
        else:
            founded = found_for(engine, words)
            self.founded[words.names] = founded, dump(engine)
        return founded


@pytest.fixture(scope="module")
def before() -> Before:
    """What the tests of this file founded and let live."""
    return Before()


@pytest.fixture
def lived(
    new_database: Callable[[], str],
    database_kind: str,
    before: Before,
    in_common: Common,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Words], Lived]:
    """Let an installation live, once for each words, and give its dump as it is and as its shape."""

    def one(words: Words) -> Lived:
        which = database_kind, repr(words)
        if which not in before.lived:
            before.lived[which] = live_once(words)
        return before.lived[which]

    def live_once(words: Words) -> Lived:
        url = new_database()
        engine = make_engine(url)
        # Families of each installation draw the codes that those of the others drew: they are stretched once.
        monkeypatch.setattr(code, "secrets", Redrawn(in_common))
        cast, cases = live(engine, url, words, before.found(engine, words))
        rows = dump(engine)
        engine.dispose()
        labels = {case: f"case {number}" for number, case in enumerate(cases)}
        labels |= {each.person.account_id: f"account {at}" for at, each in enumerate(cast.founded.people)}
        labels |= {row["account_id"]: "newcomer" for row in rows["newcomer"]}
        labels |= {row["id"]: "organisation" for row in rows["organisation"]}
        labels |= {
            f"{chain}:{row['id']}": f"{chain}:its id"
            for row in rows["organisation"]
            for chain in ("organisation", "recovery", "ring:recovery", "names")
        }
        return rows, shape(rows, labels)

    return one


def test_different_people_and_words_leave_the_same_traces(
    lived: Callable[[Words], Lived],
) -> None:
    (rows, one), (_, other) = lived(ONE), lived(OTHER)

    # What a dead table could hide must have been used.
    assert [table for table, found in rows.items() if not found] == []
    for table in one:
        assert one[table] == other[table], table


def test_what_shows_through_would_be_seen(lived: Callable[[Words], Lived]) -> None:
    (_, one), (_, other) = lived(ONE), lived(_more(ONE))

    assert [table for table in one if one[table] != other[table]] == ["item"]


def _more(words: Words) -> Words:
    """The same with a story of another size step."""
    return Words(**{**vars(words), "tried": words.tried | {"story": "ї" * 2_000}})
