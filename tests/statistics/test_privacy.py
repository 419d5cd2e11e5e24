"""No reader, however clever, learns about one person: shown by trying, and broken mechanisms are caught by the same."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics.counting import Adding, Counts, belongs, half_range, nothing_counted
from app.statistics.declaring import Table, codes_of, declared
from app.statistics.noise import laplace, shown
from app.statistics.periods import Period, ReleaseKind
from tests.statistics.made import exactly
from tests.statistics.telling_apart import all_tables, declared_loss, shown_loss

QUARTERS = tuple(Period(year, quarter) for year in range(2022, 2029) for quarter in range(1, 5))
NEAR = QUARTERS[16:20]
PERSON = {
    "received": "2026-08",
    "closed": "2026-11",
    "taken": "2022-02",
    "oblast": "UA14",
    "raion": "UA1408",
    "situation": "missing",
    "method": "street",
    "sex": "male",
    "age": "25_34",
    "passport_period": "2019_21",
    "need": ["tracing", "body", "documents"],
    "threat": ["beating", "detention", "fine"],
    "outcome": "located_alive",
    "first_answer": "later",
}
TRIES, TRIES_OF_ALL = 40_000, 12_000
# What is twice as much as it may be shows after half of that, a third above what is declared.
TRIES_OF_TWICE = 20_000


@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.code)
def test_a_table_loses_no_more_than_it_declares_and_the_test_sees_what_it_loses(table: Table) -> None:
    loss = shown_loss(PERSON, [table], NEAR, laplace, TRIES)
    # Never more; and a test that saw nothing at all would prove nothing.
    assert 0.3 * declared_loss([table]) < loss <= declared_loss([table])


def test_all_tables_periods_and_kinds_together_lose_no_more_than_the_declared_total() -> None:
    loss = shown_loss(PERSON, all_tables(), NEAR, laplace, TRIES_OF_ALL)
    assert 0.25 * declared_loss(all_tables()) < loss <= declared().epsilon_total_milli / 1000


def test_without_noise_the_same_test_raises_the_alarm() -> None:
    for table in (all_tables()[0], declared().of(ReleaseKind.OUTCOME)[0]):
        assert shown_loss(PERSON, [table], NEAR, exactly, 2_000) > declared_loss([table])
    assert shown_loss(PERSON, all_tables(), NEAR, exactly, 2_000) > declared_loss(all_tables())


def test_a_person_who_is_counted_twice_raises_the_alarm() -> None:
    def twice(counts: Counts, tables: tuple[Table, ...], facet: dict[str, Any]) -> None:
        Adding(counts, tables).add(facet)
        Adding(counts, tables).add(facet)

    for table in (all_tables()[2], all_tables()[6], declared().of(ReleaseKind.OUTCOME)[1]):
        assert shown_loss(PERSON, [table], NEAR, laplace, TRIES_OF_TWICE, twice) > declared_loss([table]), table.code


def test_a_person_who_is_counted_in_two_periods_raises_the_alarm() -> None:
    (table,) = (table for table in all_tables() if table.code == "situation")
    doubled = [table, table]
    assert shown_loss(PERSON, doubled, NEAR, laplace, TRIES_OF_TWICE) > declared_loss([table])


def test_noise_of_half_the_scale_raises_the_alarm() -> None:
    def weaker(table: Table, exact: Sequence[int]) -> list[int]:
        return [value + (noisy - value) // 2 for value, noisy in zip(exact, laplace(table, exact), strict=True)]

    assert shown_loss(PERSON, [all_tables()[2]], NEAR, weaker, TRIES) > declared_loss([all_tables()[2]])


_CODES = st.sampled_from(["", "unknown", "missing", "UA14", "tracing", "none", "a code of a later version", "dk"])
_MONTHS = st.sampled_from(["", *(month for period in QUARTERS for month in period.months), "2026", "1914-07", "x"])
_FACETS = st.fixed_dictionaries(
    {
        **dict.fromkeys(("received", "closed", "taken"), _MONTHS),
        **dict.fromkeys(("oblast", "raion", "situation", "method", "sex", "age", "passport_period", "outcome"), _CODES),
        **dict.fromkeys(("need", "threat"), st.lists(_CODES, max_size=9)),
    }
)


@given(_FACETS)
def test_whatever_a_facet_says_it_moves_the_releases_of_all_times_by_no_more_than_the_budget(
    facet: dict[str, Any],
) -> None:
    lost = 0.0
    for kind in ReleaseKind:
        tables = declared().of(kind)
        counted_in = [period for period in QUARTERS if belongs(facet, kind, period)]
        assert len(counted_in) <= 1
        for period in counted_in:
            counts = nothing_counted(tables, period)
            Adding(counts, tables).add(facet)
            for table in tables:
                moved = sum(counts[table.code].values())
                assert moved <= table.answers
                assert set(counts[table.code].values()) <= {0, 1}
                lost += moved / table.scale
    assert lost * 1000 <= declared().epsilon_total_milli


@given(st.lists(_FACETS, max_size=6))
def test_of_many_people_each_counts_as_they_would_alone(facets: list[dict[str, Any]]) -> None:
    odd = {**PERSON, "need": [["tracing"], {"a": 1}], "sex": {"b": []}, "oblast": ["UA14"]}
    for table in all_tables():
        together = nothing_counted((table,), NEAR[2])
        adding = Adding(together, (table,))
        alone = nothing_counted((table,), NEAR[2])
        for facet in [*facets, odd, *facets]:
            adding.add(facet)
            Adding(alone, (table,)).add(facet)
        assert together == alone


def test_which_cells_there_are_depends_on_nobody() -> None:
    for table in all_tables():
        counts = nothing_counted((table,), NEAR[2])
        cells = set(counts[table.code])
        Adding(counts, (table,)).add({**PERSON, "oblast": "UA99", "need": ["new"], "sex": "other"})
        assert set(counts[table.code]) == cells
        assert len(cells) == len(table.cells(NEAR[2])) > 3


def test_empty_cells_get_noise_like_all_others() -> None:
    table = all_tables()[0]
    blurred = laplace(table, [0] * 2_000)
    assert sum(value != 0 for value in blurred) > 1_000
    assert min(blurred) < 0 < max(blurred)


def test_what_is_hidden_is_decided_after_the_noise_alone() -> None:
    table = all_tables()[0]
    assert shown(table, [-3, 0, 19, 20, 500]) == [None, None, None, 20, 500]


@pytest.mark.parametrize("scale", [2, 3, 4, 5])
def test_the_range_holds_as_often_as_it_says(scale: int) -> None:
    table = Table("probe", ReleaseKind.INTAKE, "situation", "", 1, scale, 10)
    reach = half_range(scale, 0.95)
    noise = laplace(table, [0] * 20_000)
    within = sum(abs(value) <= reach for value in noise) / len(noise)
    closer = sum(abs(value) < reach for value in noise) / len(noise)
    # Sampling moves a share of twenty thousand by one and a half hundredths once in a thousand million times.
    assert within > 0.95 - 0.01
    assert closer < 0.95 + 0.01


def test_every_code_of_a_dimension_is_one_that_the_page_can_name() -> None:
    for table in all_tables():
        for dimension in (table.rows, table.columns):
            if dimension:
                codes = codes_of(dimension, NEAR[0])
                assert len(codes) == len(set(codes)) > 2
