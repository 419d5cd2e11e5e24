"""Rows that somebody with the database's password put, took or changed, and what everybody at the desk is told."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session, col

from app.accounts.alarms import Alarm, alarms
from app.accounts.errors import NotInstalled, SessionEnded
from app.accounts.installation import about, backup_key, service_verify_key, stray_keys
from app.accounts.members import resume
from app.accounts.queues import queue_states
from app.accounts.removal import remove_person
from app.accounts.tables import Account, DirectoryShare, Installation, Organisation, RingKey, StatementRow
from app.storage.engine import make_engine
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import new_signing_key, verify_key
from tests.accounts.attacks import id_of
from tests.cast import NOW, Cast

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def raised(cast: Cast) -> set[tuple[Alarm, str, str]]:
    with cast.session() as session:
        return {(each.alarm, each.subject, each.detail) for each in alarms(session)}


def beside_the_application(cast: Cast, statement: str, *values: str) -> None:
    """What an administrator does with the file itself, where nothing holds rows together."""
    with closing(sqlite3.connect(cast.url.removeprefix("sqlite:///"))) as connection:
        connection.execute(statement, values)
        connection.commit()


def test_an_organisation_that_somebody_inserts_is_none(cast: Cast) -> None:
    with cast.session() as session:
        session.add(Organisation(id="enemy", name="Родинний захист"))
        session.flush()
        petro = session.get_one(Account, id_of(cast, "petro"))
        session.add(Account(**petro.model_dump() | {"id": "enemy", "organisation_id": "enemy", "locator": bytes(32)}))
    assert raised(cast) == {(Alarm.ORGANISATION, "enemy", "not_vouched")}
    with cast.session() as session:
        assert all(queue.ready for queue in queue_states(session) if queue.receiving)


def test_an_organisation_whose_row_is_deleted_is_missed_and_its_queue_receives_nothing(cast: Cast) -> None:
    partner = cast.member("ayshe").organisation_id
    beside_the_application(cast, "DELETE FROM organisation WHERE id = ?", partner)
    assert (Alarm.ORGANISATION, partner, "altered") in raised(cast)
    with cast.session() as session:
        assert "partner-legal" not in {queue.id for queue in queue_states(session) if queue.ready}


def test_a_person_whose_row_is_inserted_or_deleted_is_told(cast: Cast) -> None:
    gone = id_of(cast, "vira")
    with cast.session() as session:
        lena = session.get_one(Account, id_of(cast, "lena"))
        session.add(Account(**lena.model_dump() | {"id": "enemy", "locator": bytes(32)}))
    beside_the_application(cast, "DELETE FROM account WHERE id = ?", gone)
    assert {(Alarm.PERSON, "enemy", "not_appointed"), (Alarm.PERSON, gone, "no_account")} <= raised(cast)


def test_a_person_who_left_is_no_alarm_for_the_row_that_keeps_their_name(cast: Cast) -> None:
    gone = id_of(cast, "iryna")
    with cast.session() as session:
        remove_person(session, cast.member("petro"), gone, NOW)
    assert raised(cast) == set()
    with cast.session() as session:
        session.get_one(Account, gone)


def test_a_record_key_that_is_swapped_is_told_as_the_records(cast: Cast) -> None:
    with cast.session() as session:
        record = col(RingKey.ring) == "record"
        session.execute(update(RingKey).where(record).values(public_key=public_key(new_private_key())))
    assert raised(cast) == {(Alarm.RECORD, "record", "key")}


def test_a_session_whose_share_of_the_names_was_deleted_is_over(cast: Cast) -> None:
    token, daria = cast.log_in("daria"), cast.member("daria")
    with cast.session() as session:
        session.delete(session.get_one(DirectoryShare, (daria.organisation_id, daria.account_id)))
    with cast.session() as session, pytest.raises(SessionEnded):
        resume(session, token, NOW)


def test_the_services_key_is_the_one_that_was_signed_and_none_where_nothing_is_trusted(cast: Cast) -> None:
    with cast.session() as session:
        session.execute(update(Installation).values(service_public=verify_key(new_signing_key())))
    with cast.session() as session:
        assert service_verify_key(session) == verify_key(cast.founded.service_private)
        session.execute(delete(StatementRow))
    with cast.session() as session:
        assert service_verify_key(session) is None


def test_what_is_not_founded_has_no_name_and_no_keys(database_url: str) -> None:
    engine = make_engine(database_url)
    with Session(engine) as session:
        for ask in (about, backup_key, stray_keys):
            with pytest.raises(NotInstalled):
                ask(session)
    engine.dispose()
