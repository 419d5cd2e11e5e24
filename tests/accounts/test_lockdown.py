"""Lockdown: two people close the desk and two open it; who may not, cannot, alone or together."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from app.accounts import login, members
from app.accounts.alarms import Alarm, alarms
from app.accounts.appointing import appoint
from app.accounts.errors import NotPermitted, NotVouched, SessionEnded
from app.accounts.lockdown import LockdownState, LockdownWish, lockdown_state, set_by_machine, wish
from app.accounts.permissions import Role
from app.accounts.removal import remove_person
from app.accounts.tables import Account, Installation, Lockdown, StatementRow
from app.accounts.vouching import vouched
from app.accounts.vouching_anchor import anchor_to
from app.accounts.vouching_following import Fault
from app.accounts.vouching_rules import WISH_WAITS
from app.accounts.vouching_statements import BEFORE_THE_FIRST, SERVICE, make_statement
from app.accounts.vouching_states import RULES_CHAIN
from app.accounts.vouching_stating import sign_next
from app.accounts.vouching_together import DeskState, RulesState
from app.intake import returning
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import new_signing_key, verify_key
from tests.accounts.attacks import store
from tests.cast import NOW, OMAR, Cast

ASK, CONFIRM, TAKE_BACK = LockdownWish.ASK, LockdownWish.CONFIRM, LockdownWish.TAKE_BACK


def do(cast: Cast, name: str, what: LockdownWish, after: timedelta = timedelta()) -> bool:
    member = cast.member(name)
    with cast.session() as session:
        return wish(session, member, what, NOW + after)


def state(cast: Cast) -> LockdownState:
    with cast.session() as session:
        return lockdown_state(session)


@pytest.mark.parametrize(("first", "second"), [("petro", "iryna"), ("petro", "daria"), ("daria", "iryna")])
def test_two_people_close_the_desk_and_two_open_it(cast: Cast, first: str, second: str) -> None:
    token = cast.log_in("bohdan")
    with cast.session() as session:
        half = login.log_in(session, "mykola", cast.secrets("mykola")[0], NOW)
    assert do(cast, first, ASK)
    assert not state(cast).closed
    assert do(cast, second, CONFIRM)
    assert state(cast) == LockdownState(closed=True)
    with cast.session() as session, pytest.raises(SessionEnded):
        members.resume(session, token, NOW)
    with cast.session() as session, pytest.raises(SessionEnded):
        login.second_factor(session, half, "000000", NOW)
    assert do(cast, second, ASK)
    assert do(cast, first, CONFIRM)
    assert state(cast) == LockdownState()


def test_families_send_and_read_in_a_lockdown(cast: Cast) -> None:
    visit_code = cast.report()
    with cast.session() as session:
        token, _ = returning.open_return(session, visit_code, NOW)
        set_by_machine(session, cast.founded.service_private, NOW, closed=True)
    with cast.session() as session:
        assert returning.resume_return(session, token, NOW).case_id == cast.case_of(visit_code)
    code = cast.report()
    assert cast.case_of(code)


@pytest.mark.parametrize("name", ["bohdan", "lena", "roman", "ayshe", OMAR])
def test_who_leads_nothing_here_asks_and_confirms_nothing(cast: Cast, name: str) -> None:
    do(cast, "petro", ASK)
    for what in LockdownWish:
        with pytest.raises(NotPermitted):
            do(cast, name, what)
    assert state(cast).asked_by == cast.member("petro").account_id


def test_nobody_confirms_their_own_wish_and_two_leads_are_not_enough(cast: Cast) -> None:
    assert not do(cast, "petro", CONFIRM)
    assert do(cast, "petro", ASK)
    assert not do(cast, "petro", CONFIRM)
    assert do(cast, "petro", TAKE_BACK)
    assert do(cast, "daria", ASK)
    assert not do(cast, "oksana", CONFIRM)
    assert not do(cast, "iryna", TAKE_BACK)
    assert not do(cast, "iryna", ASK), "another's wish waits already"
    assert not state(cast).closed


def test_a_wish_waits_for_half_an_hour_and_no_longer(cast: Cast) -> None:
    do(cast, "petro", ASK)
    assert not do(cast, "iryna", CONFIRM, timedelta(minutes=50))
    assert do(cast, "iryna", ASK, timedelta(minutes=50))
    assert do(cast, "petro", CONFIRM, timedelta(minutes=60))


def test_the_command_closes_and_opens_whatever_waited(cast: Cast) -> None:
    do(cast, "petro", ASK)
    for closed in (True, True, False):
        with cast.session() as session:
            set_by_machine(session, cast.founded.service_private, NOW, closed=closed)
        assert state(cast) == LockdownState(closed=closed)


CHAIN = "lockdown"
pytest_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def locked_down(cast: Cast) -> None:
    assert do(cast, "petro", ASK)
    assert do(cast, "iryna", CONFIRM)


def raised(cast: Cast) -> set[tuple[Alarm, str]]:
    with cast.session() as session:
        return {(each.alarm, each.subject) for each in alarms(session)}


@pytest_sqlite
def test_a_row_neither_lifts_nor_sets_a_lockdown_unseen(cast: Cast) -> None:
    with cast.session() as session:
        session.add(Lockdown(id=1, closed=True))
    assert (state(cast), raised(cast)) == (LockdownState(closed=True), {(Alarm.LOCKDOWN, CHAIN)})
    with cast.session() as session:
        session.execute(delete(Lockdown))
    locked_down(cast)
    assert raised(cast) == set()
    for change in (update(Lockdown).values(closed=False), delete(Lockdown)):
        with cast.session() as session:
            session.execute(change)
        assert (state(cast).closed, raised(cast)) == (True, {(Alarm.LOCKDOWN, CHAIN)})


@pytest_sqlite
def test_signatures_that_are_taken_away_leave_the_desk_closed(cast: Cast) -> None:
    locked_down(cast)
    assert state(cast).closed
    for least in (1, 0):
        with cast.session() as session:
            session.execute(
                delete(StatementRow).where(col(StatementRow.chain) == CHAIN, col(StatementRow.number) > least)
            )
            session.execute(delete(Lockdown))
        assert state(cast).closed
        assert (Alarm.STATEMENTS, CHAIN) in raised(cast)


@pytest_sqlite
def test_what_is_written_over_the_newest_signature_does_not_open_the_desk(cast: Cast) -> None:
    locked_down(cast)
    newest = col(StatementRow.chain) == CHAIN, col(StatementRow.number) == 2
    for spoiled in ({"signature": bytes(64)}, {"content": b"{}"}, {"signer": SERVICE}):
        with cast.session() as session:
            session.execute(update(StatementRow).where(*newest).values(spoiled))
        assert state(cast).closed
        assert (Alarm.STATEMENTS, CHAIN) in raised(cast)


@pytest_sqlite
@pytest.mark.parametrize("until", ["soon", "2026-11-20T12:00:00"])
def test_a_wish_that_waits_until_no_moment_is_none(cast: Cast, until: str) -> None:
    """Signed by hand by somebody who may: everybody's pages would rest on it."""
    petro = cast.member("petro")
    said = DeskState(closed=False, asked_by=petro.account_id, asked_until=until, at=NOW.isoformat())
    with cast.session() as session:
        store(session, sign_next(vouched(session), CHAIN, said, petro))
    assert (state(cast), raised(cast)) == (LockdownState(), {(Alarm.STATEMENTS, CHAIN)})


@pytest_sqlite
def test_who_administers_here_is_asked_of_what_was_signed(cast: Cast) -> None:
    daria = cast.member("daria").account_id
    assert do(cast, "daria", ASK)
    with cast.session() as session:
        session.execute(update(Account).where(col(Account.id) == daria).values(roles="administrator caseworker"))
    assert not do(cast, "oksana", CONFIRM)
    with cast.session() as session:
        assert vouched(session).faults == {}
    omar, here = cast.member(OMAR), cast.member("petro").organisation_id
    for receiving in (omar.organisation_id, here):
        with cast.session() as session:
            session.execute(update(Installation).values(receiving_id=receiving))
        with cast.session() as session, pytest.raises(NotPermitted):
            wish(session, omar, CONFIRM, NOW)
    assert do(cast, "petro", CONFIRM)


@pytest_sqlite
@pytest.mark.parametrize("name", ["bohdan", "lena", "ayshe", OMAR])
def test_who_leads_nothing_here_signs_nothing_though_they_have_the_database(cast: Cast, name: str) -> None:
    member, later = cast.member(name), NOW + timedelta(minutes=1)
    until = (NOW + WISH_WAITS).isoformat()
    wish_of = DeskState(closed=False, asked_by=member.account_id, asked_until=until, at=NOW.isoformat())
    assert do(cast, "petro", ASK)
    for said in (wish_of, DeskState(closed=True, at=later.isoformat())):
        with cast.session() as session:
            store(session, sign_next(vouched(session), CHAIN, said, member))
        with cast.session() as session:
            assert vouched(session).faults == {CHAIN: Fault.NOT_ALLOWED}
            assert not lockdown_state(session).closed
            session.execute(delete(StatementRow).where(col(StatementRow.chain) == CHAIN, col(StatementRow.number) > 1))


@pytest_sqlite
def test_an_administrator_alone_signs_no_lockdown_and_two_leads_none(cast: Cast) -> None:
    """Each is right in every way but that nobody else wished it, or no administrator, or too late."""
    late = (NOW + WISH_WAITS + timedelta(hours=1)).isoformat()
    for first, second, said in (
        (None, "petro", DeskState(closed=True, at=NOW.isoformat())),
        ("petro", "petro", DeskState(closed=True, at=NOW.isoformat())),
        ("daria", "oksana", DeskState(closed=True, at=NOW.isoformat())),
        ("petro", "iryna", DeskState(closed=True, at=late)),
        ("petro", "iryna", DeskState(closed=False)),
        ("petro", "iryna", DeskState(closed=False, asked_by="somebody", asked_until=late)),
        ("petro", "iryna", DeskState(closed=True, asked_by="somebody", asked_until=late)),
    ):
        anchor_to(cast.engine, cast.founded.fingerprint)
        if first:
            assert do(cast, first, ASK)
        with cast.session() as session:
            store(session, sign_next(vouched(session), CHAIN, said, cast.member(second)))
        with cast.session() as session:
            # The very first of all may only ask.
            assert vouched(session).faults == {CHAIN: Fault.NOT_ALLOWED}, (first, second)
            assert not lockdown_state(session).closed
            session.execute(delete(StatementRow).where(col(StatementRow.chain) == CHAIN))
            session.execute(delete(Lockdown))


@pytest_sqlite
def test_the_machine_closes_the_desk_over_what_was_forged_and_nobody_signs_in_its_name(cast: Cast) -> None:
    petro = cast.member("petro")
    with cast.session() as session:
        forged = make_statement(CHAIN, 1, BEFORE_THE_FIRST, DeskState(closed=True), SERVICE, petro.signing_key)
        store(session, forged)
    assert (state(cast).closed, raised(cast)) == (False, {(Alarm.STATEMENTS, CHAIN)})
    with cast.session() as session, pytest.raises(NotVouched):
        wish(session, petro, ASK, NOW)
    with cast.session() as session:
        set_by_machine(session, cast.founded.service_private, NOW, closed=True)
    assert (state(cast).closed, raised(cast)) == (True, set())
    asked = DeskState(closed=True, asked_by=SERVICE, asked_until=NOW.isoformat())
    with cast.session() as session:
        digest = vouched(session).digests[CHAIN]
        store(session, make_statement(CHAIN, 2, digest, asked, SERVICE, cast.founded.service_private))
    with cast.session() as session:
        assert vouched(session).faults == {CHAIN: Fault.NOT_ALLOWED}


@pytest_sqlite
def test_who_was_removed_signs_no_more_and_what_they_signed_stays(cast: Cast) -> None:
    locked_down(cast)
    petro = cast.member("petro")
    with cast.session() as session:
        remove_person(session, cast.member("iryna"), petro.account_id, NOW)
    assert state(cast) == LockdownState(closed=True)
    assert raised(cast) & {(Alarm.STATEMENTS, CHAIN), (Alarm.LOCKDOWN, CHAIN)} == set()
    until = (NOW + WISH_WAITS).isoformat()
    said = DeskState(closed=True, asked_by=petro.account_id, asked_until=until, at=NOW.isoformat())
    with cast.session() as session:
        store(session, sign_next(vouched(session), CHAIN, said, petro))
    with cast.session() as session:
        assert vouched(session).faults == {CHAIN: Fault.NOT_ALLOWED}


@pytest_sqlite
@pytest.mark.parametrize("chain", [CHAIN, RULES_CHAIN])
def test_a_key_that_was_taken_away_by_a_reset_signs_no_more_and_what_it_signed_stays(cast: Cast, chain: str) -> None:
    petro, account = cast.member("petro"), cast.founded_account("petro")
    locked_down(cast)
    with cast.session() as session:
        organisation = cast.member("iryna").organisation_id
        keys = verify_key(new_signing_key()), public_key(new_private_key())
        appoint(session, cast.member("iryna"), organisation, account, keys, (Role.ADMINISTRATOR,), NOW)
    assert state(cast) == LockdownState(closed=True)
    with cast.session() as session:
        assert vouched(session).faults == {}
        wished = DeskState(
            closed=True, asked_by=account, asked_until=(NOW + WISH_WAITS).isoformat(), at=NOW.isoformat()
        )
        proposed = RulesState("2026-11.1", {"base": "2026-11"})
        store(session, sign_next(vouched(session), chain, wished if chain == CHAIN else proposed, petro))
    with cast.session() as session:
        assert vouched(session).faults == {chain: Fault.NOT_SIGNED}
        assert (vouched(session).proposed, lockdown_state(session).asked_by) == ((), None)
