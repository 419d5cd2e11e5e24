"""The demonstration through the real doors: whole, cut off and gone on with, in one process and in several."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from app.accounts.tables import AddressCard, Roster
from app.casefile.practice import practice_cases
from app.casefile.tables import Case, Grant, Item, Junk, Proposal, Reminder
from app.casework.today import today
from app.demonstration import filling
from app.demonstration.cast import write_accounts
from app.demonstration.filling import Filled, fill
from app.demonstration.journal import JOURNAL_FILE, Order
from app.duties import watch_clocks
from app.trail.tables import TrailEntry
from tests.cast import Cast

NOW = datetime(2026, 11, 20, 11, 7, 31, tzinfo=UTC)
Fill = Callable[..., Filled]


class CutOffError(Exception):
    """Somebody stopped the command."""


@pytest.fixture
def database_kind() -> str:
    """What is filled does not hang on the kind of database; the doors are tested on both."""
    return "sqlite"


@pytest.fixture
def filled(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fill:
    """Fill the cast's installation."""
    write_accounts(tmp_path, [each for each in cast.founded.people if each.plan.name != "omar"])
    # The staff log in at a moment of the real clock.
    monkeypatch.setattr(filling, "datetime", _Frozen)

    def fill_in(cases: int, cut_off_in: str = "") -> Filled:
        def progress(part: str, done: int, _of: int) -> None:
            if part == cut_off_in and done:
                raise CutOffError

        return fill(cast.engine, cast.url, cast.founded.fingerprint, tmp_path, Order(cases, 7, NOW), progress)

    return fill_in


class _Frozen(datetime):
    @classmethod
    def now(cls, tz: Any = None) -> Any:
        """The moment of the tests."""
        return NOW.astimezone(tz)


def count(cast: Cast, table: Any, *conditions: Any) -> int:
    with cast.session() as session:
        return len(session.exec(select(table).where(*conditions)).all())


def test_the_desk_shows_everything_that_happens_at_one(cast: Cast, filled: Fill, tmp_path: Path) -> None:
    assert filled(37).cases == 37
    with cast.session() as session:
        watch_clocks(session, "", NOW)

    assert count(cast, Case, col(Case.escalated).is_(None)) + 37 + 1 < 2 * (37 + 1)
    assert {"refer", "transfer", "referred"} <= {row.standing for row in rows(cast, Grant)}
    assert {row.queue_id for row in rows(cast, Grant) if row.standing} == {"partner-legal", "psychosocial"}
    assert {row.state for row in rows(cast, Proposal)} == {"open", "agreed"}
    assert count(cast, Junk) == 1
    assert count(cast, Reminder) > 10
    assert count(cast, Case, col(Case.left_hours).is_not(None)) == 1
    assert count(cast, Case, col(Case.unread)) > 5
    assert count(cast, Item, col(Item.compartment) == "privileged") > 2
    assert count(cast, AddressCard) == 8
    assert count(cast, Roster) == 7
    with cast.session() as session:
        assert len(practice_cases(session)) == 1
        seen = today(session, cast.member("oksana"), NOW)
    assert [absence.who for post in seen.posts for absence in post.stands_for] == [cast.founded_account("mykola")]
    assert seen.mine
    assert not (tmp_path / JOURNAL_FILE).exists()


@pytest.mark.parametrize("part", ["Sending", "Working"])
def test_what_was_cut_off_goes_on_and_nothing_is_there_twice(cast: Cast, filled: Fill, part: str) -> None:
    with pytest.raises(CutOffError):
        filled(6, part)

    # What is asked for the second time counts for nothing: the order that was begun is carried out.
    assert filled(3).cases == 6
    assert count(cast, Case) == 6 + 1
    assert count(cast, Roster) == 7
    assert count(cast, AddressCard) == 8
    assert count(cast, Item, col(Item.compartment) == "replies") == 6


def test_many_are_filled_by_several_processes(cast: Cast, filled: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "MANY", 6)

    assert filled(8).cases == 8
    assert count(cast, Case) == 8 + 1
    assert count(cast, TrailEntry) > 30


def rows(cast: Cast, table: Any) -> list[Any]:
    with cast.session() as session:
        return list(session.exec(select(table)))
