"""The worker forgets what has ended, and notes what families did, once, without holding a key that opens."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from app import duties
from app.accounts.epochs import current_epoch
from app.accounts.record import SERVICE
from app.casefile.cases import ERASE
from app.casework import closing, junk
from app.intake import changing, draft, returning, sending
from app.trail import chain
from app.trail.chain import check
from app.trail.leaving import Mailbox, kept_heads
from app.vault.signing import verify_key
from app.vault.tokens import new_token
from app.worker import Worker
from tests.casework.desk import record
from tests.cast import CONSENTS, NOW, Cast, answers
from tests.keys.dump import dump

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass
class Shift:
    """A worker whose clock the test moves on."""

    cast: Cast
    now: datetime = NOW
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        made = duties.make_worker(self.cast.engine, self.cast.founded.service_private)
        self.worker = replace(made, clock=lambda: self.now)
        self.worker.prepare()

    def work(self, until: datetime) -> list[str]:
        """Do what is due four times a day until then, and then; say which kinds of jobs were done."""
        done = self.work_once(self.now)
        while self.now < until:
            done += self.work_once(min(until, self.now + 6 * HOUR))
        return done

    def work_once(self, moment: datetime) -> list[str]:
        """Do what is due at that moment, as a worker does that was away until then."""
        self.now = moment
        done: list[str] = []
        while (kind := self.worker.do_next()) is not None:
            done.append(kind)
        return done


@pytest.fixture
def shift(cast: Cast) -> Shift:
    return Shift(cast)


def write(cast: Cast, now: datetime) -> str:
    """A family sends a report and writes again; the number of its case."""
    code = cast.report(now=now)
    with cast.session() as session:
        _, opened = returning.open_return(session, code, now)
    with cast.session() as session:
        returning.write_message(session, opened, "Дякую.", now)
    return opened.case_id


def noted(cast: Cast) -> list[dict[str, Any]]:
    return [entry for entry in record(cast) if entry["actor"] == SERVICE]


def test_what_families_did_is_noted_when_the_day_is_over_with_the_day_alone(cast: Cast, shift: Shift) -> None:
    cases = {write(cast, NOW + timedelta(minutes=minutes)) for minutes in range(3)}
    shift.work(MIDNIGHT + HOUR)
    assert noted(cast) == []
    shift.work(MIDNIGHT + 3 * HOUR)
    entries = noted(cast)

    assert {entry.pop("case") for entry in entries} == cases
    assert entries == [{"actor": "service", "kind": "family_wrote", "day": "2026-11-20"}] * 3


def test_a_day_is_noted_once_however_long_the_worker_goes_on(cast: Cast, shift: Shift) -> None:
    write(cast, NOW)
    write(cast, NOW + DAY)
    shift.work(NOW + 4 * DAY)

    assert sorted(entry["day"] for entry in noted(cast)) == ["2026-11-20", "2026-11-21"]


def test_days_on_which_the_worker_was_away_are_noted_when_it_is_back(cast: Cast, shift: Shift) -> None:
    shift.work(NOW)
    for days in range(4):
        write(cast, NOW + days * DAY)
    shift.work_once(NOW + 4 * DAY)

    assert sorted(entry["day"] for entry in noted(cast)) == [f"2026-11-2{number}" for number in range(4)]
    shift.work(NOW + 6 * DAY)
    assert len(noted(cast)) == 4


def test_days_before_the_worker_first_came_are_noted_too(cast: Cast, shift: Shift) -> None:
    for days in range(3):
        write(cast, NOW + days * DAY)
    shift.work_once(NOW + 3 * DAY)

    assert sorted(entry["day"] for entry in noted(cast)) == [f"2026-11-2{number}" for number in range(3)]


def test_a_day_without_events_leaves_no_entry(cast: Cast, shift: Shift) -> None:
    cast.report()
    shift.work(NOW + 2 * DAY)

    assert record(cast) == []


@pytest.mark.parametrize("where", ["INSERT INTO trail_entry", "DELETE FROM job"])
def test_a_worker_that_dies_while_noting_a_day_has_it_noted_once_all_the_same(
    cast: Cast, shift: Shift, where: str
) -> None:
    case_id = write(cast, NOW)
    shift.work(MIDNIGHT + HOUR)
    dying = [True]

    @event.listens_for(cast.engine, "before_cursor_execute")
    def die(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(where) and dying:
            dying.clear()
            raise OperationalError("the power is gone", None, Exception())

    shift.work(MIDNIGHT + 12 * HOUR)

    assert not dying
    assert [entry["case"] for entry in noted(cast)] == [case_id]


def test_a_withdrawal_is_noted_by_its_number_and_day(cast: Cast, shift: Shift) -> None:
    code = cast.report()
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
    with cast.session() as session:
        returning.withdraw(session, opened, code, NOW)
    shift.work(NOW + DAY)

    assert noted(cast) == [{"actor": "service", "kind": "family_withdrew", "case": opened.case_id, "day": "2026-11-20"}]


def test_what_the_desk_deleted_is_not_said_to_be_the_familys_doing(cast: Cast, shift: Shift) -> None:
    daria, kept, spam = cast.member("daria"), cast.case_of(cast.report()), cast.case_of(cast.report())
    with cast.session() as session:
        junk.set_aside(session, daria, spam, 1, NOW - 14 * DAY)
        proposal = closing.propose_deletion(session, daria, kept, 1, "Помилка.", NOW)
    with cast.session() as session:
        closing.agree_to(session, cast.member("bohdan"), kept, proposal, NOW)
    shift.work(NOW + DAY)

    assert noted(cast) == [{"actor": "service", "kind": "junk_deleted", "case": spam, "day": "2026-11-20"}]


def test_what_the_service_notes_holds_as_its_own(cast: Cast, shift: Shift) -> None:
    write(cast, NOW)
    shift.work(NOW + DAY)
    public = verify_key(cast.founded.service_private)
    with cast.session() as session:
        assert check(session, lambda actor, _at: [public] if actor == SERVICE else []).reason is None
        assert check(session, lambda _actor, _at: []).reason == "unknown_actor"


def leave_everything_behind(cast: Cast) -> None:
    """A session, a half-open one, a visit, a spent one-time password, a wrong attempt, a kept answer, a draft's key."""
    cast.log_in("daria")
    with cast.session() as session:
        returning.note_unknown_code(session, NOW)
        current_epoch(session, NOW)
        document = replace(draft.begin("uk", NOW), answers=answers(), consents=CONSENTS)
        sending.send_document(session, new_token(), document, NOW)
    code = cast.report()
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
    with cast.session() as session:
        returning.withdraw(session, opened, code, NOW)


ENDING = ("session", "attempts", "spent_totp", "kept_answer", "epoch", "locker")


def left(cast: Cast) -> Iterator[str]:
    """Of what has an end: what is there, the one locker aside that a case still has."""
    rows = dump(cast.engine)
    rows["locker"] = [row for row in rows["locker"] if row["sealed"] is None]
    return (name for name in ENDING if rows[name])


def test_everything_that_has_an_end_is_forgotten_when_it_came(cast: Cast, shift: Shift) -> None:
    leave_everything_behind(cast)
    assert set(left(cast)) == set(ENDING)
    shift.work(NOW + HOUR)
    assert set(left(cast)) == {"session", "kept_answer", "epoch", "locker"}
    shift.work(NOW + 2 * HOUR)
    assert set(left(cast)) == {"kept_answer", "epoch", "locker"}
    shift.work(NOW + timedelta(hours=24, minutes=45))
    assert set(left(cast)) == {"epoch", "locker"}
    shift.work(MIDNIGHT + DAY + HOUR)
    assert set(left(cast)) == {"locker"}
    shift.work(NOW + 5 * DAY)
    assert set(left(cast)) == set()


def test_what_has_no_end_is_kept(cast: Cast, shift: Shift) -> None:
    case_id = write(cast, NOW)
    before = dump(cast.engine)
    shift.work(NOW + 10 * DAY)
    after = dump(cast.engine)

    for name in ("grant", "item", "locker", "account", "ring_share", "organisation"):
        assert after[name] == before[name]
    # Nobody acknowledged it, so it went to the lead and on to the coordinator.
    assert [{**row, "escalated": 2, "escalate_at": None} for row in before["case"]] == after["case"]
    assert after["case"][0]["id"] == case_id


def test_files_are_erased_after_something_was_forgotten_and_not_otherwise(cast: Cast, shift: Shift) -> None:
    # SQLite's file is written anew with the facets, on the worker's first day and then every night.
    shift.work(NOW)
    assert ERASE not in shift.work(NOW + HOUR)
    leave_everything_behind(cast)

    assert ERASE in shift.work(shift.now + HOUR)


def test_a_consent_that_is_withdrawn_has_the_files_erased(cast: Cast, shift: Shift) -> None:
    code = cast.report(consents={"ngo": "full", "legal_ngo": "full"})
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
    with cast.session() as session:
        changing.change_consents(session, opened, {"legal_ngo": ""}, NOW)

    assert ERASE in shift.work(NOW)


def test_jobs_in_the_table_carry_ids_and_days_alone(cast: Cast, shift: Shift) -> None:
    leave_everything_behind(cast)
    shift.worker.do_next()
    rows = {(row["kind"], row["key"]) for row in dump(cast.engine)["job"]}

    assert {key for kind, key in rows if kind == ERASE} <= {ERASE, duties.FORGET}
    assert {key for kind, key in rows if kind != ERASE} <= {"", "2026-11-20"}


def test_the_head_leaves_daily_and_a_mail_server_that_is_away_blocks_nothing(cast: Cast, tmp_path: Path) -> None:
    nowhere = Mailbox("smtp://127.0.0.1:1", "auditor@example.org")
    shift = Shift(cast)
    made = duties.make_worker(cast.engine, cast.founded.service_private, tmp_path, nowhere)
    shift.worker = replace(made, clock=lambda: shift.now)
    shift.worker.prepare()
    assert shift.work_once(NOW).count(duties.MAIL_HEAD) == 1
    with cast.session() as session:
        head = str(chain.head(session))
    assert kept_heads(tmp_path) == [f"2026-11-20 {head}"]
    assert duties.MAIL_HEAD not in shift.work_once(NOW + timedelta(seconds=10))
    assert duties.MAIL_HEAD in shift.work_once(NOW + timedelta(minutes=3)), "it is tried again"
    shift.work_once(NOW + DAY)
    assert len(kept_heads(tmp_path)) == 2
