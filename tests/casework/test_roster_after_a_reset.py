"""A roster after somebody's keys were stolen and replaced."""

from sqlmodel import col, update

from app.accounts.appointing import appoint
from app.accounts.permissions import Role
from app.accounts.ring_keeping import grant_ring, renew_ring
from app.accounts.tables import Account
from app.vault.hybrid import new_private_key, public_key
from app.vault.signing import new_signing_key, verify_key
from tests.casework.test_roster import plan, roster
from tests.cast import NOW, Cast


def test_a_plan_that_was_signed_with_a_key_of_before_a_reset_counts_only_once_a_lead_signed_it(cast: Cast) -> None:
    """Who stole that key may have signed it."""
    plan(cast)
    daria, petro, bohdan = cast.member("daria"), cast.member("petro"), cast.founded_account("bohdan")
    private = new_private_key()
    keys = verify_key(new_signing_key()), public_key(private)
    with cast.session() as session:
        renew_ring(session, daria, "queue:legal", NOW, [bohdan])
    with cast.session() as session:
        grant_ring(session, daria, "queue:legal", bohdan, NOW, lead=True)
    with cast.session() as session:
        appoint(session, petro, petro.organisation_id, daria.account_id, keys, (Role.CASEWORKER,), NOW)
        row = col(Account.id) == daria.account_id
        session.execute(update(Account).where(row).values(verify_key=keys[0], public_key=keys[1]))
    with cast.session() as session:
        grant_ring(session, cast.member("bohdan"), "queue:legal", daria.account_id, NOW, lead=True)
    found = roster(cast)
    assert daria.account_id in found.leads
    assert (len(found.plan), found.in_force, found.on_duty(NOW)) == (1, False, ())
