"""Closing, disclosing and deleting take two people, in the domain and in the database."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from app import duties
from app.casefile.cases import NOTHING_DUE, Status, add_item
from app.casefile.entries import seal_entry
from app.casefile.errors import ChangedMeanwhile, NotFound
from app.casefile.keys import Compartment
from app.casefile.tables import Case
from app.casefile.tables import Proposal as Row
from app.casework import actions, closing
from app.casework.book import author_of, read_book
from app.casework.errors import EntryRefused, NotAllowedNow
from app.casework.opening import open_keys, verify_keys
from app.casework.proposals import decline
from app.casework.proposed import ANSWER, Proposal, State, place, read_proposals
from app.intake import returning
from app.intake.errors import UnknownCode
from app.storage.packing import pack
from app.vault.digest import sha256
from app.vault.signing import sign, verify
from tests.casework.desk import record, share, while_reading
from tests.cast import NOW, OMAR, Cast

REASON = "Обвинувачення знято, людина вдома."


@pytest.fixture
def database_kind() -> str:
    """The rules are the domain's own; what the database holds to is tried on both kinds further down."""
    return "sqlite"


def version_of(cast: Cast, case: str) -> int:
    with cast.session() as session:
        return session.get_one(Case, case).version


def propose(cast: Cast, case: str, name: str = "daria", outcome: str = "charges_dropped") -> str:
    with cast.session() as session:
        return closing.propose_closing(session, cast.member(name), case, version_of(cast, case), outcome, REASON, NOW)


def agree(cast: Cast, case: str, proposal: str, name: str = "bohdan") -> None:
    with cast.session() as session:
        closing.agree_to(session, cast.member(name), case, proposal, NOW)


def proposals(cast: Cast, case: str, name: str = "daria") -> tuple[Proposal, ...]:
    with cast.session() as session:
        member = cast.member(name)
        return read_proposals(session, read_book(session, member, open_keys(session, member, case)), case, NOW)


@pytest.fixture
def code(cast: Cast) -> str:
    return cast.report(consents={"ngo": "full", "prosecutor_438": "facts_only"})


@pytest.fixture
def case(cast: Cast, code: str) -> str:
    return cast.case_of(code)


def test_a_case_is_closed_by_two_and_both_signatures_are_over_the_same_bytes(cast: Cast, case: str) -> None:
    proposal = propose(cast, case)
    with cast.session() as session:
        assert session.get_one(Case, case).status == Status.NEW
    agree(cast, case, proposal)
    with cast.session() as session:
        row = session.get_one(Case, case)
        assert (row.status, row.due, row.act_by, row.acknowledge_by) == (Status.CLOSED, NOTHING_DUE, None, None)
    (found,) = proposals(cast, case)
    assert (found.state, found.verified, found.body["outcome"]) == (State.AGREED, True, "charges_dropped")
    # The auditor checks the signatures against the digest, which tells nothing of the outcome.
    traces = [event for event in record(cast) if event["kind"] in ("proposed", "agreed")]
    people = {each.person.account_id for each in cast.founded.people}
    assert len({event["digest"] for event in traces}) == 1
    for event in traces:
        with cast.session() as session:
            (key,) = verify_keys(session, [event["actor"]])[event["actor"]]
        verify(key, bytes.fromhex(event["signature"]), bytes.fromhex(event["digest"]), place(case, proposal))
    assert {event["actor"] for event in traces} <= people
    assert "charges_dropped" not in str(record(cast))


def test_nobody_gives_both_signatures(cast: Cast, case: str) -> None:
    proposal = propose(cast, case)
    with pytest.raises(NotAllowedNow, match="same_person"):
        agree(cast, case, proposal, "daria")
    with cast.session() as session:
        assert session.get_one(Case, case).status == Status.NEW


@pytest.mark.parametrize("name", [OMAR, "oksana", "ayshe"])
def test_nobody_without_the_case_gives_the_second_one(cast: Cast, case: str, name: str) -> None:
    proposal = propose(cast, case)
    with pytest.raises(NotFound):
        agree(cast, case, proposal, name)
    with pytest.raises(NotFound):
        propose(cast, case, name)


def test_a_partner_that_was_shared_the_case_does_not_close_it(cast: Cast, case: str) -> None:
    proposal = propose(cast, case)
    share(cast, cast.member("daria"), case, "partner-legal", Compartment.FACTS, Compartment.DESK)
    with pytest.raises(NotAllowedNow, match="another_organisation"):
        agree(cast, case, proposal, "ayshe")
    share_facts = cast.case_of(cast.report())
    share(cast, cast.member("daria"), share_facts, "partner-legal", Compartment.FACTS)
    with pytest.raises(NotAllowedNow, match="no_desk"):
        propose(cast, share_facts, "ayshe")


def test_the_second_person_signs_what_the_first_one_saw(cast: Cast, case: str) -> None:
    proposal = propose(cast, case)
    with cast.session() as session:
        actions.take(session, cast.member("bohdan"), case, version_of(cast, case), NOW)
    with pytest.raises(NotAllowedNow, match="another_version"):
        agree(cast, case, proposal)


def write(cast: Cast, code: str) -> None:
    with cast.session() as session:
        _, opened = returning.open_return(session, code, NOW)
    with cast.session() as session:
        returning.write_message(session, opened, "Ще одне.", NOW)


def propose_deletion(cast: Cast, case: str) -> str:
    with cast.session() as session:
        return closing.propose_deletion(session, cast.member("daria"), case, version_of(cast, case), "Помилка.", NOW)


@pytest.mark.parametrize("ask", [propose, propose_deletion])
def test_a_case_whose_family_wrote_meanwhile_is_not_ended(
    cast: Cast, case: str, code: str, ask: Callable[[Cast, str], str]
) -> None:
    proposal = ask(cast, case)
    write(cast, code)
    with pytest.raises(NotAllowedNow, match="family_wrote"):
        agree(cast, case, proposal)
    with cast.session() as session:
        row = session.get_one(Case, case)
        assert (row.status, row.unread) == (Status.NEW, True)


@pytest.mark.parametrize("ask", [propose, propose_deletion])
def test_a_message_that_comes_during_the_second_signature_is_not_lost(
    cast: Cast, case: str, code: str, ask: Callable[[Cast, str], str]
) -> None:
    proposal = ask(cast, case)
    while_reading(cast, "proposal", lambda: write(cast, code))
    with pytest.raises(NotAllowedNow, match="family_wrote"):
        agree(cast, case, proposal)
    with cast.session() as session:
        assert session.get_one(Case, case).unread


def test_the_same_is_not_proposed_twice_and_not_from_an_old_page(cast: Cast, case: str) -> None:
    propose(cast, case)
    with pytest.raises(NotAllowedNow, match="waits_already"):
        propose(cast, case, "bohdan")
    with cast.session() as session, pytest.raises(ChangedMeanwhile):
        closing.propose_closing(session, cast.member("daria"), case, 99, "convicted", REASON, NOW)
    with cast.session() as session, pytest.raises(EntryRefused) as refused:
        closing.propose_deletion(session, cast.member("daria"), case, version_of(cast, case), " ", NOW)
    assert refused.value.problems == (("reason", "needed"),)


@pytest.mark.parametrize(("name", "state"), [("daria", State.WITHDRAWN), ("bohdan", State.REFUSED)])
def test_a_proposal_is_taken_back_by_one_and_refused_by_the_other(
    cast: Cast, case: str, name: str, state: State
) -> None:
    proposal = propose(cast, case)
    with cast.session() as session:
        assert decline(session, cast.member(name), case, proposal, "Зачекаймо.", NOW) is state
    (found,) = proposals(cast, case)
    assert found.state is state
    with pytest.raises(NotAllowedNow, match="not_open"):
        agree(cast, case, proposal)
    propose(cast, case)


def test_a_proposal_runs_out(cast: Cast, case: str) -> None:
    proposal = propose(cast, case)
    later = NOW + timedelta(days=15)
    with cast.session() as session, pytest.raises(NotAllowedNow, match="not_open"):
        closing.agree_to(session, cast.member("bohdan"), case, proposal, later)
    with cast.session() as session:
        duties.forget(session, "", later)
    with cast.session() as session:
        assert session.exec(select(Row.state)).all() == [State.EXPIRED]


def test_a_row_that_was_made_to_look_agreed_to_is_not_believed(cast: Cast, case: str) -> None:
    proposal = propose(cast, case)
    bohdan = cast.member("bohdan")
    with cast.session() as session:
        forged = update(Row).where(col(Row.id) == proposal)
        session.execute(forged.values(state=State.AGREED.value, agreed_by=bohdan.account_id))
    (found,) = proposals(cast, case)
    assert (found.state, found.verified) == (State.AGREED, False)


@pytest.mark.parametrize(("second", "counts"), [("bohdan", True), ("ayshe", False)])
def test_somebody_of_another_organisation_who_signs_past_the_program_is_no_second_person(
    cast: Cast, case: str, second: str, counts: bool
) -> None:
    """They hold the key to the desk and can write to the database: everything is as it should be, but who they are."""
    proposal = propose(cast, case)
    share(cast, cast.member("daria"), case, "partner-legal", Compartment.FACTS, Compartment.DESK)
    (found,), member = proposals(cast, case), cast.member(second)
    signature = sign(member.signing_key, found.digest, place(case, proposal))
    body = {"proposal": proposal, "answer": State.AGREED.value, "signature": signature}
    with cast.session() as session:
        keys = open_keys(session, member, case).keys
        add_item(session, seal_entry(keys, Compartment.DESK, author_of(member), ANSWER, body, NOW))
        forged = update(Row).where(col(Row.id) == proposal)
        session.execute(forged.values(state=State.AGREED.value, agreed_by=member.account_id))
    (found,) = proposals(cast, case)
    assert (found.state, found.verified) == (State.AGREED, counts)


def test_a_closed_case_is_opened_again_with_a_new_clock(cast: Cast, case: str) -> None:
    agree(cast, case, propose(cast, case))
    later = NOW + timedelta(days=3)
    daria = cast.member("daria")
    with cast.session() as session, pytest.raises(EntryRefused):
        closing.reopen(session, daria, case, version_of(cast, case), "", later)
    with cast.session() as session:
        closing.reopen(session, daria, case, version_of(cast, case), "Прокурор оскаржив.", later)
    with cast.session() as session:
        row = session.get_one(Case, case)
        assert row.status == Status.IN_PROGRESS
        assert row.act_by == row.due
        assert row.act_by is not None
        assert later < row.act_by <= later + timedelta(hours=25)
    with cast.session() as session, pytest.raises(NotAllowedNow, match="not_closed"):
        closing.reopen(session, daria, case, version_of(cast, case), "Ще раз.", later)


def test_a_case_that_two_people_delete_is_gone_for_the_family_too(cast: Cast, case: str, code: str) -> None:
    agree(cast, case, propose_deletion(cast, case))
    with cast.session() as session:
        assert session.get(Case, case) is None
        duties.forget_case(session, case, NOW)
    with cast.session() as session, pytest.raises(UnknownCode):
        returning.open_return(session, code, NOW)


def test_what_two_people_signed_is_named_by_its_digest(cast: Cast, case: str) -> None:
    propose(cast, case)
    (found,) = proposals(cast, case)
    with cast.session() as session:
        daria = cast.member("daria")
        (written,) = read_book(session, daria, open_keys(session, daria, case)).of("proposal")
    said = written.body["said"]
    assert found.digest == sha256(pack(said))
    assert {"case", "id", "kind", "body", "version", "at", "stands", "salt"} == set(said)
    assert (said["case"], said["kind"], said["version"]) == (case, "close", 1)


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])
def test_the_database_knows_two_people_apart(cast: Cast, database_kind: str) -> None:
    case = cast.case_of(cast.report())
    proposal = propose(cast, case)
    daria = cast.member("daria")
    agreed = update(Row).where(col(Row.id) == proposal).values(state="agreed", agreed_by=daria.account_id)
    with pytest.raises(IntegrityError), cast.session() as session:
        session.execute(agreed)
    with pytest.raises(IntegrityError), cast.session() as session:
        session.execute(update(Row).where(col(Row.id) == proposal).values(state="agreed"))
    agree(cast, case, proposal)
    with cast.session() as session:
        assert session.get_one(Row, (case, proposal)).agreed_by == cast.member("bohdan").account_id
