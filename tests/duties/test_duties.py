"""What the worker does without a key: it forgets, erases, and notes what families did."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import select

from app import duties
from app.accounts.permissions import Role
from app.accounts.rings import RECORD, open_ring
from app.accounts.tables import Account, Epoch, SessionRow
from app.casefile.tables import Grant, Item
from app.intake import draft, returning
from app.intake.tables import Locker
from app.jobs.tables import JobRow
from app.storage.packing import unpack
from app.trail.chain import check
from app.trail.tables import TrailEntry
from app.vault.context import Purpose, context
from app.vault.hybrid import open_with
from tests.cast import NOW, Cast

TODAY, TOMORROW = NOW.date(), NOW + timedelta(days=1)


def entries(cast: Cast) -> list[dict[str, str]]:
    """What the auditor reads of the service's own entries."""
    roman = cast.member("roman")
    assert Role.AUDITOR in roman.roles
    with cast.session() as session:
        private = open_ring(session, RECORD, 1, roman.account_id, roman.pair)
        rows = session.exec(select(TrailEntry).where(TrailEntry.actor == duties.SERVICE)).all()
        place = context(Purpose.RECORD_ENTRY, duties.SERVICE)
        return [unpack(open_with(private, row.sealed, place)) for row in rows]


def do_all_due(cast: Cast, days: int) -> None:
    """Let a worker do what is due that many days from now, hour by hour at the end of each day."""
    worker = duties.make_worker(cast.engine, cast.founded.service_private)
    moment = NOW
    worker = type(worker)(worker.engine, worker.handlers, worker.recurring, clock=lambda: moment)
    worker.prepare()
    for _ in range(days * 8 + 1):
        while worker.do_next():
            pass
        moment += timedelta(hours=3)


def files_of(url: str) -> Iterator[bytes]:
    """The database's file and its journal."""
    path = Path(url.removeprefix("sqlite:///"))
    yield path.read_bytes()
    yield path.with_name(f"{path.name}-wal").read_bytes()


def test_what_families_did_is_noted_once_with_the_day_alone(cast: Cast) -> None:
    codes = [cast.report() for _ in range(3)]
    visits = []
    for code in codes:
        with cast.session() as session:
            visits.append(returning.open_return(session, code, NOW)[1])
    with cast.session() as session:
        returning.write_message(session, visits[0], "Щось нове", NOW)
        returning.write_message(session, visits[1], "Щось іще", NOW)
        returning.withdraw(session, visits[2], codes[2], NOW)
    do_all_due(cast, days=2)
    do_all_due(cast, days=2)

    noted = entries(cast)
    assert sorted((entry["kind"], entry["case"]) for entry in noted) == sorted(
        [
            ("family_wrote", visits[0].case_id),
            ("family_wrote", visits[1].case_id),
            ("family_withdrew", visits[2].case_id),
        ]
    )
    assert all(entry.keys() == {"kind", "case", "day"} and entry["day"] == TODAY.isoformat() for entry in noted)


def test_the_services_entries_hold_beside_those_of_people(cast: Cast) -> None:
    code = cast.report()
    with cast.session() as session:
        _, visit = returning.open_return(session, code, NOW)
        returning.write_message(session, visit, "Щось нове", NOW)
    with cast.session() as session:
        duties.note_family_events(session, cast.founded.service_private, TODAY)
    with cast.session() as session:
        keys = {account.id: account.verify_key for account in session.exec(select(Account))}
        from_root = check(session, keys.get)
        assert from_root.reason == "unknown_actor"


def test_receiving_a_report_writes_nothing_to_the_record(cast: Cast) -> None:
    cast.report()
    with cast.session() as session:
        assert session.exec(select(func.count()).select_from(TrailEntry)).one() == 0


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_was_withdrawn_is_in_no_file_once_the_worker_was_there(cast: Cast) -> None:
    code = cast.report()
    with cast.session() as session:
        sealed = [row.sealed for row in session.exec(select(Item))] + [
            row.sealed for row in session.exec(select(Grant))
        ]
        sealed += [row.sealed for row in session.exec(select(Locker)) if row.sealed]
        _, visit = returning.open_return(session, code, NOW)
    pieces = [content[40:140] for content in sealed]
    assert all(any(piece in file for file in files_of(cast.url)) for piece in pieces)
    with cast.session() as session:
        returning.withdraw(session, visit, code, NOW)
    do_all_due(cast, days=0)

    remains = [piece for piece in pieces for file in files_of(cast.url) if piece in file]
    assert remains == []


def test_what_has_ended_is_forgotten(cast: Cast) -> None:
    code = cast.report()
    with cast.session() as session:
        _, visit = returning.open_return(session, code, NOW)
        returning.withdraw(session, visit, code, NOW)
        session.add(Epoch(day=date(2026, 11, 17), key=bytes(32)))
    cast.log_in("daria")
    with cast.session() as session:
        duties.forget(session, "", NOW + timedelta(days=5))
    with cast.session() as session:
        left = [session.exec(select(func.count()).select_from(table)).one() for table in (SessionRow, Epoch, Locker)]
        assert left == [0, 0, 0]
        assert session.exec(select(JobRow.kind).where(JobRow.key == duties.FORGET)).all() == [returning.ERASE]


def test_what_still_runs_is_kept(cast: Cast) -> None:
    code = cast.report()
    with cast.session() as session:
        returning.open_return(session, code, NOW)
        draft.seal_draft(session, draft.begin("uk", NOW), NOW)
    cast.log_in("daria")
    with cast.session() as session:
        duties.forget(session, "", NOW + timedelta(minutes=10))
    with cast.session() as session:
        left = [session.exec(select(func.count()).select_from(table)).one() for table in (SessionRow, Epoch, Locker)]
        assert left == [2, 1, 1]
