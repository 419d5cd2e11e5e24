"""Of two who sign at one moment nobody signs on what is no longer so: what stays would stop the queue for good."""

from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest

from app.accounts import members
from app.accounts.errors import StatedMeanwhile
from app.accounts.lockdown import LockdownWish, wish
from app.accounts.removal import remove_person
from app.accounts.ring_keeping import grant_ring, renew_ring
from app.accounts.vouching import vouched
from app.accounts.vouching_states import ring_chain
from app.accounts.vouching_stating import sign_next, write_statement
from tests.cast import NOW, Cast


def test_who_is_removed_meanwhile_signs_for_no_queue(cast: Cast) -> None:
    daria, petro, ring = cast.member("daria"), cast.member("petro"), "queue:legal"
    with cast.session() as session:
        before = vouched(session)
        # All is decided and signed, and another is faster to write.
        statement = sign_next(before, ring_chain(ring), replace(before.rings[ring], cover=None), daria)
        with cast.session() as other:
            remove_person(other, petro, daria.account_id, NOW)
        with pytest.raises(StatedMeanwhile):
            write_statement(session, statement)
        session.rollback()
    with cast.session() as session:
        assert vouched(session).faults == {}


def test_nobody_is_removed_upon_numbers_that_are_no_longer_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    daria, petro = cast.member("daria"), cast.member("petro")
    with cast.session() as session:
        before = vouched(session)
        with cast.session() as other:
            renew_ring(other, daria, "queue:legal", NOW)
        monkeypatch.setattr("app.accounts.removal.vouched", lambda _session: before)
        monkeypatch.setattr("app.accounts.vouching_stating.vouched", lambda _session: before)
        with pytest.raises(StatedMeanwhile):
            remove_person(session, petro, daria.account_id, NOW)
        session.rollback()
    monkeypatch.undo()
    with cast.session() as session:
        assert vouched(session).faults == {}
        remove_person(session, petro, daria.account_id, NOW + timedelta(minutes=1))
    with cast.session() as session:
        assert vouched(session).faults == {}


def test_who_is_removed_meanwhile_wishes_no_lockdown(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    iryna, petro = cast.member("iryna"), cast.member("petro")
    with cast.session() as session:
        before = vouched(session)
        with cast.session() as other:
            remove_person(other, petro, iryna.account_id, NOW)
        monkeypatch.setattr("app.accounts.lockdown.vouched", lambda _session: before)
        with pytest.raises(StatedMeanwhile):
            wish(session, iryna, LockdownWish.ASK, NOW)
        session.rollback()
    monkeypatch.undo()
    with cast.session() as session:
        assert vouched(session).faults == {}
        assert vouched(session).desk is None


def test_leads_of_two_queues_do_not_wait_for_each_other(cast: Cast) -> None:
    daria, oksana = cast.member("daria"), cast.member("oksana")
    ring = next(f"queue:{queue.id}" for queue in oksana.queues if queue.lead)
    with cast.session() as session:
        assert vouched(session).faults == {}
        with cast.session() as other:
            renew_ring(other, daria, "queue:legal", NOW)
        renew_ring(session, oksana, ring, NOW)
    with cast.session() as session:
        numbers = vouched(session).numbers
        assert (numbers["ring:queue:legal"], numbers[f"ring:{ring}"], vouched(session).faults) == (2, 2, {})


def test_of_two_leads_who_renew_after_one_removal_the_second_puts_no_names_under_a_key_that_opens_none(
    cast: Cast,
) -> None:
    oksana, bohdan = cast.member("oksana"), cast.founded_account("bohdan")
    with cast.session() as session:
        grant_ring(session, oksana, "queue:tracing", bohdan, NOW)
    with cast.session() as session:
        remove_person(session, cast.member("petro"), bohdan, NOW)
    daria, token = cast.member("daria"), cast.begun_session("oksana")
    with cast.session() as session:
        # She came in with the key to the names that there was, and is slower.
        oksana = members.resume(session, token, NOW)
        with cast.session() as other:
            renew_ring(other, daria, "queue:legal", NOW)
        with pytest.raises(StatedMeanwhile):
            renew_ring(session, oksana, "queue:tracing", NOW)
        session.rollback()
    assert cast.member("petro").name == "Петро Горовий"
    with cast.session() as session:
        renew_ring(session, members.resume(session, token, NOW), "queue:tracing", NOW)
    assert cast.member("petro").name == "Петро Горовий"


def test_whoever_writes_second_waits_for_the_first_and_is_told(cast: Cast) -> None:
    """The first has written and not yet committed, so the second cannot see it and must wait to look."""
    daria, petro, ring = cast.member("daria"), cast.member("petro"), "queue:legal"
    looked, go, told = Event(), Event(), list[str]()

    def remove() -> None:
        with cast.session() as session:
            vouched(session)
            looked.set()
            go.wait()
            try:
                remove_person(session, petro, daria.account_id, NOW)
            except StatedMeanwhile:
                told.append("second")
                session.rollback()

    second = Thread(target=remove)
    with cast.session() as session:
        before = vouched(session)
        statement = sign_next(before, ring_chain(ring), replace(before.rings[ring], cover=None), daria)
        second.start()
        looked.wait()
        write_statement(session, statement)
        go.set()
        # Long enough for the second to have decided, and to stand before its own write.
        second.join(1)
    second.join()
    with cast.session() as session:
        assert (told, vouched(session).faults, vouched(session).numbers[ring_chain(ring)]) == (["second"], {}, 2)
