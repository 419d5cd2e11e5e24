"""A reset ends the keys that were stolen: whoever has them, and the database's password, speaks for no queue."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import update
from sqlmodel import Session, col

from app.accounts.alarms import Alarm, alarms
from app.accounts.appointing import appoint, name_lead
from app.accounts.auditing import Wanted, read_trail
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.queues import queue_states
from app.accounts.record import actor_keys, put_on_record
from app.accounts.ring_keeping import grant_ring, renew_ring
from app.accounts.rings import sealed_share
from app.accounts.tables import Account, RingKey
from app.accounts.vouching import vouched
from app.accounts.vouching_following import Fault
from app.accounts.vouching_rings import Holder, Keys
from app.accounts.vouching_states import Person, organisation_chain
from app.accounts.vouching_stating import administered, sign_next, sign_organisation, write_statement
from app.trail.chain import Verdict, check
from app.vault.digest import sha256
from app.vault.hybrid import key_pair, new_private_key, public_key
from app.vault.signing import new_signing_key, verify_key
from tests.accounts.attacks import CHAIN, id_of, store
from tests.accounts.trustees import remove
from tests.cast import NOW, OMAR, Cast
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
RING = "queue:legal"


def reset(cast: Cast, name: str) -> tuple[bytes, bytes]:
    """Petro vouches for other keys of somebody, whose old ones were stolen; the new ones (signing, private)."""
    petro, account = cast.member("petro"), id_of(cast, name)
    signing, private = new_signing_key(), new_private_key()
    keys = verify_key(signing), public_key(private)
    with cast.session() as session:
        roles = vouched(session).organisations[petro.organisation_id].people[account].roles
        appoint(session, petro, petro.organisation_id, account, keys, roles, NOW)
        row = col(Account.id) == account
        session.execute(update(Account).where(row).values(verify_key=keys[0], public_key=keys[1]))
    return signing, private


def take_over(session: Session, thief: Member, holders: dict[str, Holder]) -> None:
    """A key of the thief's own, for the very people who should hold it: shares that open are not even needed."""
    known, private = vouched(session), new_private_key()
    before = known.rings[RING]
    public = public_key(private)
    state = replace(before, generation=before.generation + 1, public=sha256(public), holders=holders)
    store(session, sign_next(known, CHAIN, state, thief))
    session.add(RingKey(ring=RING, generation=state.generation, public_key=public))
    session.flush()
    for account in holders:
        key = session.get_one(Account, account).public_key
        session.add(sealed_share(RING, state.generation, private, account, key))


@pytest.mark.parametrize("everybody", [False, True], ids=["a lead", "everybody"])
def test_a_queue_is_not_taken_over_with_a_key_that_a_reset_ended(cast: Cast, *, everybody: bool) -> None:
    thief = cast.member("daria")
    with cast.session() as session:
        holders = dict(vouched(session).rings[RING].holders)
    for name in ("daria", "bohdan") if everybody else ("daria",):
        signing, private = reset(cast, name)
        account = id_of(cast, name)
        keys = Keys.of(verify_key(signing), public_key(private))
        holders[account] = replace(holders[account], keys=keys)
    with cast.session() as session:
        take_over(session, thief, holders)
    with cast.session() as session:
        assert CHAIN in vouched(session).faults
        assert "legal" not in {queue.id for queue in queue_states(session) if queue.ready}
        assert (Alarm.STATEMENTS, CHAIN) in {(each.alarm, each.subject) for each in alarms(session)}
    cast.report()
    assert [row["queue_id"] for row in dump(cast.engine)["grant"]] == ["triage"]


def test_what_the_key_signed_before_its_reset_stays_and_another_lead_goes_on(cast: Cast) -> None:
    daria, bohdan = cast.member("daria"), id_of(cast, "bohdan")
    with cast.session() as session:
        renew_ring(session, daria, RING, NOW, [bohdan])
    with cast.session() as session:
        grant_ring(session, daria, RING, bohdan, NOW, lead=True)
    reset(cast, "daria")
    with cast.session() as session:
        assert vouched(session).faults == {}
        grant_ring(session, cast.member("bohdan"), RING, daria.account_id, NOW, lead=True)
    with cast.session() as session:
        assert vouched(session).faults == {}
        assert "legal" in {queue.id for queue in queue_states(session) if queue.ready}


def test_a_lead_whose_keys_were_reset_begins_anew_where_nobody_else_holds_the_key(cast: Cast) -> None:
    daria, petro, organisation = cast.member("daria"), cast.member("petro"), cast.member("petro").organisation_id
    with cast.session() as session:
        renew_ring(session, daria, RING, NOW, [id_of(cast, "bohdan")])
    signing, private = reset(cast, "daria")
    anew = replace(daria, signing_key=signing, pair=key_pair(private))
    with cast.session() as session:
        name_lead(session, petro, organisation, RING, daria.account_id, NOW)
    with cast.session() as session:
        renew_ring(session, anew, RING, NOW)
    with cast.session() as session:
        assert vouched(session).faults == {}
        assert vouched(session).rings[RING].holders == {
            daria.account_id: Holder(Keys.of(verify_key(signing), anew.pair.public), lead=True)
        }


def test_the_key_that_a_reset_ended_administers_no_other_organisation_either(cast: Cast) -> None:
    iryna, thief, account = cast.member("iryna"), cast.member("petro"), id_of(cast, "petro")
    with cast.session() as session:
        foreign = cast.member(OMAR).organisation_id
        before = vouched(session).organisations[foreign]
        assert before.administrator_key(account) == verify_key(thief.signing_key)
    signing = new_signing_key()
    keys = verify_key(signing), public_key(new_private_key())
    with cast.session() as session:
        appoint(session, iryna, iryna.organisation_id, account, keys, (Role.ADMINISTRATOR,), NOW)
        session.execute(
            update(Account).where(col(Account.id) == account).values(verify_key=keys[0], public_key=keys[1])
        )
    with cast.session() as session:
        assert (vouched(session).faults, alarms(session)) == ({}, ())
        state = vouched(session).organisations[foreign]
        assert state.administrator_key(account) == verify_key(signing)
        made_up = Person(Keys.of(verify_key(thief.signing_key), b""), frozenset({Role.CASEWORKER}))
        chain = organisation_chain(foreign)
        intruding = replace(state, people={**state.people, "intruder": made_up})
        store(session, sign_next(vouched(session), chain, intruding, thief))
    with cast.session() as session:
        assert vouched(session).faults == {chain: Fault.NOT_SIGNED}
        assert "intruder" not in vouched(session).organisations[foreign].people


def test_a_key_of_before_that_still_administers_elsewhere_is_an_alarm(cast: Cast) -> None:
    foreign, account = cast.member(OMAR).organisation_id, id_of(cast, "petro")
    with cast.session() as session:
        known, state = administered(session, cast.member("iryna"), foreign)
        older = replace(state, stewards={**state.stewards, account: verify_key(new_signing_key())})
        write_statement(session, sign_organisation(known, foreign, older, cast.member("iryna")))
    with cast.session() as session:
        raised = [(each.alarm, each.subject, each.detail) for each in alarms(session)]
        assert raised == [(Alarm.PERSON, account, "administers_with_older_keys")]


def verdict(cast: Cast) -> Verdict:
    with cast.session() as session:
        return check(session, partial(actor_keys, vouched(session)))


@pytest.mark.parametrize("removed", [False, True], ids=["reset", "reset and removed"])
def test_nothing_is_added_to_the_record_with_a_key_that_a_reset_ended(cast: Cast, *, removed: bool) -> None:
    thief, roman = cast.member("daria"), cast.member("roman")
    with cast.session() as session:
        put_on_record(session, thief, "queue_opened", NOW, queue="legal")
    signing, private = reset(cast, "daria")
    anew = replace(thief, signing_key=signing, pair=key_pair(private))
    with cast.session() as session:
        put_on_record(session, anew, "queue_opened", NOW, queue="legal")
    if removed:
        remove(cast, "daria")
        roman = cast.member("roman")
    holds = verdict(cast)
    assert holds.reason is None
    # What she did before and since is hers; what the thief puts at the end, however they link it, is nobody's.
    with cast.session() as session:
        put_on_record(session, thief, "case_opened", NOW, case="nosuch12")
    assert (verdict(cast).reason, verdict(cast).broken_at) == ("forged", holds.entries + 1)
    with cast.session() as session:
        newest = read_trail(session, roman, Wanted(), None, NOW).entries[0]
    assert (newest.kind, newest.actor, newest.verified) == ("case_opened", thief.account_id, False)


def test_a_reset_of_an_older_release_ends_nothing_on_the_record(cast: Cast) -> None:
    thief, petro = cast.member("daria"), cast.member("petro")
    reset(cast, "daria")
    with cast.session() as session:
        known, state = administered(session, petro, petro.organisation_id)
        person = replace(state.people[thief.account_id], until=())
        stated = replace(state, people={**state.people, thief.account_id: person})
        write_statement(session, sign_organisation(known, petro.organisation_id, stated, petro))
    with cast.session() as session:
        put_on_record(session, thief, "queue_opened", NOW, queue="legal")
    assert verdict(cast).reason is None
