"""What an administrator may not sign: another organisation's people, who left, a queue that is there."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from sqlmodel import Session

from app.accounts import joining
from app.accounts.appointing import appoint, name_lead, name_queue
from app.accounts.errors import MayNotState
from app.accounts.partners import NewOrganisation, add_organisation
from app.accounts.permissions import Role
from app.accounts.removal import remove_person
from app.accounts.root_appointing import admit_by_root, invite_by_root, read_by_member, waiting_for_root
from app.accounts.vouching import vouched
from app.accounts.vouching_states import OrganisationState
from app.accounts.vouching_stating import administered
from app.vault.signing import new_signing_key, verify_key
from app.vault.totp import totp_at
from tests.accounts.attacks import id_of
from tests.cast import NOW, OMAR, Cast
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def take_from_another(session: Session, cast: Cast) -> None:
    petro, daria = cast.member("petro"), cast.member("daria")
    partner, keys = cast.member("ayshe").organisation_id, (verify_key(daria.signing_key), daria.pair.public)
    appoint(session, petro, partner, daria.account_id, keys, [Role.CASEWORKER], NOW)


def found_again(session: Session, cast: Cast) -> None:
    petro = cast.member("petro")
    name_queue(session, petro, petro.organisation_id, "partner-legal", "legal", id_of(cast, "daria"), NOW)


def found_for_a_coordinator(session: Session, cast: Cast) -> None:
    petro = cast.member("petro")
    name_queue(session, petro, petro.organisation_id, "second", "legal", id_of(cast, "lena"), NOW)


def let_a_stranger_lead(session: Session, cast: Cast) -> None:
    petro = cast.member("petro")
    name_lead(session, petro, petro.organisation_id, "queue:legal", id_of(cast, "ayshe"), NOW)


def claim_anothers_queue(session: Session, cast: Cast) -> None:
    petro = cast.member("petro")
    name_lead(session, petro, petro.organisation_id, "queue:partner-legal", id_of(cast, "daria"), NOW)


@pytest.mark.parametrize(
    "overreach",
    [take_from_another, found_again, found_for_a_coordinator, let_a_stranger_lead, claim_anothers_queue],
)
def test_what_is_not_an_administrators_to_say_is_not_signed(
    cast: Cast, overreach: Callable[[Session, Cast], None]
) -> None:
    for name in ("petro", "daria", "ayshe"):
        cast.member(name)
    before = dump(cast.engine)
    with cast.session() as session, pytest.raises(MayNotState):
        overreach(session, cast)
    assert dump(cast.engine) == before


def test_who_left_is_not_appointed_again(cast: Cast) -> None:
    petro, vira = cast.member("petro"), cast.member("vira")
    keys = verify_key(vira.signing_key), vira.pair.public
    with cast.session() as session:
        remove_person(session, petro, vira.account_id, NOW)
    with cast.session() as session, pytest.raises(MayNotState):
        appoint(session, petro, petro.organisation_id, vira.account_id, keys, [Role.COORDINATOR], NOW)
    with cast.session() as session:
        assert vouched(session).appointed(vira.account_id) is None


def test_a_reset_by_who_does_not_administer_elsewhere_gives_no_other_key_there(cast: Cast) -> None:
    petro, daria, root = cast.member("petro"), cast.member("daria"), cast.founded.root_private.hex()
    with cast.session() as session:
        add_organisation(session, petro, NewOrganisation("Правнича сотня", "Угода.", "Марта Нова"), root, NOW)
    with cast.session() as session:
        keys = verify_key(daria.signing_key), daria.pair.public
        roles = [*daria.roles, Role.ADMINISTRATOR]
        appoint(session, petro, petro.organisation_id, daria.account_id, keys, roles, NOW)
    before = {who: state.stewards for who, state in known_now(cast).items()}
    with cast.session() as session:
        new = verify_key(new_signing_key()), petro.pair.public
        appoint(session, daria, daria.organisation_id, petro.account_id, new, petro.roles, NOW)
    after = known_now(cast)
    assert {who: state.stewards for who, state in after.items()} == before
    assert after[petro.organisation_id].people[petro.account_id].keys.verify == new[0]


def test_whom_the_root_appoints_is_stood_in_for_by_nobody_from_elsewhere(cast: Cast) -> None:
    omar, petro, begun = cast.member(OMAR), cast.member("petro"), joining.begin("марта")
    partner, root, later = omar.organisation_id, cast.founded.root_private.hex(), NOW + timedelta(hours=13)
    assert petro.account_id in known_now(cast)[partner].stewards
    with cast.session() as session:
        by = read_by_member(session, omar, partner, cast.founded.service_private)
        token = invite_by_root(session, by, "Марта Нова", root, later)
    with cast.session() as session:
        digits = totp_at(begun.totp_secret, later)
        words = joining.join(session, token, joining.confirm(begun, begun.passphrase), digits, later).fingerprint
    with cast.session() as session:
        (account,) = waiting_for_root(session, by)
        admit_by_root(session, by, account, words, root, later)
    assert known_now(cast)[partner].stewards == {}
    with cast.session() as session, pytest.raises(MayNotState):
        administered(session, petro, partner)


def known_now(cast: Cast) -> Mapping[str, OrganisationState]:
    with cast.session() as session:
        return vouched(session).organisations
