"""Being away in all of one's queues at once: noted in each, or in none."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from app.accounts.errors import StatedMeanwhile
from app.accounts.members import Member
from app.accounts.ring_keeping import grant_ring
from app.accounts.tables import Roster as RosterRow
from app.casework import planning
from app.casework.errors import EntryRefused
from app.casework.roster import SealedRoster, open_roster, write_roster
from tests.cast import NOW, Cast

FRIDAY = NOW.date()


def of_two_queues(cast: Cast) -> Member:
    """Daria, who is of the tracing queue as well."""
    daria, oksana = cast.member("daria"), cast.member("oksana")
    with cast.session() as session:
        grant_ring(session, oksana, "queue:tracing", daria.account_id, NOW)
    return cast.member("daria")


def test_one_is_away_in_all_of_ones_queues_or_in_none(cast: Cast) -> None:
    daria = of_two_queues(cast)
    typed = {"since": str(FRIDAY), "until": str(FRIDAY + timedelta(days=2))}
    wrong = {"legal": cast.founded_account("bohdan"), "tracing": cast.founded_account("bohdan")}
    with cast.session() as session, pytest.raises(EntryRefused) as refused:
        planning.note_own_absence(session, daria, typed, wrong, NOW)
    assert refused.value.problems == (("stands_in_tracing", "choose"),)
    with cast.session() as session:
        assert session.exec(select(RosterRow)).all() == []
    right = wrong | {"tracing": cast.founded_account("mykola")}
    with cast.session() as session:
        planning.note_own_absence(session, daria, typed, right, NOW)
    with cast.session() as session:
        held = {queue: open_roster(session, daria, queue).away(daria.account_id, FRIDAY) for queue in right}
    assert {queue: absence and absence.stands_in for queue, absence in held.items()} == right


def test_nothing_is_noted_where_a_colleague_wrote_one_of_the_rosters_meanwhile(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    daria = of_two_queues(cast)
    typed, nobody = {"since": str(FRIDAY), "until": str(FRIDAY)}, {"legal": "", "tracing": ""}
    meant = write_roster

    def late(session: Session, new: SealedRoster) -> None:
        meant(session, new if new.queue_id == "legal" else replace(new, before=b"what stood there before"))

    monkeypatch.setattr(planning, "write_roster", late)
    with pytest.raises(StatedMeanwhile), cast.session() as session:
        planning.note_own_absence(session, daria, typed, nobody, NOW)
    with cast.session() as session:
        assert session.exec(select(RosterRow)).all() == []


def test_nobody_fills_the_roster_of_all_with_their_own_absences(cast: Cast) -> None:
    bohdan, daria = cast.member("bohdan"), cast.member("daria")

    def note(member: Member, who: str, number: int) -> None:
        day = str(FRIDAY + timedelta(days=7 * number))
        with cast.session() as session:
            planning.note_absence(session, member, "legal", who, {"since": day, "until": day}, NOW)

    for number in range(planning.MOST_ABSENCES):
        note(bohdan, bohdan.account_id, number)
    for member in (bohdan, daria):
        with pytest.raises(EntryRefused) as refused:
            note(member, bohdan.account_id, planning.MOST_ABSENCES)
        assert refused.value.problems == (("since", "away_too_often"),)
    # Others can still be away, what falls on the same days takes the place of what stood there, and one can be ended.
    note(daria, daria.account_id, 0)
    note(bohdan, bohdan.account_id, 0)
    with cast.session() as session:
        theirs = [each for each in open_roster(session, bohdan, "legal").absences if each.who == bohdan.account_id]
        assert len(theirs) == planning.MOST_ABSENCES
        planning.end_absence(session, bohdan, "legal", theirs[0].id, NOW)
    note(bohdan, bohdan.account_id, planning.MOST_ABSENCES)
    with cast.session() as session:
        assert open_roster(session, daria, "legal").away(daria.account_id, FRIDAY) is not None
