"""An administrator with the database's password: what they insert, swap, delete or put back is refused and named."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

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
    Membership,
    Organisation,
    Queue,
    RingKey,
    RingShare,
    StatementRow,
)
from app.accounts.vouching import Fault, vouched
from app.accounts.vouching_anchor import anchor_of, anchor_to, root_fingerprint
from app.accounts.vouching_statements import Statement, make_statement
from app.accounts.vouching_states import Holder, Keys, RingState
from app.storage.packing import pack
from app.vault.context import Purpose, context
from app.vault.digest import sha256
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import new_signing_key, verify_key
from app.vault.symmetric import seal
from app.vault.unlock import unlock_passphrase
from tests.cast import NOW, Cast
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

LEGAL = col(RingKey.ring) == "queue:legal"
CHAIN = "ring:queue:legal"
Attack = Callable[[Session, Cast], Any]


def id_of(cast: Cast, name: str) -> str:
    return next(each.person.account_id for each in cast.founded.people if each.plan.name == name)


def rows(session: Session, chain: str) -> list[StatementRow]:
    query = select(StatementRow).where(col(StatementRow.chain) == chain).order_by(col(StatementRow.number))
    return list(session.exec(query))


def store(session: Session, statement: Statement) -> None:
    session.add(StatementRow(**vars(statement)))


def swap_key(session: Session, _cast: Cast) -> None:
    session.execute(update(RingKey).where(LEGAL).values(public_key=public_key(new_private_key())))


def insert_newer_key(session: Session, cast: Cast) -> None:
    private = new_private_key()
    session.add(RingKey(ring="queue:legal", generation=2, public_key=public_key(private)))
    for name in ("petro", "iryna"):
        account = session.get_one(Account, id_of(cast, name))
        share_ring(session, "queue:legal", 2, private, account.id, account.public_key)


def insert_member(session: Session, cast: Cast) -> None:
    session.add(Membership(queue_id="legal", account_id=id_of(cast, "petro"), lead=True))


def raise_to_lead(session: Session, cast: Cast) -> None:
    mine = col(Membership.queue_id) == "legal", col(Membership.account_id) == id_of(cast, "bohdan")
    session.execute(update(Membership).where(*mine).values(lead=True))


def drop_member(session: Session, cast: Cast) -> None:
    session.execute(delete(Membership).where(col(Membership.account_id) == id_of(cast, "bohdan")))


def insert_share(session: Session, cast: Cast) -> None:
    petro = session.get_one(Account, id_of(cast, "petro"))
    share_ring(session, "queue:legal", 1, new_private_key(), petro.id, petro.public_key)


def drop_key(session: Session, _cast: Cast) -> None:
    session.execute(delete(RingKey).where(LEGAL))


def rename_kind(session: Session, _cast: Cast) -> None:
    session.execute(update(Queue).where(col(Queue.id) == "legal").values(kind="documentation"))


def forge(session: Session, cast: Cast, signer: str, signing_key: bytes) -> None:
    """A next statement of the legal queue, right in every way but who signed it."""
    last, known = rows(session, CHAIN)[-1], vouched(session)
    private, petro = new_private_key(), session.get_one(Account, id_of(cast, "petro"))
    holder = Holder(Keys.of(petro.verify_key, petro.public_key), lead=True)
    state = RingState(known.rings["queue:legal"].organisation, 2, sha256(public_key(private)), {petro.id: holder})
    digest = Statement(last.chain, last.number, last.signer, last.content, last.signature).digest
    store(session, make_statement(CHAIN, 2, digest, state, signer, signing_key))


def forge_as_lead(session: Session, cast: Cast) -> None:
    forge(session, cast, id_of(cast, "daria"), new_signing_key())


def forge_as_administrator(session: Session, cast: Cast) -> None:
    forge(session, cast, id_of(cast, "petro"), cast.member("petro").signing_key)


def forge_as_member(session: Session, cast: Cast) -> None:
    forge(session, cast, id_of(cast, "bohdan"), cast.member("bohdan").signing_key)


def alter_statement(session: Session, _cast: Cast) -> None:
    (row,) = rows(session, CHAIN)
    row.content = row.content.replace(b'"lead":false', b'"lead":true')
    session.add(row)


def drop_statement(session: Session, _cast: Cast) -> None:
    session.execute(delete(StatementRow).where(col(StatementRow.chain) == CHAIN))


def move_statement(session: Session, _cast: Cast) -> None:
    other = rows(session, "ring:queue:tracing")[0]
    values = {"signer": other.signer, "content": other.content, "signature": other.signature}
    session.execute(update(StatementRow).where(col(StatementRow.chain) == CHAIN).values(values))


ATTACKS: dict[str, tuple[Attack, Alarm]] = {
    "a key is swapped": (swap_key, Alarm.QUEUE),
    "a newer key is inserted": (insert_newer_key, Alarm.QUEUE),
    "a key is deleted": (drop_key, Alarm.QUEUE),
    "a member is inserted": (insert_member, Alarm.QUEUE),
    "a member becomes lead": (raise_to_lead, Alarm.QUEUE),
    "a member is deleted": (drop_member, Alarm.QUEUE),
    "a share is inserted": (insert_share, Alarm.QUEUE),
    "a queue becomes of another kind": (rename_kind, Alarm.QUEUE),
    "a statement is forged in the lead's name": (forge_as_lead, Alarm.STATEMENTS),
    "a statement is signed by an administrator": (forge_as_administrator, Alarm.STATEMENTS),
    "a statement is signed by a member who does not lead": (forge_as_member, Alarm.STATEMENTS),
    "a statement is altered": (alter_statement, Alarm.STATEMENTS),
    "a statement is deleted": (drop_statement, Alarm.STATEMENTS),
    "a statement is put in the place of another": (move_statement, Alarm.STATEMENTS),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_queue_receives_nothing_triage_does_and_everybody_hears_of_it(cast: Cast, attack: str) -> None:
    attacked, alarm = ATTACKS[attack]
    with cast.session() as session:
        assert alarms(session) == ()
    with cast.session() as session:
        attacked(session, cast)
    with cast.session() as session:
        ready = {queue.id for queue in queue_states(session) if queue.ready}
        raised = alarms_for(session, cast.member("halyna").organisation_id)
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


def put_back(cast: Cast, before: dict[str, list[dict[str, Any]]]) -> None:
    """Yesterday's keys, members and statements over today's."""
    with cast.session() as session:
        for table in (RingShare, RingKey, Membership, StatementRow):
            session.execute(delete(table))
            session.execute(insert(table), before[table.__tablename__])


def test_a_whole_older_state_that_is_put_back_is_refused_also_after_a_restart(cast: Cast, tmp_path: Path) -> None:
    witness = tmp_path / "witness.json"
    anchor_to(cast.engine, cast.founded.fingerprint, witness)
    before = dump(cast.engine)
    with cast.session() as session:
        renew_ring(session, cast.member("daria"), "queue:legal", NOW, [id_of(cast, "bohdan")])
    with cast.session() as session:
        assert vouched(session).faults == {}
    put_back(cast, before)
    for _restart in range(2):
        with cast.session() as session:
            assert vouched(session).faults == {CHAIN: Fault.PUT_BACK}
            assert "legal" not in {queue.id for queue in queue_states(session) if queue.ready}
        anchor_to(cast.engine, cast.founded.fingerprint, witness)
    assert json.loads(witness.read_text())[CHAIN][0] == 2
    # Without the file a process that knows nothing yet cannot tell it from the newest.
    witness.unlink()
    anchor_to(cast.engine, cast.founded.fingerprint, witness)
    with cast.session() as session:
        assert vouched(session).faults == {}


def test_a_chain_that_goes_on_otherwise_than_was_seen_is_refused(cast: Cast) -> None:
    daria, bohdan = cast.member("daria"), id_of(cast, "bohdan")
    with cast.session() as session:
        assert vouched(session).faults == {}
    before = dump(cast.engine)
    with cast.session() as session:
        renew_ring(session, daria, "queue:legal", NOW, [bohdan])
    with cast.session() as session:
        assert vouched(session).numbers[CHAIN] == 2
    put_back(cast, before)
    with cast.session() as session:
        seen = anchor_of(session).seen()
    # The lead's own hand, but a second time: Bohdan stays in, in a state that nobody was shown.
    anchor_to(cast.engine, cast.founded.fingerprint)
    with cast.session() as session:
        renew_ring(session, daria, "queue:legal", NOW)
    anchor_to(cast.engine, cast.founded.fingerprint)
    with cast.session() as session:
        anchor_of(session).note(seen)
        assert vouched(session).faults == {CHAIN: Fault.FORKED}


def test_what_is_rolled_back_was_never_seen(cast: Cast) -> None:
    daria = cast.member("daria")

    def interrupted(session: Session) -> None:
        renew_ring(session, daria, "queue:legal", NOW)
        session.flush()
        assert vouched(session).numbers[CHAIN] == 2
        raise RuntimeError

    with pytest.raises(RuntimeError), cast.session() as session:
        interrupted(session)
    with cast.session() as session:
        assert vouched(session).faults == {}
        assert vouched(session).numbers[CHAIN] == 1


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
