"""Who signs may give a key to somebody of another organisation, or found a ring that is not theirs: neither stands."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from app.accounts.alarms import Alarm, alarms
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.queues import queue_states
from app.accounts.ring_keeping import renew_ring
from app.accounts.rings import STATISTICS, open_ring, sealed_share
from app.accounts.setup import OrganisationPlan, PersonPlan, QueuePlan, found
from app.accounts.tables import Membership
from app.accounts.vouching import vouched
from app.accounts.vouching_anchor import anchor_to
from app.accounts.vouching_following import Fault
from app.accounts.vouching_rings import Holder, Keys, RingState
from app.accounts.vouching_states import Named, ring_chain
from app.accounts.vouching_stating import administered, sign_next, sign_organisation, write_statement
from app.statistics.facets import statistics_key
from app.storage.sessions import session_scope
from app.vault.digest import sha256
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import verify_key
from tests.accounts.attacks import store
from tests.cast import NOW, OMAR, Cast
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
LEGAL = "queue:legal"


def give_to(session: Session, lead: Member, stranger: Member) -> None:
    """What a lead signs and writes past the page: the key, a place among the members, and that it may be given on."""
    known = vouched(session)
    before = known.rings[LEGAL]
    keys = Keys.of(verify_key(stranger.signing_key), stranger.pair.public)
    holders = {**before.holders, stranger.account_id: Holder(keys, lead=True)}
    store(session, sign_next(known, ring_chain(LEGAL), replace(before, holders=holders), lead))
    private = open_ring(session, LEGAL, before.generation, lead.account_id, lead.pair)
    session.add(sealed_share(LEGAL, before.generation, private, stranger.account_id, stranger.pair.public))
    session.add(Membership(queue_id="legal", account_id=stranger.account_id, lead=True))


def test_nobody_of_another_organisation_is_in_a_queue_whoever_gave_them_its_key(cast: Cast) -> None:
    daria, omar = cast.member("daria"), cast.member(OMAR)
    with cast.session() as session:
        give_to(session, daria, omar)
    with cast.session() as session:
        assert vouched(session).faults == {}
        assert [(each.alarm, each.subject) for each in alarms(session)] == [(Alarm.QUEUE, "legal")]
        assert "legal" not in {queue.id for queue in queue_states(session) if queue.ready}
    assert [queue.id for queue in cast.member(OMAR).queues] == ["outside"]
    with cast.session() as session:
        renew_ring(session, daria, LEGAL, NOW)
    with cast.session() as session:
        assert (alarms(session), omar.account_id in vouched(session).rings[LEGAL].holders) == ((), False)
        assert "legal" in {queue.id for queue in queue_states(session) if queue.ready}
    assert omar.account_id not in {row["account_id"] for row in dump(cast.engine)["ring_share"] if row["ring"] == LEGAL}


def founded_without_coordinators(engine: Engine) -> Cast:
    ours = OrganisationPlan(
        "Родинний захист",
        (QueuePlan("legal", "legal"),),
        (
            PersonPlan("daria", "Дарія Мельник", (Role.CASEWORKER,), ("legal",), ("legal",)),
            PersonPlan("petro", "Петро Горовий", (Role.ADMINISTRATOR,)),
            PersonPlan("roman", "Роман Литвин", (Role.AUDITOR,)),
        ),
    )
    partner = OrganisationPlan("Правнича сотня", (), (PersonPlan("ayshe", "Айше", (Role.ADMINISTRATOR,)),))
    with session_scope(engine) as session:
        founded = found(session, [ours, partner])
    anchor_to(engine, founded.fingerprint)
    return Cast(engine, "", founded)


def test_an_organisation_that_does_not_receive_founds_no_key_that_everybodys_figures_are_sealed_to(
    engine: Engine,
) -> None:
    cast = founded_without_coordinators(engine)
    ayshe = cast.member("ayshe")
    with cast.session() as session:
        known, state = administered(session, ayshe, ayshe.organisation_id)
        named = Named("", {ayshe.account_id: (verify_key(ayshe.signing_key),)})
        stated = replace(state, rings={**state.rings, STATISTICS: named})
        write_statement(session, sign_organisation(known, ayshe.organisation_id, stated, ayshe))
    with cast.session() as session:
        private = new_private_key()
        holders = {ayshe.account_id: Holder(Keys.of(verify_key(ayshe.signing_key), ayshe.pair.public), lead=True)}
        ring = RingState(ayshe.organisation_id, 1, sha256(public_key(private)), holders)
        store(session, sign_next(vouched(session), ring_chain(STATISTICS), ring, ayshe))
    with cast.session() as session:
        assert vouched(session).faults == {ring_chain(STATISTICS): Fault.NOT_ALLOWED}
        assert statistics_key(session) is None
        assert Alarm.STATEMENTS in {each.alarm for each in alarms(session)}
