"""Facets by the hundred without cases, and releases made in one go, for the tests of this room."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from app.statistics import confirming, making, releases
from app.statistics.declaring import Table
from app.statistics.facets import SealedFacet, add_facet, code_report, seal_facet, statistics_key
from app.statistics.periods import Period, ReleaseKind
from app.vault.symmetric import new_key
from tests.cast import Cast

# The day on which coordinators of these tests work: the third quarter is over.
LATER = datetime(2026, 11, 20, 12, tzinfo=UTC)
PERIOD = Period(2026, 3)
INTAKE, OUTCOME = ReleaseKind.INTAKE, ReleaseKind.OUTCOME


def exactly(_table: Table, exact: Sequence[int]) -> list[int]:
    """No noise at all: what is counted can be seen."""
    return list(exact)


def facet(received: date = date(2026, 8, 3), **answers: Any) -> dict[str, Any]:
    """The facet of a report that was received on a day."""
    moment = datetime(received.year, received.month, received.day, 10, tzinfo=UTC)
    return code_report({"situation": "missing", "oblast": "UA14", **answers}, moment)


def put(cast: Cast, facets: Iterable[Mapping[str, Any] | None]) -> list[bytes]:
    """Store facets as so many cases would; give the `replies` keys that they hang on."""
    with cast.session() as session:
        ring = statistics_key(session)
    assert ring is not None
    keys, sealed = [], list[SealedFacet]()
    for content in facets:
        keys.append(new_key())
        sealed.append(seal_facet(ring, keys[-1], content))
    with cast.session() as session:
        for each in sealed:
            add_facet(session, each)
    return keys


def make(cast: Cast, kind: ReleaseKind = INTAKE, period: Period = PERIOD, most: int = 1000) -> int:
    """Lena makes a release, step by step, without noise; give the number of steps."""
    lena = cast.member("lena")
    with cast.session() as session:
        making.begin(session, lena, kind, period, LATER)
    for steps in range(1, 1000):
        with cast.session() as session:
            if making.take_step(session, lena, kind, period, LATER, exactly, most).made:
                return steps
    raise AssertionError("the release is never made")


def confirm(cast: Cast, kind: ReleaseKind = INTAKE, period: Period = PERIOD) -> int | None:
    """Vira looks it through, step by step, and signs it."""
    vira = cast.member("vira")
    with cast.session() as session:
        confirming.begin(session, vira, kind, period)
    look = look_once(cast, kind, period)
    while not (look.discarded or look.number):
        look = look_once(cast, kind, period)
    return look.number


def look_once(cast: Cast, kind: ReleaseKind = INTAKE, period: Period = PERIOD) -> confirming.Look:
    """Vira takes one step of confirming."""
    with cast.session() as session:
        return confirming.take_step(session, cast.member("vira"), kind, period, LATER)


def read(cast: Cast, number: int) -> dict[str, dict[tuple[str, str], int]]:
    """The figures that a release shows, by table and cell."""
    with cast.session() as session:
        found = releases.read_release(session, number)
    return {
        table.code: {(row, column): value for row, column, value in table.cells if value is not None}
        for table in found.tables
    }
