"""An organisation leaves: closed to what is new, then ended, and no open case of a family's is lost with it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, update
from sqlmodel import col, select

from app.accounts import login, members
from app.accounts.administration import found_queue
from app.accounts.alarms import Alarm, alarms
from app.accounts.appointing import name_queue
from app.accounts.errors import (
    KeyNotHeld,
    LogInRefused,
    MayNotState,
    NoSuchPerson,
    RefusedPerson,
    SessionEnded,
    StatedMeanwhile,
)
from app.accounts.leaving import begin_to_leave
from app.accounts.neighbours import neighbours
from app.accounts.queues import newest_key, queue_states
from app.accounts.readiness import Lack, Lacking, lacks
from app.accounts.tables import Account, DirectoryShare, RingShare, StatementRow
from app.accounts.vouching import vouched
from app.accounts.vouching_anchor import anchor_to
from app.accounts.vouching_following import Fault
from app.accounts.vouching_statements import ROOT, make_statement
from app.accounts.vouching_states import organisation_chain
from app.casefile.cases import Status
from app.casefile.errors import NotFound
from app.casefile.tables import Case, Withdrawal
from app.casework.answering import accept
from app.casework.errors import CasesStandThere, NotAllowedNow
from app.casework.leaving import StandsThere, end_with_its_cases, stands_there
from app.casework.moving import open_queues
from app.casework.opening import open_case
from app.intake import returning
from app.intake.codes import empty_lockers
from app.intake.errors import UnknownCode
from tests.accounts.attacks import rows, store
from tests.casework.desk import record, while_reading
from tests.casework.test_moving import PARTNER, REFER, TRANSFER, grants, missing, put
from tests.cast import NOW, OMAR, Cast
from tests.keys.dump import dump

LATER = NOW + timedelta(minutes=20)
sqlite_alone = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def root(cast: Cast) -> str:
    return cast.founded.root_private.hex()


def partner(cast: Cast) -> str:
    with cast.session() as session:
        return session.get_one(Account, cast.founded_account("ayshe")).organisation_id


def leave(cast: Cast, name: str = "petro") -> None:
    member, organisation = cast.member(name), partner(cast)
    with cast.session() as session:
        begin_to_leave(session, member, organisation, root(cast), NOW)


def end(cast: Cast, name: str = "petro", after: timedelta = timedelta(minutes=20)) -> None:
    member, organisation = cast.member(name), partner(cast)
    with cast.session() as session:
        end_with_its_cases(session, member, organisation, root(cast), NOW + after)


def handed_over(cast: Cast) -> tuple[str, str]:
    """A case that the partner's lawyers took over: its code, its number."""
    code, case_id = missing(cast, "full")
    put(cast, cast.member("oksana"), case_id, PARTNER, TRANSFER)
    ayshe = cast.member("ayshe")
    with cast.session() as session:
        accept(session, ayshe, case_id, NOW)
    return code, case_id


def test_first_it_is_closed_to_what_is_new_and_its_people_work_on(cast: Cast) -> None:
    leave(cast)
    with cast.session() as session:
        assert PARTNER not in {queue.id for queue in queue_states(session) if queue.ready}
        assert PARTNER not in {queue.id for queue in open_queues(session, "tracing")}
        assert alarms(session) == ()
        lacking = lacks(session, NOW, safely_reached=True)
        assert Lack(Lacking.PARTNER_QUEUE, PARTNER) not in lacking
        assert Lack(Lacking.PARTNER, vouched(session).organisations[partner(cast)].name) not in lacking
    _, case_id = missing(cast, "full")
    with pytest.raises(NotAllowedNow):
        put(cast, cast.member("oksana"), case_id, PARTNER, REFER)
    assert cast.member("ayshe").queue(PARTNER) is not None
    with pytest.raises(StatedMeanwhile):
        end(cast, after=timedelta(minutes=5))


def test_it_is_not_ended_while_a_familys_open_case_stands_there_alone(cast: Cast) -> None:
    _, alone = handed_over(cast)
    _, shared = missing(cast, "full")
    put(cast, cast.member("oksana"), shared, PARTNER, REFER)
    leave(cast)
    petro, organisation = cast.member("petro"), partner(cast)
    with cast.session() as session:
        assert stands_there(session, petro, organisation) == StandsThere(open=1, closed=0, shared=1)
    before = dump(cast.engine)
    with pytest.raises(CasesStandThere) as refused:
        end(cast)
    assert refused.value.count == 1
    after = dump(cast.engine)
    assert {table: after[table] for table in after} == before
    # Back to the receiving organisation it goes with no other consent than the one to send.
    put(cast, cast.member("ayshe"), alone, "legal", TRANSFER)
    daria = cast.member("daria")
    with cast.session() as session:
        accept(session, daria, alone, NOW)
    end(cast)
    with cast.session() as session:
        assert open_case(session, daria, alone, NOW).queue.id == "legal"
    assert grants(cast) == {("legal", None), ("tracing", None)}


def test_its_people_are_out_and_nothing_of_its_keys_is_left(cast: Cast) -> None:
    token = cast.log_in("ayshe")
    organisation = partner(cast)
    leave(cast)
    end(cast)
    with cast.session() as session:
        with pytest.raises(SessionEnded):
            members.resume(session, token, LATER)
        with pytest.raises(LogInRefused):
            login.log_in(session, "ayshe", cast.secrets("ayshe")[0], LATER)
        assert PARTNER not in {queue.id for queue in neighbours(session)}
        with pytest.raises(KeyNotHeld):
            newest_key(session, f"queue:{PARTNER}")
        assert alarms(session) == ()
        assert vouched(session).faults == {}
        # What they signed can still be checked.
        assert vouched(session).signing_keys(cast.founded_account("ayshe"))
    rows_left = dump(cast.engine)
    people = {row["id"] for row in rows_left["account"] if row["organisation_id"] == organisation}
    assert all(
        row["bundle"] == b"" and row["name_sealed"] == b"" for row in rows_left["account"] if row["id"] in people
    )
    for table in ("ring_share", "directory_share", "membership", "session", "spare_code"):
        assert not [row for row in rows_left[table] if row["account_id"] in people], table
    assert "organisation_ended" in {event["kind"] for event in record(cast)}
    with pytest.raises(NoSuchPerson):
        end(cast)


def test_closed_cases_that_it_alone_has_are_deleted_and_their_codes_open_nothing(cast: Cast) -> None:
    code, case_id = handed_over(cast)
    with cast.session() as session:
        # Two people's closing is tried elsewhere; here it is the row that counts.
        session.execute(update(Case).where(col(Case.id) == case_id).values(status=Status.CLOSED.value))
    leave(cast)
    end(cast)
    with cast.session() as session:
        assert [(gone.case_id, gone.cause) for gone in session.exec(select(Withdrawal))] == [(case_id, "organisation")]
        jobs = {(job["kind"], job["key"]) for job in dump(cast.engine)["job"]}
        assert ("forget_case", case_id) in jobs
        empty_lockers(session, case_id)
    with cast.session() as session, pytest.raises(NotFound):
        open_case(session, cast.member("oksana"), case_id, LATER)
    with cast.session() as session, pytest.raises(UnknownCode):
        returning.open_return(session, code, LATER)


@sqlite_alone
@pytest.mark.parametrize("name", ["ayshe", "lena", "daria", OMAR])
def test_who_administers_nothing_here_ends_nothing_though_they_have_the_root(cast: Cast, name: str) -> None:
    for act in (leave, end):
        with pytest.raises(MayNotState):
            act(cast, name)


@sqlite_alone
def test_nothing_is_signed_without_the_root_and_the_receiving_organisation_stays(cast: Cast) -> None:
    petro = cast.member("petro")
    with cast.session() as session, pytest.raises(RefusedPerson):
        begin_to_leave(session, petro, partner(cast), "00" * 32, NOW)
    with cast.session() as session, pytest.raises(NoSuchPerson):
        begin_to_leave(session, petro, petro.organisation_id, root(cast), NOW)
    leave(cast)
    with pytest.raises(StatedMeanwhile):
        leave(cast)


def sign(cast: Cast, signer: str, key: bytes, leaving: str = "", ended: str = "") -> dict[str, Fault]:
    """A next statement of the partner's, right in every way but what it says; what becomes of the chains."""
    chain = organisation_chain(partner(cast))
    with cast.session() as session:
        known = vouched(session)
        state = known.organisations[partner(cast)]
        after = replace(state, leaving=leaving, ended=ended)
        store(session, make_statement(chain, known.numbers[chain] + 1, known.digests[chain], after, signer, key))
    with cast.session() as session:
        return dict(vouched(session).faults)


@sqlite_alone
def test_an_administrator_alone_neither_ends_an_organisation_nor_has_it_stay(cast: Cast) -> None:
    petro, chain = cast.member("petro"), organisation_chain(partner(cast))
    faults = sign(cast, petro.account_id, petro.signing_key, leaving=NOW.isoformat())
    assert faults == {chain: Fault.NOT_ALLOWED}
    with cast.session() as session:
        session.execute(delete(StatementRow).where(col(StatementRow.chain) == chain, col(StatementRow.number) > 1))
    leave(cast)
    assert sign(cast, petro.account_id, petro.signing_key) == {chain: Fault.NOT_ALLOWED}


@sqlite_alone
def test_what_ended_comes_back_through_nobody_who_has_the_database(cast: Cast) -> None:
    petro, organisation, kept = cast.member("petro"), partner(cast), dump(cast.engine)
    chain = organisation_chain(organisation)
    leave(cast)
    end(cast)
    with cast.session() as session:
        assert vouched(session).organisations[organisation].ended
        last = rows(session, chain)[-1]
        stored = {"chain": chain, "number": last.number, "signer": last.signer}
        stored |= {"content": last.content, "signature": last.signature}
    # Whoever administered it, and the root itself, sign nothing after the end.
    for signer, key in ((petro.account_id, petro.signing_key), (ROOT, cast.founded.root_private)):
        assert sign(cast, signer, key) == {chain: Fault.NOT_ALLOWED}
        with cast.session() as session:
            session.execute(delete(StatementRow).where(col(StatementRow.chain) == chain, col(StatementRow.number) > 3))
    with cast.session() as session:
        assert vouched(session).faults == {}
        session.execute(delete(StatementRow).where(col(StatementRow.chain) == chain, col(StatementRow.number) == 3))
        session.execute(
            insert(DirectoryShare), [r for r in kept["directory_share"] if r["organisation_id"] == organisation]
        )
        session.execute(insert(RingShare), [r for r in kept["ring_share"] if r["ring"] == f"queue:{PARTNER}"])
    with cast.session() as session:
        assert vouched(session).faults == {chain: Fault.PUT_BACK}
        assert PARTNER not in {queue.id for queue in queue_states(session) if queue.ready}
        with pytest.raises(LogInRefused):
            login.log_in(session, "ayshe", cast.secrets("ayshe")[0], LATER)
        session.execute(insert(StatementRow), [stored])
    with cast.session() as session:
        # The shares alone, put back beside the end: nobody logs in for them, and everybody is told.
        assert vouched(session).faults == {}
        assert (Alarm.STRAY_QUEUE, PARTNER) in {(each.alarm, each.subject) for each in alarms(session)}


@sqlite_alone
def test_a_link_to_join_it_ends_with_it_and_its_queues_names_stay_taken(cast: Cast) -> None:
    leave(cast)
    end(cast)
    petro, oksana = cast.member("petro"), cast.founded_account("oksana")
    with cast.session() as session, pytest.raises(RefusedPerson):
        found_queue(session, petro, PARTNER, "legal", oksana, LATER)
    with cast.session() as session, pytest.raises(MayNotState):
        name_queue(session, petro, partner(cast), "another", "legal", cast.founded_account("ayshe"), LATER)


@pytest.mark.parametrize("look", ["statement", "installation"])
def test_the_root_signs_nothing_over_what_is_signed_at_the_same_moment(cast: Cast, look: str) -> None:
    petro, ayshe = cast.member("petro"), cast.founded_account("ayshe")
    organisation, told = partner(cast), list[object]()

    def found() -> None:
        with cast.session() as session:
            name_queue(session, petro, organisation, "another", "legal", ayshe, NOW)

    try:
        with cast.session() as session:
            while_reading(cast, look, found)
            begin_to_leave(session, petro, organisation, root(cast), NOW)
    except StatedMeanwhile as meanwhile:
        told.append(meanwhile)
    with cast.session() as session:
        state = vouched(session).organisations[organisation]
    assert ("queue:another" in state.rings, bool(state.leaving)) == (True, not told)


def test_the_witness_is_not_needed_to_refuse_a_forged_return(cast: Cast) -> None:
    leave(cast)
    end(cast)
    anchor_to(cast.engine, cast.founded.fingerprint)
    with cast.session() as session:
        assert vouched(session).organisations[partner(cast)].ended
        assert vouched(session).faults == {}
