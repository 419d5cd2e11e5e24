"""What is missing before families may be let in is said, with what families must wait for first."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from app.accounts.appointing import appoint, name_queue
from app.accounts.permissions import Role
from app.accounts.readiness import Lack, Lacking, lacks
from app.accounts.removal import remove_person
from app.accounts.setup import found
from app.accounts.tables import Account
from app.accounts.vouching_anchor import anchor_to
from app.jobs.queue import enqueue
from app.storage.sessions import session_scope
from tests.cast import NOW, Cast
from tests.service.founded import small_plan

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def missing(cast: Cast, *, safely: bool = True) -> tuple[Lack, ...]:
    with cast.session() as session:
        return lacks(session, NOW, safely_reached=safely)


def let_the_worker_work(cast: Cast) -> None:
    with cast.session() as session:
        enqueue(session, "forget", "", NOW + timedelta(minutes=10))


def test_the_cast_lacks_recovery_and_what_other_organisations_lack(cast: Cast) -> None:
    let_the_worker_work(cast)
    found = missing(cast)
    assert Lack(Lacking.RECOVERY) in found
    # Neither the partner nor Omar's organisation has an administrator, and Omar is alone in his queue.
    others = [lack for lack in found if lack.what is not Lacking.RECOVERY]
    assert [lack.what for lack in others] == [Lacking.PARTNER, Lacking.PARTNER, Lacking.PARTNER_QUEUE]
    assert not any(lack.families_wait for lack in found)


def test_a_worker_that_never_was_or_is_away_is_missed(cast: Cast) -> None:
    assert missing(cast)[0] == Lack(Lacking.WORKER, families_wait=True)
    with cast.session() as session:
        enqueue(session, "forget", "", NOW - timedelta(hours=1))
    assert missing(cast)[0] == Lack(Lacking.WORKER, families_wait=True)


def test_an_address_that_others_read_on_is_said_first(cast: Cast) -> None:
    let_the_worker_work(cast)
    assert missing(cast, safely=False)[0] == Lack(Lacking.ORIGIN, families_wait=True)


def test_people_and_queues_that_are_missing_are_said(cast: Cast) -> None:
    let_the_worker_work(cast)
    petro = cast.member("petro")
    with cast.session() as session:
        receiving = petro.organisation_id
        name_queue(session, petro, receiving, "second", "tracing", cast.founded_account("oksana"), NOW)
    with cast.session() as session:
        remove_person(session, petro, cast.founded_account("iryna"), NOW)
    with cast.session() as session:
        roman = session.get_one(Account, cast.founded_account("roman"))
        keys = roman.verify_key, roman.public_key
        appoint(session, petro, receiving, roman.id, keys, [Role.COORDINATOR], NOW)
    found = {lack.what for lack in missing(cast)}
    assert {Lacking.QUEUE, Lacking.ADMINISTRATORS, Lacking.AUDITOR, Lacking.RECOVERY} <= found


def test_a_triage_that_one_person_holds_keeps_families_waiting(cast: Cast) -> None:
    let_the_worker_work(cast)
    petro = cast.member("petro")
    with cast.session() as session:
        remove_person(session, petro, cast.founded_account("halyna"), NOW)
    assert Lack(Lacking.TRIAGE, families_wait=True) in missing(cast)


def test_what_was_founded_before_anything_in_force_was_signed_says_that_it_is_not(engine: Engine) -> None:
    with session_scope(engine) as session:
        anchor_to(engine, found(session, small_plan()).fingerprint)
    with session_scope(engine) as session:
        assert Lack(Lacking.UNSIGNED) in lacks(session, NOW, safely_reached=True)


def test_without_what_the_root_signed_nothing_counts(cast: Cast) -> None:
    with cast.session() as session:
        session.execute(text("DELETE FROM statement"))
    assert missing(cast) == (Lack(Lacking.ROOT, families_wait=True),)
