"""The ledger against whoever writes past the program: what cannot be read makes no room, and stops nobody."""

from typing import Any

import pytest
from sqlalchemy import insert, update

from app.statistics import ledger, making, releases
from app.statistics.declaring import declared
from app.statistics.tables import MOST_EPSILON_MILLI, LedgerEntry, Release
from tests.cast import Cast
from tests.statistics.made import INTAKE, LATER, OUTCOME, PERIOD, confirm, facet, make, put, read

MOST = sum(MOST_EPSILON_MILLI.values())
JUNK = {"number": 7, "kind": "intake", "period": "2019-Q1", "epsilon_milli": 1, "account_id": "x", "signature": b"x"}


def write(cast: Cast, **values: Any) -> None:
    """What somebody with the database's password adds to the ledger."""
    with cast.session() as session:
        session.execute(insert(LedgerEntry), [{**JUNK, **values}])


def entries(cast: Cast) -> tuple[ledger.Drawn, ...]:
    with cast.session() as session:
        return ledger.read_ledger(session)


@pytest.mark.parametrize(
    ("junk", "names"),
    [({"kind": "nonsense"}, None), ({"period": "2026-Q9"}, None), ({"kind": "", "period": ""}, None), ({}, INTAKE)],
    ids=["no kind", "no period", "nothing", "an earlier quarter"],
)
def test_an_entry_that_nobody_signed_is_shown_as_such_and_counts_as_the_most(
    cast: Cast, junk: dict[str, str], names: Any
) -> None:
    make(cast, OUTCOME)
    drawn = declared().epsilon_milli(OUTCOME)
    assert ledger.most_drawn(entries(cast)) == drawn
    write(cast, **junk)
    first, second = entries(cast)
    assert (first.number, first.kind, first.holds) == (7, names, False)
    assert (second.kind, second.holds) == (OUTCOME, True)
    assert ledger.most_drawn((first, second)) == (MOST if names is None else MOST_EPSILON_MILLI["intake"] + drawn)


@pytest.mark.parametrize("changed", [{"epsilon_milli": 1}, {"kind": "nonsense"}, {"period": "2019-Q1"}], ids=str)
def test_an_entry_that_was_changed_never_makes_what_was_drawn_less(cast: Cast, changed: dict[str, Any]) -> None:
    make(cast)
    before = ledger.most_drawn(entries(cast))
    with cast.session() as session:
        session.execute(update(LedgerEntry).values(changed))
    assert ledger.most_drawn(entries(cast)) >= before


def test_releases_are_made_and_numbered_beside_what_somebody_wrote_there(cast: Cast) -> None:
    # As high as PostgreSQL counts, so that there is no number above it; and the very next one.
    write(cast, number=2**31 - 1, kind="nonsense", period="x")
    write(cast, number=1)
    put(cast, [facet()] * 25)
    make(cast)
    assert confirm(cast) == 2
    assert read(cast, 2)["situation"] == {("missing", ""): 25}
    make(cast, OUTCOME)
    assert [each.number for each in entries(cast) if each.holds] == [3, 2]


@pytest.mark.parametrize(("kind", "period"), [("nonsense", "2026-Q3"), ("intake", "soon")])
def test_a_making_that_nobody_began_is_named_and_hides_no_other(cast: Cast, kind: str, period: str) -> None:
    row = {"kind": kind, "period": period, "generation": 1, "step": 0, "percent": 0, "made_by": "x"}
    with cast.session() as session:
        session.execute(insert(Release), [row])
    lena = cast.member("lena")
    with cast.session() as session:
        making.begin(session, lena, INTAKE, PERIOD, LATER)
    with cast.session() as session:
        assert [(state.kind, state.period) for state in making.waiting(session)] == [(INTAKE, PERIOD)]
        assert releases.unsound(session) == (f"{kind} {period}",)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_sqlite_takes_for_a_number_or_a_signature_stops_nobody(cast: Cast) -> None:
    with cast.session() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO ledger_entry (number, kind, period, epsilon_milli, account_id, signature)"
            " VALUES ('abc', 5, x'00', 1.5, 6, 'a text')"
        )
    (found,) = entries(cast)
    assert (found.number, found.kind, found.holds) == (0, None, False)
    make(cast)
    assert ledger.most_drawn(entries(cast)) == MOST
