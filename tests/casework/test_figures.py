"""What a case adds to the figures follows what the desk does, in the same transaction, and only with the consent."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from app.accounts.members import Member
from app.casefile.errors import ChangedMeanwhile
from app.casefile.keys import Compartment
from app.casefile.tables import Case
from app.casework import actions, closing, junk, many
from app.casework.errors import NotAllowedNow
from app.casework.figures import Closing, Step, counted_closing, facet_after
from app.casework.known import record_known
from app.casework.opening import open_keys
from app.intake import changing, returning
from app.statistics import confirming, making, releases
from app.statistics.declaring import Table
from app.statistics.facets import FILLING
from app.statistics.periods import Period, ReleaseKind
from app.statistics.reading import open_facet, raw_facets
from app.statistics.tables import Facet
from tests.casework.desk import share
from tests.cast import NOW, Cast

STATS = {"ngo": "full", "stats": "full"}
NEXT_QUARTER = datetime(2027, 1, 4, 11, tzinfo=UTC)


@pytest.fixture
def code(cast: Cast) -> str:
    return cast.report(consents=STATS)


@pytest.fixture
def case(cast: Cast, code: str) -> str:
    return cast.case_of(code)


def facet(cast: Cast) -> dict[str, Any]:
    """The one facet there is, without its filling; nothing where it adds nothing."""
    lena = cast.member("lena")
    with cast.session() as session:
        (row,) = raw_facets(session, b"")
        content = open_facet(session, lena, *row)
    assert content is not None
    return {name: value for name, value in content.items() if name != FILLING}


def no_facet(cast: Cast) -> bool:
    with cast.session() as session:
        return session.exec(select(Facet)).all() == []


def twenty_times(_table: Table, exact: Sequence[int]) -> list[int]:
    """No noise, and one person is enough to be shown."""
    return [20 * number for number in exact]


def version_of(cast: Cast, case: str) -> int:
    with cast.session() as session:
        return session.get_one(Case, case).version


def close(cast: Cast, case: str, outcome: str = "exchanged", now: datetime = NOW) -> None:
    version, daria, bohdan = version_of(cast, case), cast.member("daria"), cast.member("bohdan")
    with cast.session() as session:
        proposal = closing.propose_closing(session, daria, case, version, outcome, "Так сталося.", now)
    with cast.session() as session:
        closing.agree_to(session, bohdan, case, proposal, now)


def reopen(cast: Cast, case: str, now: datetime) -> None:
    version, daria = version_of(cast, case), cast.member("daria")
    with cast.session() as session:
        closing.reopen(session, daria, case, version, "Повернувся.", now)


def allow(cast: Cast, code: str, scope: str, now: datetime = NOW) -> None:
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
        changing.change_consents(session, opened, {"stats": scope}, now)


def test_a_closing_is_counted_in_the_outcomes_of_its_quarter(cast: Cast, case: str) -> None:
    close(cast, case)
    assert (facet(cast)["closed"], facet(cast)["outcome"]) == ("2026-11", "exchanged")
    kind, period = ReleaseKind.OUTCOME, Period(2026, 4)
    lena, vira = cast.member("lena"), cast.member("vira")
    with cast.session() as session:
        making.begin(session, lena, kind, period, NEXT_QUARTER)
    for _ in range(2):
        with cast.session() as session:
            state = making.take_step(session, lena, kind, period, NEXT_QUARTER, twenty_times)
    assert state.made
    with cast.session() as session:
        confirming.begin(session, vira, kind, period)
    with cast.session() as session:
        number = confirming.take_step(session, vira, kind, period, NEXT_QUARTER).number
        assert number is not None
    with cast.session() as session:
        cells = releases.read_release(session, number).table("outcome").cells
    assert [cell for cell in cells if cell[2]] == [("exchanged", "", 20)]


def test_reopened_in_its_quarter_a_closing_is_none_and_later_it_stays_the_one_that_counts(
    cast: Cast, case: str
) -> None:
    close(cast, case, "pow_confirmed")
    reopen(cast, case, NOW + timedelta(hours=1))
    assert (facet(cast)["closed"], facet(cast)["outcome"]) == ("", "")
    close(cast, case, "exchanged", NOW + timedelta(hours=2))
    reopen(cast, case, NEXT_QUARTER)
    close(cast, case, "body_returned", NEXT_QUARTER + timedelta(hours=1))
    assert (facet(cast)["closed"], facet(cast)["outcome"]) == ("2026-11", "exchanged")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_second_report_about_somebody_adds_nothing_while_it_is_closed(cast: Cast, case: str) -> None:
    close(cast, case, "duplicate")
    assert facet(cast) == {}
    reopen(cast, case, NEXT_QUARTER)
    assert (facet(cast)["received"], facet(cast)["closed"]) == ("2026-11", "")


def test_junk_leaves_no_facet_until_it_is_given_back(cast: Cast, case: str, code: str) -> None:
    before, daria = facet(cast), cast.member("daria")
    with cast.session() as session:
        assert many.do_with_many(session, daria, "set-aside", [case], {}, NOW).done == 1
    assert no_facet(cast)
    with cast.session() as session:
        actions.mark_read(session, daria, case, NOW)
    allow(cast, code, "")
    assert no_facet(cast)
    allow(cast, code, "full", NOW + timedelta(hours=1))
    with cast.session() as session, pytest.raises(NotAllowedNow, match="set_aside"):
        closing.reopen(session, daria, case, session.get_one(Case, case).version, "Помилка.", NOW)
    with cast.session() as session:
        junk.give_back(session, daria, case, NOW)
    assert facet(cast) == before


def test_what_is_known_now_and_the_first_answer_are_counted(cast: Cast, case: str) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        record_known(session, daria, case, {"situation": "pow_ua"}, "document", "", NOW)
    with cast.session() as session:
        actions.answer_family(session, daria, case, "Ми прочитали.", NOW + timedelta(days=2))
    found = facet(cast)
    assert (found["situation"], found["first_answer"]) == ("pow_ua", "within_3_days")
    with cast.session() as session:
        row = session.exec(select(Facet)).one().sealed
    with cast.session() as session:
        actions.answer_family(session, daria, case, "І ще раз.", NOW + timedelta(days=5))
    with cast.session() as session:
        assert session.exec(select(Facet)).one().sealed == row


DEEDS: dict[str, Callable[[Session, Member, str], object]] = {
    "known": lambda s, m, case: record_known(s, m, case, {"situation": "pow_ua"}, "document", "", NOW),
    "answered": lambda s, m, case: actions.answer_family(s, m, case, "Ми прочитали.", NOW),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_without_the_consent_the_facet_is_replaced_as_any_other_and_adds_nothing(cast: Cast, deed: str) -> None:
    case, daria = cast.case_of(cast.report()), cast.member("daria")
    with cast.session() as session:
        before = session.exec(select(Facet)).one()
    with cast.session() as session:
        DEEDS[deed](session, daria, case)
    with cast.session() as session:
        after = session.exec(select(Facet)).one()
    assert facet(cast) == {}
    assert (after.id, len(after.sealed)) == (before.id, len(before.sealed))
    assert after.sealed != before.sealed


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_consent_that_is_given_later_counts_once_the_desk_has_read_it(cast: Cast) -> None:
    code, daria = cast.report(), cast.member("daria")
    allow(cast, code, "full")
    assert facet(cast) == {}
    with cast.session() as session:
        actions.mark_read(session, daria, cast.case_of(code), NOW)
    assert facet(cast)["received"] == "2026-11"
    allow(cast, code, "", NOW + timedelta(minutes=1))
    case = cast.case_of(code)
    with cast.session() as session:
        actions.mark_read(session, daria, case, NOW)
    close(cast, case)
    assert facet(cast) == {}


def test_a_crash_before_the_commit_leaves_the_old_facet(cast: Cast, case: str) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        before = session.exec(select(Facet)).one()
    with cast.session() as session:
        junk.set_aside(session, daria, case, 1, NOW)
        session.rollback()
    with cast.session() as session:
        after = session.exec(select(Facet)).one()
    assert (after.id, after.sealed) == (before.id, before.sealed)


def test_a_family_that_withdraws_meanwhile_is_never_counted_again(cast: Cast, case: str, code: str) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        store = facet_after(session, daria, open_keys(session, daria, case), NOW, Step())
        allow(cast, code, "")
        with pytest.raises(ChangedMeanwhile):
            store()
    assert facet(cast) == {}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_case_that_changes_while_it_is_marked_as_read_is_looked_at_again(cast: Cast, case: str) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        opened = open_keys(session, daria, case)
        session.expunge(opened.row)
    with cast.session() as session:
        actions.take(session, daria, case, 1, NOW)
    with pytest.MonkeyPatch.context() as patch, cast.session() as session:
        patch.setattr(actions, "open_to_answer_for", lambda *_: opened)
        with pytest.raises(ChangedMeanwhile):
            actions.mark_read(session, daria, case, NOW)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_partner_with_a_part_of_the_case_replaces_nothing(cast: Cast, case: str) -> None:
    before, ayshe = facet(cast), cast.member("ayshe")
    share(cast, cast.member("daria"), case, "partner-legal", Compartment.FACTS)
    with cast.session() as session:
        record_known(session, ayshe, case, {"situation": "pow_ua"}, "document", "", NOW)
    assert facet(cast) == before


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_closing_beside_one_that_cannot_be_read_is_not_counted(cast: Cast, case: str) -> None:
    close(cast, case)
    daria = cast.member("daria")
    with cast.session() as session:
        # As after a transfer: the desk's key is another's.
        opened = open_keys(session, daria, case)
        other = opened.keys.with_key(Compartment.DESK, b"\1" * 32)
        store = facet_after(session, daria, type(opened)(opened.row, opened.queue, other), NOW, Step())
        store()
    assert (facet(cast)["received"], facet(cast)["closed"]) == ("2026-11", "")


def test_a_case_that_two_people_delete_leaves_no_facet(cast: Cast, case: str) -> None:
    with cast.session() as session:
        proposal = closing.propose_deletion(session, cast.member("daria"), case, 1, "Помилка.", NOW)
    with cast.session() as session:
        closing.agree_to(session, cast.member("bohdan"), case, proposal, NOW)
    with cast.session() as session:
        assert session.exec(select(Facet)).all() == []


@pytest.mark.parametrize(
    ("closings", "outcome"),
    [
        ([], None),
        ([Closing(NOW, "exchanged")], "exchanged"),
        ([Closing(NOW, "pow_confirmed", NOW), Closing(NOW, "exchanged")], "exchanged"),
        ([Closing(NOW, "pow_confirmed", NEXT_QUARTER), Closing(NEXT_QUARTER, "exchanged")], "pow_confirmed"),
        ([Closing(NOW, "duplicate", NEXT_QUARTER), Closing(NEXT_QUARTER, "exchanged")], "exchanged"),
    ],
)
def test_the_first_closing_that_outlasts_its_quarter_counts(closings: list[Closing], outcome: str | None) -> None:
    found = counted_closing(closings)
    assert (None if found is None else found.outcome) == outcome
