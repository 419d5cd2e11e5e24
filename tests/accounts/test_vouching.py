"""Chains that do not hold: what is put beside, after or into them counts for nothing and is named."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlmodel import Session

from app.accounts.alarms import Alarm, alarms
from app.accounts.errors import MayNotState, NotVouched, StatedMeanwhile
from app.accounts.removal import remove_person
from app.accounts.ring_keeping import grant_ring
from app.accounts.tables import StatementRow
from app.accounts.vouching import vouched
from app.accounts.vouching_following import Fault
from app.accounts.vouching_rings import RingState, Trustees
from app.accounts.vouching_statements import Statement, make_statement
from app.accounts.vouching_states import organisation_chain
from app.accounts.vouching_stating import sign_next, sign_organisation, write_statement
from tests.accounts.attacks import CHAIN, forge_as_administrator, id_of, store
from tests.cast import NOW, Cast

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def of_daria(session: Session, cast: Cast, number: int, after: bytes | None = None, **changes: object) -> Statement:
    """A statement of the legal queue that its own lead signed, as the state before but for ``changes``."""
    known, daria = vouched(session), cast.member("daria")
    state: RingState = replace(known.rings["queue:legal"], **changes)  # type: ignore[arg-type]
    digest = known.digests[CHAIN] if after is None else after
    return make_statement(CHAIN, number, digest, state, daria.account_id, daria.signing_key)


def leave_one_out(session: Session, cast: Cast) -> None:
    store(session, of_daria(session, cast, 3))


def follow_another(session: Session, cast: Cast) -> None:
    store(session, of_daria(session, cast, 2, after=bytes(32)))


def scribble(session: Session, cast: Cast) -> None:
    store(session, replace(of_daria(session, cast, 2), content=b'{"version":1}'))


def give_away(session: Session, cast: Cast) -> None:
    store(session, of_daria(session, cast, 2, organisation=cast.member("ayshe").organisation_id))


def give_to_nobody(session: Session, cast: Cast) -> None:
    store(session, of_daria(session, cast, 2, organisation="nowhere"))


def give_trustees(session: Session, cast: Cast) -> None:
    store(session, of_daria(session, cast, 2, trustees=Trustees(2, 3, 1, tested=False)))


@pytest.mark.parametrize(
    ("attack", "fault"),
    [
        (leave_one_out, Fault.OUT_OF_ORDER),
        (follow_another, Fault.OUT_OF_ORDER),
        (scribble, Fault.UNREADABLE),
        (give_away, Fault.NOT_ALLOWED),
        (give_to_nobody, Fault.NOT_ALLOWED),
        (give_trustees, Fault.NOT_ALLOWED),
    ],
)
def test_what_does_not_follow_changes_nothing_and_is_told_to_whose_queue_it_is(
    cast: Cast, attack: Callable[[Session, Cast], None], fault: Fault
) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        before = vouched(session).rings
        attack(session, cast)
    with cast.session() as session:
        known = vouched(session)
        assert known.faults == {CHAIN: fault}
        assert known.rings == before
        raised = [(each.detail, each.organisation_id) for each in alarms(session) if each.alarm is Alarm.STATEMENTS]
        assert raised == [(fault.value, daria.organisation_id)]


def test_a_chain_of_an_organisation_is_told_to_it_and_one_of_nobody_to_all(cast: Cast) -> None:
    ayshe = cast.member("ayshe")
    own, chains = organisation_chain(ayshe.organisation_id), {"gossip", "organisation:nowhere", "ring:queue:nowhere"}
    with cast.session() as session:
        for chain in chains:
            session.add(StatementRow(chain=chain, number=1, signer="root", content=b"noise", signature=bytes(64)))
        session.add(StatementRow(chain=own, number=2, signer="root", content=b"noise", signature=bytes(64)))
    with cast.session() as session:
        assert vouched(session).faults == dict.fromkeys((*chains, own), Fault.UNREADABLE)
        told = {each.subject: each.organisation_id for each in alarms(session) if each.alarm is Alarm.STATEMENTS}
        assert told == {**dict.fromkeys(chains), own: ayshe.organisation_id}


def test_nobody_goes_on_with_a_chain_that_does_not_hold(cast: Cast) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        forge_as_administrator(session, cast)
    with cast.session() as session, pytest.raises(NotVouched):
        grant_ring(session, daria, "queue:legal", id_of(cast, "oksana"), NOW)


def test_of_two_who_state_at_one_moment_the_second_is_told(cast: Cast) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        known = vouched(session)
        signed = sign_next(known, CHAIN, known.rings["queue:legal"], daria)
    with cast.session() as session:
        write_statement(session, signed)
    with cast.session() as session, pytest.raises(StatedMeanwhile):
        write_statement(session, signed)


def test_an_administrator_does_not_sign_that_somebody_never_left(cast: Cast) -> None:
    petro = cast.member("petro")
    with cast.session() as session:
        before = vouched(session).organisations[petro.organisation_id]
        remove_person(session, petro, id_of(cast, "bohdan"), NOW)
    with cast.session() as session, pytest.raises(MayNotState):
        sign_organisation(vouched(session), petro.organisation_id, before, petro)
