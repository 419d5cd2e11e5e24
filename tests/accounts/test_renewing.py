"""A key that the older keys of somebody open: whoever may renew it is told, until they did."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from app.accounts.appointing import appoint
from app.accounts.renewing import OlderKeys, older_keys
from app.accounts.ring_keeping import grant_ring, renew_ring
from app.accounts.tables import Account
from app.accounts.vouching import vouched
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import new_signing_key, verify_key
from tests.accounts.trustees import LEGAL, remove
from tests.cast import NOW, Cast

BOHDAN = OlderKeys(LEGAL, "legal", ("Богдан Терновий",))


def reset(cast: Cast, name: str) -> str:
    """Petro vouches for other keys of somebody; who stole the older ones has them still. Gives the account."""
    petro, account = cast.member("petro"), cast.founded_account(name)
    keys = verify_key(new_signing_key()), public_key(new_private_key())
    with cast.session() as session:
        roles = vouched(session).organisations[petro.organisation_id].people[account].roles
        appoint(session, petro, petro.organisation_id, account, keys, roles, NOW)
        row = col(Account.id) == account
        session.execute(update(Account).where(row).values(verify_key=keys[0], public_key=keys[1]))
    return account


def told(cast: Cast, name: str) -> tuple[OlderKeys, ...]:
    member = cast.member(name)
    with cast.session() as session:
        return older_keys(session, member)


def renew(cast: Cast, name: str, ring: str) -> None:
    member = cast.member(name)
    with cast.session() as session:
        renew_ring(session, member, ring, NOW)


def test_a_lead_is_told_of_a_reset_until_there_is_a_new_key_also_when_they_gave_the_key_again(cast: Cast) -> None:
    assert told(cast, "daria") == ()
    bohdan = reset(cast, "bohdan")
    assert told(cast, "daria") == (BOHDAN,)
    daria = cast.member("daria")
    with cast.session() as session:
        grant_ring(session, daria, LEGAL, bohdan, NOW)
    assert told(cast, "daria") == (BOHDAN,)
    renew(cast, "daria", LEGAL)
    assert told(cast, "daria") == ()
    # Nor was there anything that the thief's keys opened since.
    reset(cast, "bohdan")
    assert told(cast, "daria") == (BOHDAN,)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["oksana", "ayshe", "petro", "roman"])
def test_nobody_else_is_told(cast: Cast, name: str) -> None:
    reset(cast, "bohdan")
    assert told(cast, name) == ()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_of_the_statistics_another_coordinator_is_told(cast: Cast) -> None:
    lena, vira = cast.member("lena"), cast.member("vira")
    with cast.session() as session:
        grant_ring(session, lena, "statistics", vira.account_id, NOW, lead=True)
    reset(cast, "vira")
    (found,) = told(cast, "lena")
    assert (found.ring, found.kind, len(found.names)) == ("statistics", "", 1)
    renew(cast, "lena", "statistics")
    assert told(cast, "lena") == ()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_who_was_removed_is_named_by_the_alarm_and_not_here(cast: Cast) -> None:
    remove(cast, "bohdan")
    assert told(cast, "daria") == ()
