"""Many cases to one colleague: nothing goes twice, nothing is overwritten, each stands on the record."""

import pytest
from sqlmodel import col, update

from app.accounts.errors import MayNotState
from app.casefile.errors import NotFound, TextRefused
from app.casefile.tables import Case
from app.casework import actions, handing
from app.casework.assigning import Giving
from app.casework.book import read_book
from app.casework.errors import NotAllowedNow
from app.casework.handing import Handing
from app.casework.many import Done, Left, assign_many, do_with_many
from app.casework.opening import open_keys
from tests.casework.desk import record
from tests.cast import NOW, OMAR, Cast

WHY = "Відпустка."


def cases_of(cast: Cast, name: str, number: int) -> list[str]:
    """New cases that a lead gave to somebody without looking at them."""
    cases = [cast.case_of(cast.report()) for _ in range(number)]
    with cast.session() as session:
        session.execute(update(Case).where(col(Case.id).in_(cases)).values(assignee=cast.founded_account(name)))
    return sorted(cases)


def who_has(cast: Cast, cases: list[str]) -> list[str | None]:
    with cast.session() as session:
        return [session.get_one(Case, case_id).assignee for case_id in cases]


def giving(cast: Cast, to: str, **more: bool) -> Giving:
    return Giving("legal", cast.founded_account(to), WHY, **more)


def test_all_that_somebody_has_goes_in_steps_that_may_be_cut_off(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "STEP", 2)
    cases = cases_of(cast, "bohdan", 3)
    daria, bohdan = cast.member("daria"), cast.founded_account("bohdan")
    with cast.session() as session:
        begun = handing.begin(session, daria, bohdan, giving(cast, "daria"), NOW)
        kept = handing.packed(handing.step(session, daria, begun, NOW))
    assert who_has(cast, cases) == [daria.account_id, daria.account_id, bohdan]
    # The same step once more, as by a second press, moves on from what is left.
    with cast.session() as session:
        handing.step(session, daria, begun, NOW)
        over = handing.step(session, daria, Handing(**kept), NOW)
    assert who_has(cast, cases) == [daria.account_id] * 3
    assert (over.given, over.over) == (2, True)
    with cast.session() as session:
        assert {session.get_one(Case, case_id).status for case_id in cases} == {"new"}
        book = read_book(session, daria, open_keys(session, daria, cases[0]))
        assert [(entry.body["reason"], entry.verified) for entry in book.of("assigned")] == [(WHY, True)]
    told = [event for event in record(cast) if event["kind"] in ("assigned", "handing_begun")]
    assert [event["kind"] for event in told] == ["handing_begun", *["assigned"] * 3]
    assert sorted(event["case"] for event in told if event["kind"] == "assigned") == cases


def test_one_hands_over_ones_own_and_a_lead_anybodys(cast: Cast) -> None:
    mine, hers = cases_of(cast, "bohdan", 2), cases_of(cast, "daria", 1)
    bohdan, daria = cast.member("bohdan"), cast.member("daria")
    with cast.session() as session:
        done = handing.hand_over(session, bohdan, bohdan.account_id, giving(cast, "daria"), [*mine[:1], *hers], NOW)
    # What is not with them is no longer theirs to give.
    assert done == Done(1, (Left(hers[0], "changed"),))
    assert who_has(cast, mine) == [daria.account_id, bohdan.account_id]
    with pytest.raises(MayNotState), cast.session() as session:
        handing.hand_over(session, bohdan, daria.account_id, giving(cast, "bohdan"), hers, NOW)
    for stranger in ("oksana", OMAR, "petro"):
        member = cast.member(stranger)
        with pytest.raises(NotFound), cast.session() as session:
            handing.begin(session, member, member.account_id, giving(cast, "daria"), NOW)
        with pytest.raises(NotFound), cast.session() as session:
            handing.holding(session, member, "legal", bohdan.account_id, NOW)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_nothing_is_handed_to_a_stranger_or_without_a_reason(cast: Cast) -> None:
    cases = cases_of(cast, "bohdan", 1)
    daria, bohdan = cast.member("daria"), cast.founded_account("bohdan")
    for to in ("oksana", "petro", "bohdan"):
        with pytest.raises(NotAllowedNow), cast.session() as session:
            handing.begin(session, daria, bohdan, giving(cast, to), NOW)
    with pytest.raises(TextRefused), cast.session() as session:
        handing.begin(session, daria, bohdan, Giving("legal", daria.account_id, " "), NOW)
    with cast.session() as session:
        found = handing.holding(session, daria, "legal", bohdan, NOW)
    assert [case.id for case in found.cases] == cases
    assert bohdan not in found.people


def test_many_are_assigned_as_they_were_shown_and_what_changed_is_named(cast: Cast) -> None:
    same, changed = (cast.case_of(cast.report()) for _ in range(2))
    daria, bohdan = cast.member("daria"), cast.member("bohdan")
    shown = {same: 1, changed: 1, "nosuch12": 1}
    with cast.session() as session:
        actions.take(session, bohdan, changed, 1, NOW)
    with cast.session() as session:
        done = assign_many(session, daria, giving(cast, "daria"), shown, NOW)
    assert done == Done(1, (Left(changed, "changed"), Left("nosuch12", "gone")))
    assert who_has(cast, [same, changed]) == [daria.account_id, bohdan.account_id]
    with cast.session() as session:
        assert session.get_one(Case, same).status == "new"
        done = assign_many(session, daria, giving(cast, "bohdan", acknowledge=True), {same: 2}, NOW)
        session.expire_all()
        assert (done.left, session.get_one(Case, same).status) == ((), "acknowledged")
    with cast.session() as session:
        done = do_with_many(session, daria, "take", [same, changed], {same: 1}, NOW)
    assert done == Done(1, (Left(same, "changed"),))
