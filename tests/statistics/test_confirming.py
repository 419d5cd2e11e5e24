"""Confirming in steps: resumable, and no easier to get past than it was in one go."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session, select

from app.accounts.appointing import appoint
from app.accounts.errors import KeyNotHeld
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.rings import STATISTICS
from app.accounts.tables import RingKey
from app.statistics import confirming, ledger, making, releases
from app.statistics.errors import NothingToDo
from app.statistics.facets import drop_facet, nothing_to_add, seal_facet, statistics_key, store_facet
from app.statistics.making import figures_place, made_place
from app.statistics.reading import Row, Seen, open_facets, raw_facets
from app.statistics.tables import Counted, Facet, LedgerEntry, Release
from app.storage.packing import pack
from app.vault.hybrid import new_private_key, public_key, seal_to
from app.vault.signing import new_signing_key, sign, verify_key
from tests.accounts.trustees import remove
from tests.cast import Cast
from tests.statistics.made import INTAKE, LATER, PERIOD, confirm, facet, look_once, make, put, read

Change = Callable[[Session, bytes], None]


def begin(cast: Cast, name: str = "vira") -> None:
    member = cast.member(name)
    with cast.session() as session:
        confirming.begin(session, member, INTAKE, PERIOD)


def in_order_of_ids(cast: Cast, keys: list[bytes]) -> list[bytes]:
    """The keys in the order in which their facets are counted and looked through."""
    found = {}
    for key in keys:
        with cast.session() as session:
            before = {each for each, *_ in raw_facets(session, b"")}
            drop_facet(session, key)
            (gone,) = before - {each for each, *_ in raw_facets(session, b"")}
            session.rollback()
        found[gone] = key
    return [found[each] for each in sorted(found)]


def withdrawn(session: Session, key: bytes) -> None:
    drop_facet(session, key)


def taken_back(session: Session, key: bytes) -> None:
    nothing = nothing_to_add(session, key)
    assert nothing is not None
    store_facet(session, key, nothing)


def found_to_be_of_another_quarter(session: Session, key: bytes) -> None:
    ring = statistics_key(session)
    assert ring is not None
    store_facet(session, key, seal_facet(ring, key, facet(date(2026, 5, 1))))


def corrected(session: Session, key: bytes) -> None:
    ring = statistics_key(session)
    assert ring is not None
    store_facet(session, key, seal_facet(ring, key, facet(situation="pow_ua")))


def test_confirming_goes_in_the_steps_of_the_making_and_is_resumed_where_it_was_left(cast: Cast) -> None:
    put(cast, [facet()] * 25 + [None] * 5)
    make(cast, most=10)
    begin(cast)
    assert [look_once(cast).percent for _ in range(2)] == [34, 67]
    begin(cast)
    with cast.session() as session:
        (state,) = making.waiting(session)
    assert (state.percent, state.confirmed_by) == (67, cast.member("vira").account_id)
    assert (look_once(cast).percent, releases_of(cast)) == (100, ())
    assert look_once(cast).number == 1
    assert read(cast, 1)["situation"] == {("missing", ""): 25}


def releases_of(cast: Cast) -> tuple[releases.Released, ...]:
    with cast.session() as session:
        return releases.read_releases(session)


@pytest.mark.parametrize("leave", [withdrawn, taken_back, found_to_be_of_another_quarter], ids=lambda f: f.__name__)
@pytest.mark.parametrize("looked", [0, 1, 3], ids=["nothing looked through", "its part", "everything"])
def test_whoever_leaves_at_any_moment_before_the_signature_is_in_no_release(
    cast: Cast, leave: Change, looked: int
) -> None:
    first, *_ = in_order_of_ids(cast, put(cast, [facet()] * 12))
    make(cast, most=4)
    begin(cast)
    for _ in range(looked):
        look_once(cast)
    with cast.session() as session:
        leave(session, first)
    while not (look := look_once(cast)).discarded:
        assert look.number is None
    with cast.session() as session:
        for table in (Release, Counted, LedgerEntry):
            assert session.exec(select(table)).all() == []


def test_what_was_corrected_while_it_is_looked_through_is_opened_once_and_stays(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = in_order_of_ids(cast, put(cast, [facet()] * 12))
    make(cast, most=4)
    for key in keys[:3]:
        with cast.session() as session:
            corrected(session, key)
    opened = list[int]()

    def counting(session: Session, member: Member, rows: list[Row]) -> Iterator[Seen]:
        opened.append(len(rows))
        return open_facets(session, member, rows)

    monkeypatch.setattr(confirming, "open_facets", counting)
    assert confirm(cast) == 1
    assert opened == [3, 0, 0, 0, 0, 0]


def test_a_step_writes_anew_what_it_looked_at_whether_or_not_anything_changed(cast: Cast) -> None:
    put(cast, [facet()] * 8)
    make(cast, most=4)

    def kept() -> list[bytes]:
        with cast.session() as session:
            return [each.sealed for each in sorted(session.exec(select(Counted)), key=lambda each: each.step)]

    before = kept()
    begin(cast)
    look_once(cast)
    after = kept()
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True]
    assert {len(each) for each in before} == {len(each) for each in after}


def test_of_two_windows_that_take_the_same_step_one_is_told(cast: Cast) -> None:
    put(cast, [facet()] * 8)
    make(cast, most=4)
    begin(cast)
    vira = cast.member("vira")
    with cast.session() as slow:
        row = slow.get_one(Release, (INTAKE.value, str(PERIOD)))
        slow.expunge(row)
    look_once(cast)
    with cast.session() as session, pytest.raises(NothingToDo):
        confirming._change(session, row, {"percent": 50})
    with cast.session() as session:
        confirming.leave(session, vira, INTAKE, PERIOD)
    with pytest.raises(NothingToDo):
        look_once(cast)


def test_nobody_takes_a_step_who_did_not_begin_nor_whoever_made_it(cast: Cast) -> None:
    put(cast, [facet()] * 8)
    make(cast, most=4)
    with pytest.raises(NothingToDo):
        look_once(cast)
    for name in ("daria", "petro", "roman"):
        with pytest.raises(KeyNotHeld):
            begin(cast, name)
    # Whoever can write to the database names the maker as the one who confirms.
    lena = cast.member("lena")
    with cast.session() as session:
        session.execute(update(Release).values(confirmed_by=lena.account_id))
    with cast.session() as session, pytest.raises(NothingToDo):
        confirming.take_step(session, lena, INTAKE, PERIOD, LATER)


def test_who_writes_that_all_was_looked_through_saves_nobody_the_look(cast: Cast) -> None:
    first, *_ = in_order_of_ids(cast, put(cast, [facet()] * 8))
    make(cast, most=4)
    begin(cast)
    with cast.session() as session:
        session.execute(update(Release).values(percent=100))
        drop_facet(session, first)
    assert look_once(cast).discarded


def test_what_was_signed_with_a_key_that_a_reset_ended_is_confirmed_by_nobody(cast: Cast) -> None:
    put(cast, [facet()] * 8)
    make(cast, most=4)
    begin(cast)
    lena, petro = cast.member("lena"), cast.member("petro")
    keys = verify_key(new_signing_key()), public_key(new_private_key())
    with cast.session() as session:
        appoint(session, petro, petro.organisation_id, lena.account_id, keys, (Role.COORDINATOR,), LATER)
    while not look_once(cast).discarded:
        assert releases_of(cast) == ()
    assert releases_of(cast) == ()


def make_up(cast: Cast, enemy: Member) -> None:
    """A release that nobody counted, written into the database by somebody who has the public key and signs it."""
    content = pack({"number": 1, "kind": INTAKE.value, "period": str(PERIOD), "tables": []})
    with cast.session() as session:
        key = session.get_one(RingKey, (STATISTICS, 1)).public_key
        made = Release(
            kind=INTAKE.value,
            period=str(PERIOD),
            generation=1,
            step=1,
            percent=100,
            made_by=enemy.account_id,
            sealed=seal_to(key, content, figures_place(INTAKE, PERIOD, 1)),
            made_signature=sign(enemy.signing_key, content, made_place(INTAKE, PERIOD)),
        )
        session.add(made)
        ledger.draw(session, enemy, 1, INTAKE, PERIOD, 1)


@pytest.mark.parametrize("enemy", ["petro", "lena"], ids=["an administrator", "a coordinator who was removed"])
def test_what_somebody_made_up_who_does_not_count_is_confirmed_by_nobody(cast: Cast, enemy: str) -> None:
    member = cast.member(enemy)
    if enemy == "lena":
        remove(cast, enemy)
    make_up(cast, member)
    begin(cast)
    assert look_once(cast).discarded
    with cast.session() as session:
        assert session.exec(select(Release)).all() == []


def test_nobody_stops_a_making_who_could_not_make_it_anew(cast: Cast) -> None:
    put(cast, [facet()] * 3)
    make(cast)
    for name in ("petro", "ayshe"):
        with cast.session() as session, pytest.raises(KeyNotHeld):
            making.stop(session, cast.member(name), INTAKE, PERIOD, LATER)
    assert confirm(cast) == 1


def test_a_making_that_is_set_aside_meanwhile_is_not_released(cast: Cast) -> None:
    put(cast, [facet()] * 8)
    make(cast, most=4)
    begin(cast)
    look_once(cast)
    with cast.session() as session:
        making.stop(session, cast.member("lena"), INTAKE, PERIOD, LATER)
        session.execute(delete(Facet))
    with pytest.raises(NothingToDo):
        look_once(cast)
