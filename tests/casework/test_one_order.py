"""Whoever writes takes rows in one order, so that of two who write at one moment neither waits for the other for ever.

The case first, then what belongs to it, then what is asked of the worker, and the head of the record after all else.
"""

from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError
from sqlmodel import col, update

from app.accounts.ring_keeping import renew_ring
from app.casefile.cases import hold_case, withdraw_case
from app.casefile.tables import Case, Grant
from app.casework import junk, watch
from app.casework.answering import accept, end_sharing
from app.casework.errors import NotAllowedNow
from app.casework.many import Left, do_with_many, each_of
from app.casework.moving import Wish, offer
from app.casework.opening import Standing
from tests.casework.desk import tables_written
from tests.cast import NOW, Cast, answers


@pytest.fixture
def aside(cast: Cast, case: str) -> str:
    """A case that was set aside."""
    with cast.session() as session:
        junk.set_aside(session, cast.member("daria"), case, session.get_one(Case, case).version, NOW)
    return case


# SQLite lets one write at a time.
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_family_takes_everything_back_while_somebody_writes_to_the_case_and_its_grant(cast: Cast, case: str) -> None:
    at_the_case, failed = Event(), list[OperationalError]()

    @event.listens_for(cast.engine, "before_cursor_execute")
    def tell(_connection: Connection, _cursor: object, statement: str, *_rest: Any) -> None:
        if statement.replace('"', "").startswith(("UPDATE case", "DELETE FROM case")):
            at_the_case.set()

    def withdraw() -> None:
        try:
            with cast.session() as session:
                withdraw_case(session, case, NOW)
        except OperationalError as error:
            failed.append(error)

    family = Thread(target=withdraw)
    with cast.session() as session:
        assert hold_case(session, case)
        at_the_case.clear()
        family.start()
        assert at_the_case.wait(30)
        session.execute(update(Grant).where(col(Grant.case_id) == case).values(generation=col(Grant.generation)))
    family.join()
    assert failed == []
    with cast.session() as session:
        assert session.get(Case, case) is None


def test_what_belongs_to_a_case_is_taken_after_the_case(cast: Cast, aside: str) -> None:
    with tables_written(cast) as given_back, cast.session() as session:
        junk.give_back(session, cast.member("daria"), aside, NOW)
    with cast.session() as session:
        junk.set_aside(session, cast.member("daria"), aside, session.get_one(Case, aside).version, NOW)
    with tables_written(cast) as deleted, cast.session() as session:
        assert junk.delete_old_junk(session, NOW + timedelta(days=14)) == 1
    for written in (given_back, deleted):
        assert next(table for table in written if table in ("case", "junk", "grant")) == "case"


@pytest.fixture
def referred(cast: Cast) -> str:
    """A case of the tracing queue, with which the partner's lawyers help."""
    case = cast.case_of(cast.report(answers(situation="missing"), {"ngo": "full", "legal_ngo": "full"}))
    with cast.session() as session:
        wish = Wish("partner-legal", Standing.OFFERED_REFERRAL, "full", "Прошу.")
        offer(session, cast.member("oksana"), case, wish, NOW)
    with cast.session() as session:
        accept(session, cast.member("ayshe"), case, NOW)
    return case


def test_the_worker_takes_the_case_before_an_offer_that_nobody_answered(cast: Cast) -> None:
    case = cast.case_of(cast.report(consents={"ngo": "full", "legal_ngo": "full"}))
    with cast.session() as session:
        wish = Wish("partner-legal", Standing.OFFERED_REFERRAL, "full", "Прошу.")
        offer(session, cast.member("daria"), case, wish, NOW)
    with tables_written(cast) as written, cast.session() as session:
        assert watch.take_back_offers(session, NOW + timedelta(days=30)) == [(case, "partner-legal")]
    assert written == ["case", "grant"]


def test_the_head_of_the_record_is_taken_when_nothing_else_is_left_to_take(cast: Cast, referred: str) -> None:
    daria, oksana = cast.member("daria"), cast.member("oksana")
    cases = [cast.case_of(cast.report()) for _ in range(3)]
    with cast.session() as session:
        renew_ring(session, daria, "queue:legal", NOW)
    with tables_written(cast) as taken, cast.session() as session:
        # Each is sealed anew, since it was under the older key, and each stands on the record.
        assert do_with_many(session, daria, "take", cases, dict.fromkeys(cases, 1), NOW).done == 3
    with tables_written(cast) as ended, cast.session() as session:
        end_sharing(session, oksana, referred, "partner-legal", "Досить.", NOW)
    assert (taken.count("grant"), ended.count("job")) == (3, 1)
    for written in (taken, ended):
        assert set(written[written.index("trail_head") :]) == {"trail_head", "trail_entry"}


def test_many_cases_are_taken_in_the_order_of_their_numbers_and_named_as_they_were_listed() -> None:
    taken: list[str] = []

    def once(case_id: str) -> None:
        taken.append(case_id)
        if case_id != "B":
            raise NotAllowedNow("closed")

    done = each_of(["C", "A", "B", "C"], once)
    assert taken == ["A", "B", "C"]
    assert (done.done, done.left) == (1, (Left("C", "closed"), Left("A", "closed")))
