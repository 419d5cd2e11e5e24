"""Roles that nobody is given or loses: who may not say so, what cannot be, and what was decided on an older page."""

from collections.abc import Callable

import pytest
from sqlmodel import col, select

from app.accounts import changing_roles
from app.accounts.appointing import appoint
from app.accounts.changing_roles import change_roles, check_roles, roles_of
from app.accounts.errors import MayNotState, NoSuchPerson, RefusedPerson, StatedMeanwhile
from app.accounts.meant import Meant, seal_newcomer
from app.accounts.ring_keeping import grant_ring
from app.accounts.tables import Account, DirectoryShare, Newcomer
from app.vault.signing import verify_key
from tests.accounts.attacks import id_of
from tests.accounts.roles import ADMINISTRATOR, AUDITOR, CASEWORKER, COORDINATOR, change, raised, refusal, signed_roles
from tests.cast import NOW, OMAR, Cast
from tests.keys.dump import dump

ON_ONE_KIND = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@ON_ONE_KIND
def test_what_cannot_be_is_refused_with_a_reason(cast: Cast) -> None:
    assert refusal(cast, "bohdan") == "no_role"
    assert refusal(cast, "bohdan", CASEWORKER) == "same_roles"
    change(cast, "iryna", CASEWORKER, by="petro")
    assert refusal(cast, "petro", CASEWORKER) == "last_administrator"
    assert change(cast, "petro", CASEWORKER, ADMINISTRATOR) == ()
    change(cast, "iryna", ADMINISTRATOR)
    # Somebody else administers again, so one's own role may go.
    change(cast, "petro", CASEWORKER)
    assert cast.member("petro").roles == {CASEWORKER}
    assert signed_roles(cast, "iryna") == {ADMINISTRATOR}


@ON_ONE_KIND
def test_an_administrator_who_waits_to_be_let_in_again_is_no_other_one(cast: Cast) -> None:
    petro, iryna = cast.member("petro"), cast.member("iryna")
    with cast.session() as session:
        sealed = seal_newcomer(petro.directory_key, iryna.account_id, Meant((ADMINISTRATOR,), ()), None)
        session.add(Newcomer(account_id=iryna.account_id, sealed=sealed))
        for share in session.exec(select(DirectoryShare).where(col(DirectoryShare.account_id) == iryna.account_id)):
            session.delete(share)
    assert refusal(cast, "petro", CASEWORKER) == "last_administrator"
    with cast.session() as session, pytest.raises(RefusedPerson) as refused:
        check_roles(session, petro, iryna.account_id, [CASEWORKER])
    assert refused.value.problems == {"roles": "waits"}


@ON_ONE_KIND
def test_whose_account_was_put_there_with_the_database_alone_is_nobody(cast: Cast) -> None:
    petro = cast.member("petro")
    with cast.session() as session:
        daria = session.get_one(Account, id_of(cast, "daria")).model_dump()
        session.add(Account(**daria | {"id": "enemy", "locator": bytes(32)}))
    with cast.session() as session, pytest.raises(NoSuchPerson):
        roles_of(session, petro, "enemy")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("by", ["daria", "lena", "roman", "ayshe", OMAR])
def test_who_administers_nothing_changes_nobodys_roles(cast: Cast, by: str) -> None:
    member, account = cast.member(by), id_of(cast, "bohdan")
    before = dump(cast.engine)
    with cast.session() as session, pytest.raises((MayNotState, NoSuchPerson)):
        change_roles(session, member, account, [AUDITOR], roles_of(session, member, account).seen, NOW)
    assert dump(cast.engine) == before


@ON_ONE_KIND
def test_an_administrator_of_another_organisation_reaches_nobody_here(cast: Cast) -> None:
    petro, ayshe = cast.member("petro"), cast.member("ayshe")
    keys = verify_key(ayshe.signing_key), ayshe.pair.public
    with cast.session() as session:
        appoint(session, petro, ayshe.organisation_id, ayshe.account_id, keys, [CASEWORKER, ADMINISTRATOR], NOW)
    before = dump(cast.engine)
    for name, by in (("bohdan", "ayshe"), ("ayshe", "petro"), ("rustem", "petro")):
        member = cast.member(by)
        with cast.session() as session, pytest.raises(NoSuchPerson):
            roles_of(session, member, id_of(cast, name))
        with cast.session() as session, pytest.raises(NoSuchPerson):
            change_roles(session, member, id_of(cast, name), [AUDITOR], "", NOW)
    assert dump(cast.engine) == before
    assert [key.ring for key in change(cast, "rustem", AUDITOR, by="ayshe")] == ["queue:partner-legal"]


def given_a_key(cast: Cast) -> None:
    with cast.session() as session:
        grant_ring(session, cast.member("oksana"), "queue:tracing", id_of(cast, "bohdan"), NOW)


def other_roles(cast: Cast) -> None:
    change(cast, "bohdan", CASEWORKER, COORDINATOR, by="iryna")


def alone_now(cast: Cast) -> None:
    change(cast, "daria", COORDINATOR, by="iryna")


@ON_ONE_KIND
@pytest.mark.parametrize("meanwhile", [given_a_key, other_roles, alone_now])
def test_what_was_decided_on_an_older_page_is_not_done(cast: Cast, meanwhile: Callable[[Cast], None]) -> None:
    petro, account = cast.member("petro"), id_of(cast, "bohdan")
    with cast.session() as session:
        seen = roles_of(session, petro, account).seen
    meanwhile(cast)
    before = dump(cast.engine)
    with cast.session() as session, pytest.raises(StatedMeanwhile):
        change_roles(session, petro, account, [AUDITOR], seen, NOW)
    assert dump(cast.engine) == before


@pytest.mark.parametrize("moment", ["administered", "sign_organisation", "write_statement"])
def test_of_two_administrators_who_take_each_others_role_one_stays(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    for name in ("petro", "iryna"):
        cast.member(name)
    right: Callable[..., object] = getattr(changing_roles, moment)

    def after_the_other(*given: object) -> object:
        monkeypatch.undo()
        change(cast, "petro", CASEWORKER, by="iryna")
        return right(*given)

    monkeypatch.setattr(changing_roles, moment, after_the_other)
    with pytest.raises((StatedMeanwhile, MayNotState)):
        change(cast, "iryna", CASEWORKER, by="petro")
    assert signed_roles(cast, "iryna") == {ADMINISTRATOR}
    assert signed_roles(cast, "petro") == {CASEWORKER}
    assert raised(cast) == set()
