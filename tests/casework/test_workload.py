"""The workload of a queue, counted in the clear rows; today, with what tells cases apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert
from sqlmodel import col, update

from app.accounts.errors import MayNotState
from app.casefile.cases import NOTHING_DUE
from app.casefile.errors import NotFound
from app.casefile.tables import Case
from app.casework import actions, planning
from app.casework.queues import QueueFilter, list_cases
from app.casework.today import Today, today
from app.casework.workload import Answered, Workload, workload
from tests.casework.desk import record
from tests.cast import NOW, OMAR, Cast, answers


def load(cast: Cast, name: str = "daria") -> Workload:
    member = cast.member(name)
    with cast.session() as session:
        return workload(session, member, "legal", NOW)


def put(cast: Cast, case_id: str, **values: Any) -> None:
    with cast.session() as session:
        session.execute(update(Case).where(col(Case.id) == case_id).values(**values))


def day(cast: Cast, name: str) -> Today:
    member = cast.member(name)
    with cast.session() as session:
        return today(session, member, NOW)


def test_a_lead_sees_what_everybody_has_and_what_nobody_has(cast: Cast) -> None:
    late, soon, waiting, closed, free = (cast.case_of(cast.report()) for _ in range(5))
    bohdan, petro = cast.founded_account("bohdan"), cast.founded_account("petro")
    put(cast, late, assignee=bohdan, due=NOW - timedelta(hours=1))
    put(cast, soon, assignee=bohdan, due=NOW + timedelta(hours=2))
    put(cast, waiting, assignee=petro, status="awaiting_family")
    put(cast, closed, assignee=bohdan, status="closed", received=NOW.date() - timedelta(days=4), acted_on=NOW.date())
    found = load(cast)
    loads = {each.who: each for each in (*found.people, found.free)}
    assert [count.number for count in (loads[bohdan].open, loads[bohdan].soon, loads[bohdan].late)] == [2, 1, 1]
    # Petro was never of this queue; what he has in it is to be seen, and to be handed over.
    assert (loads[petro].waiting.number, loads[petro].here) == (1, False)
    assert (loads[""].open.number, loads[""].late.number) == (1, 0)
    assert free
    assert loads[bohdan].answered == found.answered == Answered(1, 4)
    daria = cast.member("daria")
    with cast.session() as session:
        for wanted, expected in ((QueueFilter(soon=True), [soon]), (QueueFilter(free=True), [free])):
            rows, _ = list_cases(session, daria, "legal", wanted, None, NOW)
            assert [row.id for row in rows] == expected
            assert all(row.soon is wanted.soon for row in rows)


def test_the_workload_is_the_leads_alone(cast: Cast) -> None:
    with pytest.raises(MayNotState):
        load(cast, "bohdan")
    for stranger in ("oksana", OMAR, "petro", "lena"):
        with pytest.raises(NotFound):
            load(cast, stranger)


@contextmanager
def plans(cast: Cast) -> Iterator[list[str]]:
    """How SQLite goes about every statement about cases that is sent meanwhile."""
    found: list[str] = []

    @event.listens_for(cast.engine, "before_cursor_execute")
    def explain(connection: Connection, cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().startswith("SELECT") and '"case"' in statement:
            rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found.extend(row[3] for row in rows)

    yield found
    event.remove(cast.engine, "before_cursor_execute", explain)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_with_many_cases_every_count_walks_an_index_and_stops(cast: Cast) -> None:
    bohdan = cast.founded_account("bohdan")
    rows = [
        {
            "id": f"z{number:07}",
            "queue_id": "legal",
            "status": "acknowledged",
            "priority": number % 4,
            "received": NOW.date(),
            "due": NOW + timedelta(hours=number % 90 - 30),
            "assignee": bohdan if number % 3 else None,
            "unread": False,
            "version": 1,
        }
        for number in range(20_000)
    ]
    with cast.session() as session:
        session.execute(insert(Case), rows)
    with plans(cast) as seen:
        found = load(cast)
    counted = {each.who: (each.open.number, each.open.more, each.late.more) for each in (*found.people, found.free)}
    assert counted[bohdan] == counted[""] == (1000, True, True)
    about_cases = [line for line in seen if " case" in f" {line}" and "INDEX" in line]
    assert about_cases
    assert [line for line in seen if line.startswith("SCAN case")] == []
    # One case that was made for practice is looked up by its number; nothing else is counted another way.
    walked = [line for line in about_cases if "id=?" not in line.split("(")[-1].split(" AND ")[0]]
    assert [line for line in walked if "ix_case_assignee" not in line and "ix_case_acted" not in line] == []


def test_today_tells_cases_apart_and_says_so_on_the_record(cast: Cast) -> None:
    case_id = cast.case_of(cast.report(answers(surname="Коваль")))
    daria = cast.member("daria")
    with cast.session() as session:
        actions.take(session, daria, case_id, 1, NOW)
    found = day(cast, "daria")
    assert [case.id for case in found.mine] == [case_id]
    assert found.names[case_id]["surname"] == "Коваль"
    told = [event for event in record(cast) if event["kind"] == "listed"]
    assert [(event["actor"], event["cases"]) for event in told] == [(daria.account_id, case_id)]
    for other in ("bohdan", "oksana", OMAR):
        assert day(cast, other).names == {}


def test_of_my_own_cases_the_soonest_stands_first_and_without_a_deadline_the_most_urgent(cast: Cast) -> None:
    daria = cast.founded_account("daria")
    calm, urgent, due = (cast.case_of(cast.report()) for _ in range(3))
    put(cast, calm, assignee=daria, due=NOTHING_DUE, priority=1)
    put(cast, urgent, assignee=daria, due=NOTHING_DUE, priority=0)
    put(cast, due, assignee=daria, due=NOW + timedelta(days=9), priority=3)
    assert [case.id for case in day(cast, "daria").mine] == [due, urgent, calm]


def test_whoever_stands_in_finds_the_cases_and_the_families_that_wrote(cast: Cast) -> None:
    case_id = cast.case_of(cast.report())
    bohdan, daria = cast.member("bohdan"), cast.founded_account("daria")
    with cast.session() as session:
        actions.take(session, bohdan, case_id, 1, NOW)
    put(cast, case_id, unread=True)
    assert (day(cast, "daria").others, day(cast, "daria").answered) == ((), ())
    gone = {"since": str(NOW.date()), "until": str(NOW.date()), "stands_in": daria}
    with cast.session() as session:
        planning.note_absence(session, bohdan, "legal", bohdan.account_id, gone, NOW)
    found = day(cast, "daria")
    assert [case.id for case in found.others] == [case.id for case in found.answered] == [case_id]
    assert found.people[bohdan.account_id] == "Богдан Терновий"
