"""An administrator with the database's password: what they insert, swap, delete or put back is refused and named."""

from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from app.accounts import login
from app.accounts.alarms import Alarm, alarms, alarms_for
from app.accounts.appointing import appoint, name_queue
from app.accounts.errors import LogInRefused, MayNotState, NotVouched
from app.accounts.permissions import Role
from app.accounts.queues import newest_key, queue_states
from app.accounts.removal import remove_person
from app.accounts.ring_keeping import begin_ring, grant_ring, renew_ring
from app.accounts.rings import share_ring
from app.accounts.tables import (
    Account,
    Installation,
    Organisation,
    Queue,
    RingKey,
)
from app.accounts.vouching import vouched
from app.accounts.vouching_anchor import anchor_to, root_fingerprint
from app.accounts.vouching_following import Fault
from app.accounts.vouching_rings import Holder, Keys
from app.accounts.vouching_statements import make_statement
from app.accounts.vouching_states import Left, OrganisationState, Person, organisation_chain
from app.storage.packing import pack
from app.vault.context import Purpose, context
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import new_signing_key, verify_key
from app.vault.symmetric import seal
from app.vault.unlock import unlock_passphrase
from tests.accounts.attacks import ATTACKS, CHAIN, id_of, store
from tests.cast import NOW, Cast
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_queue_receives_nothing_triage_does_and_everybody_hears_of_it(cast: Cast, attack: str) -> None:
    attacked, alarm = ATTACKS[attack]
    with cast.session() as session:
        assert alarms(session) == ()
    with cast.session() as session:
        attacked(session, cast)
    with cast.session() as session:
        ready = {queue.id for queue in queue_states(session) if queue.ready}
        raised = alarms_for(session, cast.member("halyna").organisation_id, NOW)
        with pytest.raises(NotVouched):
            newest_key(session, "queue:legal")
    assert "legal" not in ready
    assert {"triage", "tracing", "protection"} <= ready
    assert alarm in {each.alarm for each in raised}
    cast.report()

    assert [row["queue_id"] for row in dump(cast.engine)["grant"]] == ["triage"]


def test_a_queue_that_somebody_inserts_is_none(cast: Cast) -> None:
    with cast.session() as session:
        organisation = session.get_one(Account, id_of(cast, "petro")).organisation_id
        session.add(Queue(id="a-legal", organisation_id=organisation, kind="legal"))
        session.flush()
        private = new_private_key()
        session.add(RingKey(ring="queue:a-legal", generation=1, public_key=public_key(private)))
        for name in ("petro", "iryna"):
            account = session.get_one(Account, id_of(cast, name))
            share_ring(session, "queue:a-legal", 1, private, account.id, account.public_key)
    cast.report()

    assert [row["queue_id"] for row in dump(cast.engine)["grant"]] == ["legal"]
    with cast.session() as session:
        assert [(each.alarm, each.subject) for each in alarms(session)] == [(Alarm.STRAY_QUEUE, "a-legal")]


def test_the_receiving_organisation_is_not_changed_by_a_row(cast: Cast) -> None:
    with cast.session() as session:
        partner = session.get_one(Account, id_of(cast, "ayshe")).organisation_id
        session.execute(update(Installation).values(receiving_id=partner))
    with cast.session() as session:
        assert not any(queue.ready for queue in queue_states(session))
        assert {each.alarm for each in alarms(session)} == {Alarm.ORGANISATION}


def test_the_name_that_the_consent_says_is_not_changed_by_a_row(cast: Cast) -> None:
    with cast.session() as session:
        session.execute(update(Organisation).where(col(Organisation.name) == "Родинний захист").values(name="Інша"))
    with cast.session() as session:
        assert not any(queue.ready and queue.receiving for queue in queue_states(session))
        assert Alarm.ORGANISATION in {each.alarm for each in alarms(session)}


def test_an_account_with_keys_of_the_enemys_own_does_not_log_in(cast: Cast) -> None:
    private, signing = new_private_key(), new_signing_key()
    passphrase, totp = cast.secrets("daria")
    daria = id_of(cast, "daria")
    with cast.session() as session:
        salt = session.exec(select(Installation)).one().salt
        unlocked = unlock_passphrase("daria", passphrase, salt)
        bundle = pack({"private_key": private, "signing_key": signing, "totp_secret": totp})
        values = {
            "bundle": seal(unlocked.wrapping_key, bundle, context(Purpose.BUNDLE, daria)),
            "public_key": public_key(private),
            "verify_key": verify_key(signing),
        }
        session.execute(update(Account).where(col(Account.id) == daria).values(values))
    with cast.session() as session:
        with pytest.raises(LogInRefused):
            login.log_in(session, "daria", passphrase, NOW)
        assert [(each.alarm, each.detail) for each in alarms(session)] == [(Alarm.PERSON, "other_keys")]


def test_roles_that_nobody_signed_open_no_door(cast: Cast) -> None:
    with cast.session() as session:
        lena = col(Account.id) == id_of(cast, "lena")
        session.execute(update(Account).where(lena).values(roles="administrator caseworker coordinator"))
    assert cast.member("lena").roles == {Role.COORDINATOR}
    with cast.session() as session:
        assert [(each.alarm, each.detail) for each in alarms(session)] == [(Alarm.PERSON, "other_roles")]


def test_nothing_is_trusted_under_another_root_or_none(cast: Cast) -> None:
    for fingerprint in (None, root_fingerprint(verify_key(new_signing_key()))):
        anchor_to(cast.engine, fingerprint)
        with cast.session() as session:
            assert vouched(session).faults == {"installation": Fault.NO_ROOT}
            assert queue_states(session) == ()
            with pytest.raises(LogInRefused):
                login.log_in(session, "daria", cast.secrets("daria")[0], NOW)


def test_an_administrator_vouches_for_no_key_and_no_membership(cast: Cast) -> None:
    petro, oksana = cast.member("petro"), id_of(cast, "oksana")
    with cast.session() as session:
        with pytest.raises(MayNotState):
            grant_ring(session, petro, "queue:legal", oksana, NOW)
        with pytest.raises(MayNotState):
            renew_ring(session, petro, "queue:legal", NOW)
        with pytest.raises(MayNotState):
            begin_ring(session, petro, "queue:legal", NOW)


def test_a_lead_whose_keys_an_administrator_resets_speaks_for_the_queue_no_more(cast: Cast) -> None:
    petro, daria = cast.member("petro"), cast.member("daria")
    signing, private = new_signing_key(), new_private_key()
    with cast.session() as session:
        keys = verify_key(signing), public_key(private)
        appoint(session, petro, daria.organisation_id, daria.account_id, keys, [Role.CASEWORKER], NOW)
    with cast.session() as session:
        assert vouched(session).faults == {}
        assert "legal" not in {queue.id for queue in queue_states(session) if queue.ready}
        with pytest.raises(MayNotState):
            grant_ring(session, replace(daria, signing_key=signing), "queue:legal", id_of(cast, "oksana"), NOW)


def test_a_new_queue_gets_its_key_from_its_first_lead_and_receives_with_two(cast: Cast) -> None:
    petro, oksana, mykola = cast.member("petro"), cast.member("oksana"), cast.member("mykola")
    with cast.session() as session:
        name_queue(session, petro, petro.organisation_id, "tracing-2", "tracing", oksana.account_id, NOW)
    with cast.session() as session, pytest.raises(MayNotState):
        begin_ring(session, mykola, "queue:tracing-2", NOW)
    with cast.session() as session:
        begin_ring(session, oksana, "queue:tracing-2", NOW)
    with cast.session() as session:
        assert not {queue.id: queue for queue in queue_states(session)}["tracing-2"].ready
        grant_ring(session, oksana, "queue:tracing-2", mykola.account_id, NOW)
    with cast.session() as session:
        assert {queue.id: queue for queue in queue_states(session)}["tracing-2"].ready
        assert alarms(session) == ()


def test_what_a_lead_signs_after_leaving_counts_for_nothing_however_it_is_dated(cast: Cast) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        remove_person(session, cast.member("petro"), daria.account_id, NOW)
    with cast.session() as session:
        known = vouched(session)
        before = known.rings["queue:legal"]
        state = replace(before, holders={**before.holders, "accomplice": Holder(Keys(bytes(32), bytes(32)), lead=True)})
        signed = make_statement(CHAIN, 2, known.digests[CHAIN], state, daria.account_id, daria.signing_key)
        store(session, signed)
    with cast.session() as session:
        assert vouched(session).faults == {CHAIN: Fault.NOT_ALLOWED}


def state_for_partner(cast: Cast, people: dict[str, Person], left: dict[str, Left]) -> tuple[str, str]:
    """A statement of the partner organisation that is right in every way but whom it names; the partner, its chain."""
    petro = cast.member("petro")
    with cast.session() as session:
        known, partner = vouched(session), cast.member("ayshe").organisation_id
        before, chain = known.organisations[partner], organisation_chain(partner)
        after: OrganisationState = replace(before, people={**before.people, **people}, left={**before.left, **left})
        number = known.numbers[chain] + 1
        store(session, make_statement(chain, number, known.digests[chain], after, petro.account_id, petro.signing_key))
    return partner, chain


@pytest.mark.parametrize("home", ["founded", "appointed later"])
def test_an_administrator_takes_nobody_of_another_organisation(cast: Cast, home: str) -> None:
    petro, signing = cast.member("petro"), new_signing_key()
    account_id, own = id_of(cast, "daria"), cast.member("daria").signing_key
    if home != "founded":
        account_id, own = "newcomer", new_signing_key()
        keys = verify_key(own), public_key(new_private_key())
        with cast.session() as session:
            appoint(session, petro, petro.organisation_id, account_id, keys, [Role.CASEWORKER], NOW)
        with cast.session() as session:
            assert vouched(session).faults == {}
    evil = Person(Keys(verify_key(signing), bytes(32)), frozenset({Role.CASEWORKER}))
    partner, chain = state_for_partner(cast, {account_id: evil}, {})
    with cast.session() as session:
        known = vouched(session)
        assert known.faults == {chain: Fault.NOT_THEIRS}
        assert known.signing_keys(account_id) == (verify_key(own),)
        assert known.organisation_of(account_id) == petro.organisation_id
        assert account_id not in known.organisations[partner].people


def test_an_administrator_makes_up_nobody_who_left(cast: Cast) -> None:
    _, chain = state_for_partner(cast, {}, {"service": Left((verify_key(new_signing_key()),), {})})
    with cast.session() as session:
        assert vouched(session).faults == {chain: Fault.NOT_ALLOWED}
        assert vouched(session).signing_keys("service") == ()
