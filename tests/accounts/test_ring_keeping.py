"""Leads and the keys of rings: what they are refused, and what somebody with the database spoils for them."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from app.accounts.appointing import appoint, name_lead
from app.accounts.errors import MayNotState, NotVouched
from app.accounts.permissions import Role
from app.accounts.removal import remove_person
from app.accounts.ring_keeping import begin_ring, grant_ring, renew_ring, take_up_ring
from app.accounts.rings import RECORD, open_ring, share_ring
from app.accounts.tables import Account, Membership, RingShare
from app.accounts.vouching import vouched
from app.casefile.errors import NotFound
from app.casework.opening import open_case
from app.vault.hybrid import new_private_key, public_key
from tests.accounts.attacks import id_of
from tests.cast import NOW, Cast

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
LEGAL = "queue:legal"
LATER = NOW + timedelta(minutes=10)


def give(session: Session, cast: Cast, name: str) -> None:
    grant_ring(session, cast.member("daria"), LEGAL, id_of(cast, name), NOW)


def test_a_lead_begins_no_ring_twice_and_gives_its_key_to_no_one_without_the_role(cast: Cast) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        with pytest.raises(MayNotState):
            begin_ring(session, daria, LEGAL, NOW)
        for outsider in (id_of(cast, "lena"), id_of(cast, "ayshe"), "nobody"):
            with pytest.raises(MayNotState):
                grant_ring(session, daria, LEGAL, outsider, NOW)
        with pytest.raises(MayNotState):
            renew_ring(session, daria, LEGAL, NOW, [daria.account_id])


def test_a_lead_whose_share_was_deleted_or_replaced_gives_on_no_key(cast: Cast) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        session.execute(delete(RingShare).where(col(RingShare.account_id) == daria.account_id))
    with cast.session() as session, pytest.raises(MayNotState):
        give(session, cast, "oksana")
    with cast.session() as session:
        share_ring(session, LEGAL, 1, new_private_key(), daria.account_id, daria.pair.public)
    with cast.session() as session, pytest.raises(NotVouched):
        give(session, cast, "oksana")


def test_no_key_is_sealed_to_a_public_key_that_was_swapped_under_the_lead(cast: Cast) -> None:
    oksana = id_of(cast, "oksana")
    with cast.session() as session:
        enemy = public_key(new_private_key())
        session.execute(update(Account).where(col(Account.id) == oksana).values(public_key=enemy))
    with cast.session() as session, pytest.raises(NotVouched):
        give(session, cast, "oksana")
    with cast.session() as session:
        assert session.get(RingShare, (LEGAL, 1, oksana)) is None


def test_a_ring_is_carried_on_with_its_own_key_and_generation_alone(cast: Cast) -> None:
    daria = cast.member("daria")
    with cast.session() as session:
        with pytest.raises(NotVouched):
            take_up_ring(session, daria, LEGAL, 1, new_private_key(), NOW)
        with pytest.raises(MayNotState):
            take_up_ring(session, daria, LEGAL, 2, open_ring(session, LEGAL, 1, daria.account_id, daria.pair), NOW)


def test_where_nobody_is_left_who_held_it_whom_the_organisation_names_begins_anew_without_the_older_key(
    cast: Cast,
) -> None:
    older = cast.case_of(cast.report())
    for name in ("daria", "bohdan"):
        with cast.session() as session:
            remove_person(session, cast.member("petro"), id_of(cast, name), NOW)
    petro, oksana = cast.member("petro"), cast.member("oksana")
    with cast.session() as session:
        name_lead(session, petro, petro.organisation_id, LEGAL, oksana.account_id, NOW)
    with cast.session() as session:
        renew_ring(session, oksana, LEGAL, NOW)
    with cast.session() as session:
        ring = vouched(session).rings[LEGAL]
        assert (ring.generation, list(ring.holders)) == (2, [oksana.account_id])
        assert open_ring(session, LEGAL, 2, oksana.account_id, oksana.pair) is not None
        with pytest.raises(NotFound):
            open_case(session, cast.member("oksana", LATER), older, NOW)


def test_the_records_key_is_given_to_a_second_auditor_and_makes_nobody_member_of_a_queue(cast: Cast) -> None:
    roman, vira = cast.member("roman"), cast.member("vira")
    with cast.session() as session:
        members = {(row.queue_id, row.account_id) for row in session.exec(select(Membership))}
        row = session.get_one(Account, vira.account_id)
        keys = row.verify_key, row.public_key
        appoint(session, cast.member("petro"), vira.organisation_id, row.id, keys, [Role.AUDITOR], NOW)
    with cast.session() as session:
        grant_ring(session, roman, RECORD, vira.account_id, NOW)
    with cast.session() as session:
        assert vira.account_id in vouched(session).rings[RECORD].holders
        opened = [open_ring(session, RECORD, 1, each.account_id, each.pair) for each in (roman, vira)]
        assert opened[0] == opened[1]
        assert {(row.queue_id, row.account_id) for row in session.exec(select(Membership))} == members
