"""The roster: planned by the lead, read by the queue, sealed on the disk; who is away, and who stands in."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, delete, select, update

from app.accounts.errors import MayNotState, StatedMeanwhile
from app.accounts.queues import newest_key
from app.accounts.tables import Membership, RingShare
from app.accounts.tables import Roster as RosterRow
from app.casefile.errors import NotFound
from app.casework import planning, watch
from app.casework.errors import EntryRefused
from app.casework.escalations import missed_by
from app.casework.resealing import renew_queue_key
from app.casework.roster import Roster, absence_place, open_roster, plan_place, roster_place
from app.casework.standby import away_now, post_in, posts
from app.storage.packing import pack
from app.vault.hybrid import seal_to
from app.vault.signing import sign
from tests.cast import NOW, OMAR, Cast

# NOW is a Friday, 13:07 in Kyiv.
FRIDAY, LATE = NOW.date(), NOW + timedelta(hours=5)
EVENING = {"when": "weekly", "begins": "09:00", "ends": "20:00"}


def plan(cast: Cast, who: str = "bohdan", by: str = "daria", **more: str) -> None:
    typed = EVENING | {"who": cast.founded_account(who)} | more
    member = cast.member(by)
    with cast.session() as session:
        planning.add_shift(session, member, "legal", typed, ["4"], NOW)


def away(cast: Cast, who: str, stands_in: str = "", by: str = "", days: int = 3) -> None:
    typed = {"since": str(FRIDAY), "until": str(FRIDAY + timedelta(days=days)), "stands_in": stands_in}
    member = cast.member(by or who)
    with cast.session() as session:
        planning.note_absence(session, member, "legal", cast.founded_account(who), typed, NOW)


def roster(cast: Cast, reader: str = "bohdan") -> Roster:
    member = cast.member(reader)
    with cast.session() as session:
        return open_roster(session, member, "legal")


def heard(cast: Cast, name: str) -> list[str]:
    """The cases of which a person is told that nobody acknowledged them in time."""
    member = cast.member(name)
    with cast.session() as session:
        return [case.case_id for case in missed_by(session, posts(session, member, LATE))]


def missed_case(cast: Cast) -> str:
    case_id = cast.case_of(cast.report())
    with cast.session() as session:
        watch.pass_on_missed(session, NOW + timedelta(hours=10))
    return case_id


def test_what_a_lead_plans_the_queue_reads(cast: Cast) -> None:
    plan(cast)
    found = roster(cast)
    assert [(each.who, each.name) for each in found.on_duty(NOW)] == [
        (cast.founded_account("bohdan"), "Богдан Терновий")
    ]
    assert found.in_force
    assert not found.on_duty(NOW + timedelta(days=1))
    with cast.session() as session:
        (row,) = session.exec(select(RosterRow)).all()
    assert row.sealed.find(cast.founded_account("bohdan").encode()) == -1


def test_what_was_missed_reaches_the_lead_and_whoever_is_on_duty(cast: Cast) -> None:
    case_id = missed_case(cast)
    assert (heard(cast, "daria"), heard(cast, "bohdan")) == ([case_id], [])
    plan(cast)
    assert (heard(cast, "daria"), heard(cast, "bohdan")) == ([case_id], [case_id])
    assert heard(cast, "oksana") == heard(cast, OMAR) == heard(cast, "lena") == []


def test_whoever_stands_in_for_the_lead_or_on_duty_is_told_instead(cast: Cast) -> None:
    case_id = missed_case(cast)
    away(cast, "daria", cast.founded_account("bohdan"))
    assert heard(cast, "bohdan") == [case_id]
    plan(cast, who="daria")
    (on_duty,) = roster(cast).on_duty(NOW)
    assert (on_duty.name, on_duty.instead_of) == ("Богдан Терновий", "Дарія Лановенко")


def test_a_turn_of_somebody_away_without_anybody_in_their_place_is_a_gap(cast: Cast) -> None:
    plan(cast)
    away(cast, "bohdan")
    found = roster(cast)
    assert found.on_duty(NOW) == ()
    assert (cast.founded_account("bohdan"), FRIDAY) in found.uncovered(FRIDAY, FRIDAY + timedelta(days=7))
    assert (cast.founded_account("bohdan"), FRIDAY + timedelta(days=7)) not in found.uncovered(
        FRIDAY, FRIDAY + timedelta(days=7)
    )


def test_cases_of_somebody_away_go_to_whoever_stands_in_or_else_to_the_lead(cast: Cast) -> None:
    daria, bohdan = cast.founded_account("daria"), cast.founded_account("bohdan")
    away(cast, "bohdan")
    assert [each.who for each in post_in(roster(cast), daria, NOW).stands_for] == [bohdan]
    away(cast, "bohdan", daria, days=1)
    (absence,) = roster(cast).absences
    assert (absence.until, absence.stands_in) == (FRIDAY + timedelta(days=1), daria)
    # Two who stand in for one another and are both away: nobody is promised.
    away(cast, "daria", bohdan)
    assert {each.stands_in for each in away_now(roster(cast), NOW).values()} == {""}
    assert away_now(roster(cast), NOW + timedelta(days=4)) == {}


def test_only_the_lead_plans_and_one_says_only_of_oneself_that_one_is_away(cast: Cast) -> None:
    with pytest.raises(MayNotState):
        plan(cast, by="bohdan")
    with pytest.raises(MayNotState):
        away(cast, "daria", by="bohdan")
    away(cast, "bohdan", by="daria")
    for stranger in ("oksana", OMAR, "petro"):
        with pytest.raises(NotFound):
            plan(cast, by=stranger)
        with pytest.raises(NotFound):
            away(cast, "bohdan", by=stranger)
        with pytest.raises(NotFound):
            roster(cast, stranger)
    bohdan = cast.member("bohdan")
    (absence,) = roster(cast).absences
    with cast.session() as session:
        planning.end_absence(session, bohdan, "legal", absence.id, NOW)
        planning.end_absence(session, bohdan, "legal", absence.id, NOW)
    assert roster(cast).absences == ()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_cannot_be_planned_is_said_by_its_field(cast: Cast) -> None:
    daria = cast.member("daria")
    for more, problem in (
        ({"who": "nobody"}, ("who", "choose")),
        ({"who": "somebody"}, ("who", "choose")),
        ({"begins": "25:00"}, ("begins", "no_time")),
        ({"ends": ""}, ("ends", "needed")),
        ({"when": "day"}, ("day", "needed")),
        ({"when": "day", "day": "2026-11-01"}, ("day", "past")),
    ):
        typed = EVENING | {"who": daria.account_id} | more
        with pytest.raises(EntryRefused) as refused, cast.session() as session:
            planning.add_shift(session, daria, "legal", typed, ["4"], NOW)
        assert problem in refused.value.problems


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_absence_that_makes_no_sense_is_refused(cast: Cast) -> None:
    bohdan = cast.member("bohdan")
    for since, until, stands_in, problem in (
        ("2026-11-20", "2026-11-19", "", ("until", "past")),
        ("2026-11-01", "2026-11-02", "", ("until", "past")),
        ("2026-11-20", "2029-11-20", "", ("until", "too_long")),
        ("", "2026-11-20", "", ("since", "needed")),
        ("2026-11-20", "2026-11-21", bohdan.account_id, ("stands_in", "choose")),
        ("2026-11-20", "2026-11-21", cast.founded_account("oksana"), ("stands_in", "choose")),
    ):
        typed = {"since": since, "until": until, "stands_in": stands_in}
        with pytest.raises(EntryRefused) as refused, cast.session() as session:
            planning.note_absence(session, bohdan, "legal", bohdan.account_id, typed, NOW)
        assert problem in refused.value.problems


def test_a_day_is_free_or_has_turns_and_a_line_can_be_taken_out(cast: Cast) -> None:
    plan(cast)
    plan(cast, when="day", day=str(FRIDAY), who="daria")
    plan(cast, when="day", day=str(FRIDAY), begins="20:00", ends="22:00")
    assert [each.who for each in roster(cast).on_duty(NOW)] == [cast.founded_account("daria")]
    daria = cast.member("daria")
    with cast.session() as session:
        typed = {"when": "day", "day": str(FRIDAY), "who": "nobody"}
        planning.add_shift(session, daria, "legal", typed, [], NOW)
    found = roster(cast)
    assert (len(found.plan), found.on_duty(NOW)) == (2, ())
    with cast.session() as session:
        planning.remove_shift(session, daria, "legal", found.plan[1].id, NOW)
        planning.remove_shift(session, daria, "legal", found.plan[1].id, NOW)
    assert len(roster(cast).on_duty(NOW)) == 1


def test_of_two_who_write_at_once_the_second_is_told(cast: Cast) -> None:
    daria = cast.member("daria")
    plan(cast)
    with cast.session() as session:
        mine = open_roster(session, daria, "legal")
    plan(cast, who="daria")
    with pytest.raises(StatedMeanwhile), cast.session() as session:
        planning.reseal_roster(session, mine)
    assert len(roster(cast).plan) == 2


def forged(cast: Cast, parts: dict[str, object], noise: bytes | None = None) -> None:
    """What somebody with the database, and a signing key of their own, can put there."""
    with cast.session() as session:
        ring = newest_key(session, "queue:legal")
        content = pack({"plan": None, "absences": [], **parts}) if noise is None else noise
        sealed = seal_to(ring.public_key, content, roster_place("legal", ring.generation))
        session.execute(delete(RosterRow))
        session.add(RosterRow(queue_id="legal", generation=ring.generation, sealed=sealed))


def test_an_administrator_with_the_database_puts_nobody_on_duty(cast: Cast) -> None:
    petro, bohdan = cast.member("petro"), cast.founded_account("bohdan")
    shift = {"id": "x", "who": bohdan, "weekdays": [4], "day": "", "begins": "00:00", "ends": "00:00"}
    for author in (petro.account_id, cast.founded_account("daria")):
        part: dict[str, object] = {"shifts": [shift], "author": author, "at": NOW.isoformat()}
        part["signature"] = sign(petro.signing_key, pack(part), plan_place("legal"))
        gone: dict[str, object] = {"id": "y", "who": bohdan, "since": "2026-01-01", "until": "2027-01-01"}
        gone |= {"stands_in": petro.account_id, "author": author, "at": NOW.isoformat()}
        gone["signature"] = sign(petro.signing_key, pack(gone), absence_place("legal", "y"))
        forged(cast, {"plan": part, "absences": [gone]})
        found = roster(cast)
        assert (found.on_duty(NOW), found.absences) == ((), ())
    with cast.session() as session:
        session.add(Membership(queue_id="legal", account_id=petro.account_id, lead=True))
    assert petro.account_id not in roster(cast).people


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_no_roster_keeps_nobody_from_their_page(cast: Cast) -> None:
    spoilt: tuple[dict[str, object], ...] = (
        {"plan": 7},
        {"plan": {"author": 1}},
        {"absences": [{}]},
        {"absences": "x"},
    )
    for parts in spoilt:
        forged(cast, parts)
        assert roster(cast).plan == ()
    for noise in (b"", b"{", b"\xff", b'{"plan":{"$bytes":"a"}}', b"[" * 100_000):
        forged(cast, {}, noise)
        assert roster(cast).plan == ()
    plan(cast)
    assert roster(cast).on_duty(NOW)


def test_a_roster_that_was_moved_or_spoilt_is_empty_and_can_be_planned_anew(cast: Cast) -> None:
    plan(cast)
    with cast.session() as session:
        session.execute(update(RosterRow).values(sealed=b"\x01" + b"x" * 2000))
    assert roster(cast).plan == ()
    plan(cast)
    assert roster(cast).on_duty(NOW)


def test_a_plan_of_somebody_who_leads_no_more_counts_only_once_a_lead_signed_it(cast: Cast) -> None:
    bohdan = cast.member("bohdan")
    with cast.session() as session:
        ring = newest_key(session, "queue:legal")
        shift = {"id": "x", "who": bohdan.account_id, "weekdays": [4], "day": "", "begins": "00:00", "ends": "00:00"}
        part: dict[str, object] = {"shifts": [shift], "author": bohdan.account_id, "at": NOW.isoformat()}
        part["signature"] = sign(bohdan.signing_key, pack(part), plan_place("legal"))
        sealed = seal_to(ring.public_key, pack({"plan": part, "absences": []}), roster_place("legal", ring.generation))
        session.add(RosterRow(queue_id="legal", generation=ring.generation, sealed=sealed))
    found = roster(cast)
    assert (len(found.plan), found.in_force, found.on_duty(NOW)) == (1, False, ())
    daria = cast.member("daria")
    with cast.session() as session:
        planning.sign_plan(session, daria, "legal", NOW)
        planning.sign_plan(session, daria, "legal", NOW)
    assert roster(cast).on_duty(NOW)


def test_with_a_new_key_the_roster_is_sealed_to_it(cast: Cast) -> None:
    plan(cast)
    away(cast, "daria")
    daria = cast.member("daria")
    with cast.session() as session:
        renew_queue_key(session, daria, "legal", NOW)
    with cast.session() as session:
        assert session.exec(select(RosterRow.generation)).all() == [2]
        # Who was given the older key alone, as somebody removed has it, does not read on.
        newest = col(RingShare.account_id) == cast.founded_account("bohdan"), col(RingShare.generation) == 2
        session.execute(delete(RingShare).where(*newest))
    assert roster(cast).plan == ()
    assert len(roster(cast, "daria").plan) == 1


def test_what_is_over_is_forgotten(cast: Cast) -> None:
    plan(cast, when="day", day=str(FRIDAY))
    away(cast, "bohdan", days=0)
    daria, later = cast.member("daria"), NOW + timedelta(days=5)
    with cast.session() as session:
        typed = {**EVENING, "who": daria.account_id}
        planning.add_shift(session, daria, "legal", typed, ["1"], later)
    typed = {"since": str(date(2026, 12, 1)), "until": str(date(2026, 12, 2)), "stands_in": ""}
    with cast.session() as session:
        planning.note_absence(session, daria, "legal", daria.account_id, typed, later)
    found = roster(cast)
    assert [shift.who for shift in found.plan] == [each.who for each in found.absences] == [daria.account_id]
