"""What newcomers are meant for is what an administrator signed, and nothing that a colleague writes into a row."""

from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from app.accounts.administration import staff
from app.accounts.admission import admit, newcomers, signed_on
from app.accounts.meant import Inviter, Meant, inviting, seal_newcomer
from app.accounts.members import Member
from app.accounts.permissions import Role
from app.accounts.root_appointing import ROLES, is_signed_for, waiting_for_root
from app.accounts.tables import Newcomer
from app.accounts.vouching import vouched
from app.accounts.vouching_statements import ROOT
from app.storage.packing import pack, unpack
from app.vault.context import Purpose, context
from app.vault.symmetric import open_sealed, seal
from tests.accounts.test_admission import Joined, join
from tests.accounts.test_renewing import reset
from tests.accounts.test_root_appointing import admit as admit_by_root
from tests.accounts.test_root_appointing import invited, joined, reading
from tests.cast import NOW, Cast

MORE = Meant((Role.ADMINISTRATOR, Role.CASEWORKER), ("legal", "tracing"))


def put(cast: Cast, account_id: str, sealed: bytes) -> None:
    with cast.session() as session:
        session.execute(update(Newcomer).where(col(Newcomer.account_id) == account_id).values(sealed=sealed))


def sealed_of(cast: Cast, account_id: str) -> bytes:
    with cast.session() as session:
        return session.exec(select(Newcomer.sealed).where(col(Newcomer.account_id) == account_id)).one()


def seen(cast: Cast, account_id: str) -> Meant:
    petro = cast.member("petro")
    with cast.session() as session:
        found = newcomers(session, petro)[account_id]
        (person,) = [person for person in staff(session, petro) if person.id == account_id]
        assert (person.signed_on, signed_on(session, petro)[account_id]) == (found.on, found.on)
    return found


def nobody(_cast: Cast, ivan: Member, account: str) -> bytes:
    """As earlier releases sealed it."""
    return seal_newcomer(ivan.directory_key, account, MORE, None)


def a_colleague(_cast: Cast, ivan: Member, account: str) -> bytes:
    return seal_newcomer(ivan.directory_key, account, MORE, inviting(ivan, NOW))


def in_an_administrators_name(cast: Cast, ivan: Member, account: str) -> bytes:
    by = Inviter(ivan.organisation_id, cast.founded_account("petro"), ivan.signing_key, NOW)
    return seal_newcomer(ivan.directory_key, account, MORE, by)


def in_the_roots_name(_cast: Cast, ivan: Member, account: str) -> bytes:
    return seal_newcomer(ivan.directory_key, account, MORE, Inviter(ivan.organisation_id, ROOT, ivan.signing_key, NOW))


def an_administrator_of_another(cast: Cast, ivan: Member, account: str) -> bytes:
    by = inviting(cast.member("ayshe"), NOW)
    return seal_newcomer(ivan.directory_key, account, MORE, by)


def something_else_under_a_true_signature(cast: Cast, ivan: Member, account: str) -> bytes:
    place = context(Purpose.NEWCOMER, account)
    content = unpack(open_sealed(ivan.directory_key, sealed_of(cast, account), place))
    return seal(ivan.directory_key, pack({**content, "roles": list(MORE.roles), "queues": list(MORE.queues)}), place)


def what_was_signed_of_somebody_else(cast: Cast, ivan: Member, account: str) -> bytes:
    other = seal_newcomer(ivan.directory_key, "other", MORE, inviting(cast.member("petro"), NOW))
    content = open_sealed(ivan.directory_key, other, context(Purpose.NEWCOMER, "other"))
    return seal(ivan.directory_key, content, context(Purpose.NEWCOMER, account))


@pytest.mark.parametrize(
    "forged",
    [
        nobody,
        a_colleague,
        in_an_administrators_name,
        in_the_roots_name,
        an_administrator_of_another,
        something_else_under_a_true_signature,
        what_was_signed_of_somebody_else,
    ],
)
def test_a_colleague_with_the_database_makes_nobody_more_than_was_signed(
    cast: Cast, forged: Callable[[Cast, Member, str], bytes]
) -> None:
    someone, petro = join(cast, "legal"), cast.member("petro")
    true = Meant((Role.CASEWORKER,), ("legal",), petro.account_id, NOW.date())
    assert seen(cast, someone.account_id) == true
    put(cast, someone.account_id, forged(cast, cast.member("ivan"), someone.account_id))
    assert seen(cast, someone.account_id) == MORE


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_nobody_can_read_lets_nobody_wait_and_stops_no_page(cast: Cast) -> None:
    someone, ivan, petro = join(cast), cast.member("ivan"), cast.member("petro")
    place = context(Purpose.NEWCOMER, someone.account_id)
    for content in ({"roles": ["king"], "queues": []}, {"roles": [], "queues": [], "by": [], "on": 1, "signature": 2}):
        put(cast, someone.account_id, seal(ivan.directory_key, pack(content), place))
        with cast.session() as session:
            assert newcomers(session, petro) == {}
            assert someone.account_id not in {person.id for person in staff(session, petro)}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_link_of_an_earlier_release_still_lets_somebody_in_and_is_known_as_not_signed(cast: Cast) -> None:
    someone, petro = join(cast), cast.member("petro")
    older = Meant((Role.COORDINATOR,), ())
    put(cast, someone.account_id, seal_newcomer(petro.directory_key, someone.account_id, older, None))
    assert seen(cast, someone.account_id) == older
    with cast.session() as session:
        admit(session, petro, someone.account_id, someone.words, NOW)
    with cast.session() as session:
        assert vouched(session).organisations[petro.organisation_id].people[someone.account_id].roles == {
            Role.COORDINATOR
        }


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_an_administrator_signed_with_a_key_that_a_reset_ended_is_not_signed_any_more(cast: Cast) -> None:
    iryna, someone = cast.member("iryna"), _invited_by_iryna(cast)
    assert seen(cast, someone.account_id).by == iryna.account_id
    reset(cast, "iryna")
    assert seen(cast, someone.account_id) == Meant((Role.CASEWORKER,), ("legal",))


def _invited_by_iryna(cast: Cast) -> Joined:
    someone, iryna = join(cast, "legal"), cast.member("iryna")
    meant = Meant((Role.CASEWORKER,), ("legal",))
    put(cast, someone.account_id, seal_newcomer(iryna.directory_key, someone.account_id, meant, inviting(iryna, NOW)))
    return someone


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_root_signs_whom_it_invites_and_who_else_waits_for_it_is_known_as_not_signed(cast: Cast) -> None:
    by, ivan = reading(cast), cast.member("ivan")
    account, words, _begun = joined(cast, invited(cast, by))
    assert seen(cast, account).by == ROOT
    with cast.session() as session:
        assert is_signed_for(session, by, account)
    for inviter in (None, inviting(ivan, NOW)):
        put(cast, account, seal_newcomer(by.directory_key, account, Meant(ROLES, ()), inviter))
        with cast.session() as session:
            assert (account in waiting_for_root(session, by), is_signed_for(session, by, account)) == (True, False)
    admit_by_root(cast, by, account, words)
