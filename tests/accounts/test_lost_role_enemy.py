"""Whoever lost a role and has the database's password signs nothing by it any more; what they signed before stays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import Session, col

from app.accounts.alarms import Alarm, alarms
from app.accounts.lockdown import LockdownWish, lockdown_state, wish
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.record import put_on_record
from app.accounts.ring_keeping import renew_ring
from app.accounts.rings import RECORD, recovery_ring
from app.accounts.tables import StatementRow
from app.accounts.vouching import vouched
from app.accounts.vouching_following import Fault
from app.accounts.vouching_rings import Holder, Keys
from app.accounts.vouching_rules import WISH_WAITS
from app.accounts.vouching_states import (
    LOCKDOWN_CHAIN,
    ON_ORGANISATION,
    RULES_CHAIN,
    State,
    organisation_chain,
    ring_chain,
)
from app.accounts.vouching_stating import sign_next, write_statement
from app.accounts.vouching_together import DeskState, RulesState
from app.vault.digest import sha256
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import verify_key
from tests.accounts.attacks import id_of, store
from tests.accounts.roles import ADMINISTRATOR, AUDITOR, CASEWORKER, COORDINATOR, change
from tests.accounts.trustees import hold_ceremony
from tests.cast import NOW, Cast

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
Signed = tuple[str, State]


def propose(_session: Session, _thief: Member, version: str = "2026-11.7") -> Signed:
    return RULES_CHAIN, RulesState(version, {"rules": []})


def come_back(session: Session, thief: Member) -> Signed:
    state = vouched(session).organisations[thief.organisation_id]
    again = state.people[thief.account_id].with_roles(frozenset({ADMINISTRATOR}), {})
    return organisation_chain(thief.organisation_id), replace(state, people={**state.people, thief.account_id: again})


def ask_for_lockdown(_session: Session, thief: Member) -> Signed:
    until, at = (NOW + WISH_WAITS).isoformat(), NOW.isoformat()
    return LOCKDOWN_CHAIN, DeskState(closed=False, asked_by=thief.account_id, asked_until=until, at=at)


def confirm_lockdown(_session: Session, _thief: Member) -> Signed:
    return LOCKDOWN_CHAIN, DeskState(closed=True, at=NOW.isoformat())


def renewed(session: Session, thief: Member, ring: str) -> Signed:
    before, own = vouched(session).rings[ring], Keys.of(verify_key(thief.signing_key), thief.pair.public)
    holders = {thief.account_id: Holder(own, lead=True)} if before.holders else {}
    public = sha256(public_key(new_private_key()))
    return ring_chain(ring), replace(before, generation=before.generation + 1, public=public, holders=holders)


def take_queue(session: Session, thief: Member) -> Signed:
    return renewed(session, thief, "queue:legal")


def take_record(session: Session, thief: Member) -> Signed:
    return renewed(session, thief, RECORD)


def take_recovery(session: Session, thief: Member) -> Signed:
    return renewed(session, thief, recovery_ring(thief.organisation_id))


def lead_asks(cast: Cast) -> None:
    with cast.session() as session:
        assert wish(session, cast.member("daria"), LockdownWish.ASK, NOW)


def thief_asks(cast: Cast) -> None:
    with cast.session() as session:
        assert wish(session, cast.member("iryna"), LockdownWish.ASK, NOW)


def ceremony(cast: Cast) -> None:
    hold_ceremony(cast)


def nothing(_cast: Cast) -> None:
    """Nothing is done before."""


# Who, what they are after it, what was done before, what they sign then.
ATTACKS: dict[str, tuple[str, Role, Callable[[Cast], None], Callable[[Session, Member], Signed]]] = {
    "rules": ("iryna", CASEWORKER, nothing, propose),
    "the organisation": ("iryna", CASEWORKER, nothing, come_back),
    "a wish for lockdown": ("iryna", CASEWORKER, nothing, ask_for_lockdown),
    "a lockdown with a lead": ("iryna", CASEWORKER, lead_asks, confirm_lockdown),
    "a recovery key": ("iryna", CASEWORKER, ceremony, take_recovery),
    "a queue's key": ("daria", COORDINATOR, nothing, take_queue),
    "a lead's wish for lockdown": ("daria", COORDINATOR, nothing, ask_for_lockdown),
    "the record's key": ("roman", CASEWORKER, nothing, take_record),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_signed_by_a_role_that_was_taken_counts_for_nothing_and_is_an_alarm(cast: Cast, attack: str) -> None:
    name, role, before, sign = ATTACKS[attack]
    thief = cast.member(name)
    before(cast)
    change(cast, name, role)
    with cast.session() as session:
        assert vouched(session).faults == {}
        chain, state = sign(session, thief)
        stood = vouched(session)
        store(session, sign_next(stood, chain, state, thief))
    with cast.session() as session:
        known = vouched(session)
        assert known.faults == {chain: Fault.NOT_ALLOWED}
        assert (known.organisations, known.rings, known.desk) == (stood.organisations, stood.rings, stood.desk)
        assert known.proposed == stood.proposed
        assert (Alarm.STATEMENTS, chain) in {(each.alarm, each.subject) for each in alarms(session)}


@pytest.mark.parametrize("attack", ["rules", "a wish for lockdown", "a recovery key", "a queue's key"])
def test_the_same_counts_from_whoever_has_the_role(cast: Cast, attack: str) -> None:
    """So it is the role, and nothing else, for which it is refused above."""
    name, _role, before, sign = ATTACKS[attack]
    member = cast.member(name)
    before(cast)
    with cast.session() as session:
        chain, state = sign(session, member)
        store(session, sign_next(vouched(session), chain, state, member))
    with cast.session() as session:
        assert vouched(session).faults == {}


def test_a_wish_of_somebody_who_lost_the_role_is_confirmed_by_no_lead(cast: Cast) -> None:
    daria = cast.member("daria")
    thief_asks(cast)
    change(cast, "iryna", CASEWORKER)
    with cast.session() as session:
        assert not wish(session, daria, LockdownWish.CONFIRM, NOW)
        store(session, sign_next(vouched(session), *confirm_lockdown(session, daria), daria))
    with cast.session() as session:
        assert vouched(session).faults == {LOCKDOWN_CHAIN: Fault.NOT_ALLOWED}
        assert not lockdown_state(session).closed


def test_what_was_signed_before_and_after_holds_and_what_lies_between_does_not(cast: Cast) -> None:
    iryna, petro = cast.member("iryna"), cast.member("petro")

    def signs(member: Member, version: str, *, as_it_should_be: bool = True) -> None:
        with cast.session() as session:
            signed = sign_next(vouched(session), *propose(session, member, version), member)
            (write_statement if as_it_should_be else store)(session, signed)

    signs(iryna, "2026-11.1")
    change(cast, "iryna", CASEWORKER)
    signs(petro, "2026-11.2")
    change(cast, "iryna", CASEWORKER, ADMINISTRATOR)
    signs(iryna, "2026-11.3")
    with cast.session() as session:
        assert vouched(session).faults == {}
        assert [each.by for each in vouched(session).proposed] == [iryna.account_id, petro.account_id, iryna.account_id]
    change(cast, "iryna", CASEWORKER)
    signs(iryna, "2026-11.4", as_it_should_be=False)
    with cast.session() as session:
        assert vouched(session).faults == {RULES_CHAIN: Fault.NOT_ALLOWED}
        assert len(vouched(session).proposed) == 3


def test_a_release_that_knows_of_no_turns_forgets_none(cast: Cast) -> None:
    iryna, petro = cast.member("iryna"), cast.member("petro")
    change(cast, "iryna", CASEWORKER)
    with cast.session() as session:
        known = vouched(session)
        state = known.organisations[petro.organisation_id]
        people = {who: replace(person, turns={}) for who, person in state.people.items()}
        write_statement(
            session, sign_next(known, organisation_chain(petro.organisation_id), replace(state, people=people), petro)
        )
    with cast.session() as session:
        assert vouched(session).faults == {}
        store(session, sign_next(vouched(session), *propose(session, iryna), iryna))
    with cast.session() as session:
        assert vouched(session).faults == {RULES_CHAIN: Fault.NOT_ALLOWED}


def test_yesterdays_statements_put_back_are_an_alarm(cast: Cast) -> None:
    petro = cast.member("petro")
    change(cast, "iryna", CASEWORKER)
    chain = organisation_chain(petro.organisation_id)
    with cast.session() as session:
        last = vouched(session).numbers[chain]
        newest = col(StatementRow.chain) == chain, col(StatementRow.number) == last
        session.execute(delete(StatementRow).where(*newest))
    with cast.session() as session:
        assert vouched(session).faults[chain] is Fault.PUT_BACK


def test_no_second_signature_counts_from_who_was_no_caseworker_by_then(cast: Cast) -> None:
    petro, bohdan = cast.member("petro"), cast.member("bohdan")
    chain = organisation_chain(petro.organisation_id)
    with cast.session() as session:
        stood = vouched(session).numbers[chain]
    change(cast, "bohdan", COORDINATOR)
    with cast.session() as session:
        known = vouched(session)
        own = (verify_key(bohdan.signing_key),)
        assert known.signing_keys_at(bohdan.account_id, ON_ORGANISATION, stood) == own
        assert known.signing_keys_at(bohdan.account_id, ON_ORGANISATION, stood + 1) == ()
        # Their name under what they wrote, and what they do by other roles, stays theirs.
        assert known.signing_keys(bohdan.account_id) == own
        put_on_record(session, cast.member("bohdan"), "searched", NOW + timedelta(minutes=1))


def test_who_may_speak_is_asked_of_the_moment_also_for_whoever_holds_a_ring(cast: Cast) -> None:
    """A ring that was begun anew while nobody held it holds when who had it before comes back to the role."""
    bohdan = id_of(cast, "bohdan")
    change(cast, "bohdan", CASEWORKER, AUDITOR)
    change(cast, "roman", CASEWORKER)
    with cast.session() as session:
        renew_ring(session, cast.member("bohdan"), RECORD, NOW)
    change(cast, "roman", AUDITOR)
    with cast.session() as session:
        assert vouched(session).faults == {}
        assert set(vouched(session).rings[RECORD].holders) == {bohdan}
