"""Enemies of the figures: who compares what is released, who has the database, and who has half of the signatures."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.accounts.vouching_anchor import anchor_to
from app.statistics import confirming, ledger, making, releases
from app.statistics.declaring import declared
from app.statistics.errors import NothingToDo, Overdrawn
from app.statistics.facets import SealedFacet, add_facet, drop_facet, facet_place, statistics_key
from app.statistics.noise import laplace
from app.statistics.tables import MOST_EPSILON_MILLI, Counted, Facet, LedgerEntry, Release
from app.vault.hybrid import seal_to
from tests.cast import Cast
from tests.statistics.made import INTAKE, LATER, OUTCOME, PERIOD, confirm, exactly, facet, make, put, read


def begin(cast: Cast, name: str = "lena") -> None:
    member = cast.member(name)
    with cast.session() as session:
        making.begin(session, member, INTAKE, PERIOD, LATER)


def step(cast: Cast, most: int) -> bool:
    with cast.session() as session:
        return making.take_step(session, cast.member("lena"), INTAKE, PERIOD, LATER, exactly, most).made


def sizes(cast: Cast) -> list[tuple[int, ...]]:
    """How long everything is that a counting has written so far."""
    with cast.session() as session:
        release = session.get_one(Release, (INTAKE.value, str(PERIOD)))
        steps = session.exec(select(Counted)).all()
        return [(len(release.sealed or b""),), tuple(sorted(len(each.sealed) for each in steps))]


def test_what_is_counted_again_after_a_withdrawal_was_seen_by_nobody_before(cast: Cast) -> None:
    key, *_ = put(cast, [facet()] * 30)
    seen = list[Any]()
    for again in (True, False):
        make(cast)
        with cast.session() as session:
            seen += releases.read_releases(session)
            kept = session.get_one(Release, (INTAKE.value, str(PERIOD)))
            assert kept.content is None
            if again:
                drop_facet(session, key)
        number = confirm(cast)
        assert (number is None) is again
    assert seen == []
    assert read(cast, 1)["situation"] == {("missing", ""): 29}
    with cast.session() as session:
        assert ledger.most_drawn(ledger.read_ledger(session)) == declared().epsilon_milli(INTAKE)


def test_how_many_belong_to_a_release_is_not_to_be_measured_at_what_the_steps_write(cast: Cast) -> None:
    put(cast, [facet()] * 40)
    begin(cast)
    step(cast, 40)
    all_belong = sizes(cast)
    with cast.session() as session:
        making.stop(session, cast.member("lena"), INTAKE, PERIOD, LATER)
        session.execute(delete(Facet))
    put(cast, [None] * 40)
    begin(cast)
    step(cast, 40)
    assert sizes(cast) == all_belong


def test_stopping_and_going_on_many_times_counts_nobody_twice(cast: Cast) -> None:
    put(cast, [facet()] * 23)
    for most in (3, 5, 7):
        begin(cast)
        step(cast, most)
        with cast.session() as session:
            making.stop(session, cast.member("lena"), INTAKE, PERIOD, LATER)
    make(cast, most=2)
    assert read(cast, confirm(cast) or 0)["situation"] == {("missing", ""): 23}


def taken_away(session: Session) -> None:
    session.execute(delete(LedgerEntry))
    session.execute(delete(Release))


def counted_for_another(session: Session) -> None:
    session.execute(update(LedgerEntry).values(period="2020-Q1"))
    session.execute(update(Release).values(period="2020-Q1"))


@pytest.mark.parametrize("attack", [taken_away, counted_for_another], ids=lambda attack: attack.__name__)
def test_who_takes_a_release_out_of_the_database_has_no_second_one_to_hold_against_it(
    cast: Cast, attack: Callable[[Session], None]
) -> None:
    put(cast, [facet()] * 30)
    make(cast)
    confirm(cast)
    with cast.session() as session:
        attack(session)
    for name in ("lena", "vira"):
        with pytest.raises(Overdrawn):
            begin(cast, name)
    with cast.session() as session:
        assert f"{INTAKE} {PERIOD}" in releases.unsound(session)
        assert releases.read_releases(session) == ()


def test_a_confirmation_that_does_not_come_about_blocks_no_period(cast: Cast) -> None:
    put(cast, [facet()] * 30)
    make(cast)
    vira = cast.member("vira")
    with cast.session() as session:
        confirming.begin(session, vira, INTAKE, PERIOD)
    with cast.session() as session:
        assert confirming.take_step(session, vira, INTAKE, PERIOD, LATER).number == 1
        session.rollback()
    with cast.session() as session:
        making.stop(session, vira, INTAKE, PERIOD, LATER)
    make(cast)
    assert confirm(cast) == 1


@pytest.mark.parametrize("milli", [4_001, 0, -5])
def test_the_database_takes_no_entry_above_what_anybody_may_lose(cast: Cast, milli: int) -> None:
    row = {"number": 1, "kind": "intake", "period": "2026-Q3", "epsilon_milli": milli, "account_id": "x"}
    with pytest.raises(Exception, match="within_budget"), cast.session() as session:
        session.execute(insert(LedgerEntry), [{**row, "signature": b"x"}])


@pytest.mark.parametrize("number", [1, 2])
def test_the_database_takes_no_second_entry_for_a_quarter(cast: Cast, number: int) -> None:
    row = {"kind": "intake", "period": "2026-Q3", "epsilon_milli": 1, "account_id": "x", "signature": b"x"}
    with cast.session() as session:
        session.execute(insert(LedgerEntry), [{**row, "number": 1}])
    with pytest.raises(IntegrityError), cast.session() as session:
        session.execute(insert(LedgerEntry), [{**row, "number": number}])


def test_both_kinds_together_never_draw_more_than_is_declared_for_a_person(cast: Cast) -> None:
    assert sum(MOST_EPSILON_MILLI.values()) <= 4_000
    assert sum(map(declared().epsilon_milli, (INTAKE, OUTCOME))) == declared().epsilon_total_milli
    lena = cast.member("lena")
    for kind in (INTAKE, OUTCOME):
        with cast.session() as session, pytest.raises(Overdrawn):
            ledger.draw(session, lena, 1, kind, PERIOD, MOST_EPSILON_MILLI[kind.value] + 1)


def test_of_two_who_draw_at_the_same_moment_one_is_refused(cast: Cast) -> None:
    members, told, both = [cast.member("lena"), cast.member("vira")], list[bool](), Barrier(2)

    def draw(at: int) -> None:
        try:
            with cast.session() as session:
                both.wait()
                ledger.draw(session, members[at], at + 1, INTAKE, PERIOD, 3_000)
            told.append(True)
        except Overdrawn:
            told.append(False)

    threads = [Thread(target=draw, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False, True]
    with cast.session() as session:
        assert ledger.most_drawn(ledger.read_ledger(session)) == 3_000


def test_a_machine_that_showed_a_release_lets_nobody_count_its_quarter_again(cast: Cast, tmp_path: Path) -> None:
    put(cast, [facet()] * 30)
    make(cast)
    confirm(cast)
    # Another machine, or one that was cut off before it wrote down what it had released.
    anchor_to(cast.engine, cast.founded.fingerprint, tmp_path / "witness.json")
    with cast.session() as session:
        assert len(releases.read_releases(session)) == 1
    anchor_to(cast.engine, cast.founded.fingerprint, tmp_path / "witness.json")
    with cast.session() as session:
        session.execute(text("DELETE FROM release"))
        session.execute(text("DELETE FROM ledger_entry"))
    with cast.session() as session:
        assert releases.unsound(session) == (f"{INTAKE} {PERIOD}",)
    with cast.session() as session, pytest.raises(Overdrawn):
        making.begin(session, cast.member("lena"), INTAKE, PERIOD, LATER)


def test_a_facet_that_was_written_many_times_over_is_counted_once(cast: Cast) -> None:
    put(cast, [facet()] * 30)
    put(cast, [facet(situation="pow_ua")])
    with cast.session() as session:
        # Whoever owns the database takes the key off the table, and makes one person louder than any noise.
        session.execute(text("CREATE TABLE doubled AS SELECT * FROM facet"))
        session.execute(text("DROP TABLE facet"))
        session.execute(text("ALTER TABLE doubled RENAME TO facet"))
        for _ in range(5):
            session.execute(text("INSERT INTO facet SELECT * FROM facet"))
    # Between two copies of one facet a step may end.
    make(cast, most=7)
    shown = read(cast, confirm(cast) or 0)
    assert shown["situation"] == {("missing", ""): 30}
    assert shown["passport_period"] == {("unknown", ""): 31}


@pytest.mark.parametrize(
    "content", [b"[]", b"nothing", b"\xff", b'"x"', b'{"received":"2026-08","need":5,"sex":{"a":[]}}', b"9" * 800]
)
def test_what_somebody_sealed_who_has_only_the_public_key_stops_no_counting(cast: Cast, content: bytes) -> None:
    put(cast, [facet()] * 25)
    with cast.session() as session:
        ring = statistics_key(session)
        assert ring is not None
        sealed = seal_to(ring.public_key, content, facet_place(bytes(32), ring.generation))
        add_facet(session, SealedFacet(bytes(32), ring.generation, sealed))
    make(cast)
    assert read(cast, confirm(cast) or 0)["situation"] == {("missing", ""): 25}


def test_tables_with_the_same_people_in_them_are_blurred_apart(cast: Cast) -> None:
    """Margins that two tables share give no cell away: their difference is noise of both, never the same twice."""
    differences = set[int]()
    tables = {table.code: table for table in declared().of(INTAKE)}
    for _ in range(60):
        by_month = laplace(tables["oblast_month"], [100, 100, 100])
        by_situation = laplace(tables["situation"], [300])
        differences.add(sum(by_month) - sum(by_situation))
    assert len(differences) > 8


def test_one_person_is_in_one_release_of_each_kind_whatever_the_quarters(cast: Cast) -> None:
    put(cast, [{**facet(), "closed": "2026-09", "outcome": "located_alive"}] * 40)
    found = list[str]()
    for kind in (INTAKE, OUTCOME):
        for period in (PERIOD, type(PERIOD)(2026, 2), type(PERIOD)(2026, 1)):
            make(cast, kind, period)
            number = confirm(cast, kind, period)
            assert number is not None
            found += [f"{kind} {period}" for table in read(cast, number).values() if table]
    assert set(found) == {f"{INTAKE} {PERIOD}", f"{OUTCOME} {PERIOD}"}


def test_the_second_person_learns_no_figure_before_signing_and_cannot_choose_among_noises(cast: Cast) -> None:
    put(cast, [facet()] * 30)
    make(cast)
    vira = cast.member("vira")
    with cast.session() as session:
        (state,) = making.waiting(session)
        assert set(vars(state)) == {"kind", "period", "percent", "made", "made_by", "confirmed_by"}
        assert releases.read_releases(session) == ()
    confirm(cast)
    for tried in (making.stop, confirming.take_step):
        with cast.session() as session, pytest.raises(NothingToDo):
            tried(session, vira, INTAKE, PERIOD, LATER)
