"""Two people where the keys of one of them were stolen and replaced: what the thief signs is no second signature."""

from dataclasses import replace

import pytest
from sqlmodel import col, update

from app.accounts.appointing import appoint
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.tables import Account
from app.casework import closing
from app.casework.errors import NotAllowedNow
from app.casework.proposals import agree as agree_to_it
from app.casework.proposals import decline, open_proposal
from app.casework.proposed import State
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import new_signing_key, verify_key
from tests.accounts.trustees import remove
from tests.casework.test_two_people import agree, proposals, propose
from tests.cast import NOW, Cast


@pytest.fixture
def database_kind() -> str:
    """Whose key counts when is the domain's own."""
    return "sqlite"


def reset(cast: Cast, name: str) -> Member:
    """Petro vouches for other keys of somebody; who stole the older ones has them still."""
    thief, petro = cast.member(name), cast.member("petro")
    keys = verify_key(new_signing_key()), public_key(new_private_key())
    with cast.session() as session:
        appoint(session, petro, petro.organisation_id, thief.account_id, keys, (Role.CASEWORKER,), NOW)
        row = col(Account.id) == thief.account_id
        session.execute(update(Account).where(row).values(verify_key=keys[0], public_key=keys[1]))
    return thief


def test_a_key_that_a_reset_ended_agrees_to_nothing_that_was_proposed_since(cast: Cast, case: str) -> None:
    thief = reset(cast, "bohdan")
    proposal = propose(cast, case)
    # The thief writes into the database what this does, past every wall in front of it.
    with cast.session() as session:
        closing.agree_to(session, thief, case, proposal, NOW)
    (found,) = proposals(cast, case)
    assert (found.state, found.verified) == (State.AGREED, False)


def agree_by_hand(cast: Cast, case: str, proposal: str, second: Member) -> None:
    """What somebody signs who has the keys of the second person, and the case from the first one."""
    with cast.session() as session:
        opened, found = open_proposal(session, cast.member("daria"), case, proposal, NOW)
        agree_to_it(session, second, opened, replace(found, mine=False), NOW)


def test_whoever_was_removed_agrees_to_nothing_that_was_proposed_since(cast: Cast, case: str) -> None:
    bohdan = cast.member("bohdan")
    before = propose(cast, case)
    agree_by_hand(cast, case, before, bohdan)
    remove(cast, "bohdan")
    since = propose(cast, case)
    agree_by_hand(cast, case, since, bohdan)
    assert {each.id: (each.state, each.verified) for each in proposals(cast, case)} == {
        before: (State.AGREED, True),
        since: (State.AGREED, False),
    }


def test_what_two_people_signed_before_stays_signed(cast: Cast, case: str) -> None:
    agree(cast, case, propose(cast, case))
    cast.member("daria")
    reset(cast, "bohdan")
    (found,) = proposals(cast, case)
    assert (found.state, found.verified) == (State.AGREED, True)


def test_nobody_agrees_to_what_somebody_proposed_whose_keys_were_replaced_since(cast: Cast, case: str) -> None:
    proposal, bohdan = propose(cast, case), cast.member("bohdan")
    daria = reset(cast, "daria")
    with cast.session() as session, pytest.raises(NotAllowedNow) as refused:
        closing.agree_to(session, bohdan, case, proposal, NOW)
    assert refused.value.reason == "older_key"
    with cast.session() as session:
        assert decline(session, daria, case, proposal, "", NOW) is State.WITHDRAWN
