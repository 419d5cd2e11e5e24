"""The page on which an administrator gives roles and takes them away: in words, asked back, refused with a reason."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.accounts import changing_roles
from app.accounts.appointing import appoint
from app.accounts.errors import StatedMeanwhile
from app.accounts.permissions import Role
from app.accounts.tables import Account
from app.accounts.vouching import vouched
from app.vault.signing import verify_key
from app.web.admin import roles as page
from tests.accounts.roles import ADMINISTRATOR, AUDITOR, CASEWORKER, COORDINATOR, change, signed_roles
from tests.cast import NOW, OMAR, Cast
from tests.keys.dump import dump
from tests.web.conftest import Clock
from tests.web.desk.conftest import Sit, Staff
from tests.web.desk.joining import Newcomer, invite

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def petro(sit: Sit) -> Staff:
    """Petro, who administers, logged in and reading English."""
    staff = sit("petro")
    staff.come_in()
    staff.read_in("en", "/admin/")
    return staff


def address(cast: Cast, name: str) -> str:
    return f"/admin/people/{cast.founded_account(name)}/roles"


def tick(staff: Staff, *roles: Role) -> None:
    staff.press(staff.page.form_with("seen"), roles=[role.value for role in roles])


def mean_it(staff: Staff) -> None:
    staff.press(staff.page.form_with("seen"), meant="yes")


def test_a_role_is_given_at_once_and_no_key_with_it(cast: Cast, petro: Staff, sit: Sit) -> None:
    bohdan = sit("bohdan")
    bohdan.come_in()
    petro.open(f"/admin/people/{cast.founded_account('bohdan')}")
    assert address(cast, "bohdan") in petro.text
    petro.open(address(cast, "bohdan"))
    assert petro.page.form_with("seen").filled()["roles"] == ["caseworker"]
    assert petro.says("The role alone opens none of it: an auditor who holds its key gives it.")
    tick(petro, CASEWORKER, AUDITOR)
    assert petro.status == 200
    assert signed_roles(cast, "bohdan") == {CASEWORKER, AUDITOR}
    # The session of before is over, and in a new one the page of the role is there; its key is not.
    bohdan.open("/desk/queues/legal")
    assert "password" in bohdan.text
    bohdan.come_in()
    bohdan.open("/desk/queues/legal")
    assert bohdan.status == 200
    bohdan.read_in("en", "/desk/")
    bohdan.open("/admin/trail")
    assert bohdan.says("You do not hold the record’s key yet")


def test_before_a_role_is_taken_the_page_says_what_goes_and_whom_to_call(
    cast: Cast, petro: Staff, daria: Staff
) -> None:
    petro.open(address(cast, "bohdan"))
    before = dump(cast.engine)["statement"]
    tick(petro, COORDINATOR)
    assert petro.status == 200
    assert petro.says("No case opens for them any more.")
    assert petro.says("Who can make the new key: Дарія Лановенко.")
    petro.press(petro.page.form_with("seen"))
    assert petro.status == 422
    assert petro.says("Nothing was changed: please say first that it is meant.")
    assert dump(cast.engine)["statement"] == before
    mean_it(petro)
    assert petro.status == 200
    assert petro.says("These wait for a new key")
    assert petro.says("Legal aid (legal)")
    assert signed_roles(cast, "bohdan") == {COORDINATOR}
    daria.read_in("en", "/desk/queues/legal/keys")
    daria.open("/desk/queues/legal/keys")
    assert daria.says("no longer here, without the role, or with other keys")
    assert daria.says("or is no caseworker any more")
    daria.press_to("/keys/renew")
    assert not daria.says("or is no caseworker any more")


def test_a_key_that_nobody_else_holds_is_named_before_it_is_lost(cast: Cast, petro: Staff) -> None:
    for name, roles, words in (
        ("roman", [COORDINATOR], "Nobody else holds this key, and recovery does not either"),
        ("daria", [COORDINATOR], "Nobody who stays leads it."),
    ):
        petro.open(address(cast, name))
        tick(petro, *roles)
        assert petro.says(words)
        mean_it(petro)
        assert petro.status == 200
        assert petro.says(words)


@pytest.mark.parametrize(
    ("name", "roles", "why"),
    [
        ("bohdan", [], "Please choose at least one role."),
        ("bohdan", [CASEWORKER], "These are the roles that they have"),
        ("petro", [CASEWORKER], "Nobody else administers the organisation now"),
        ("oksana", [CASEWORKER], "A key that went with this role was not made anew yet."),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason_and_what_was_ticked(
    cast: Cast, petro: Staff, name: str, roles: list[Role], why: str
) -> None:
    change(cast, "iryna", CASEWORKER)
    change(cast, "oksana", COORDINATOR)
    petro.open(address(cast, name))
    tick(petro, *roles)
    assert petro.status == 422
    assert petro.says(why)
    assert petro.page.form_with("seen").filled().get("roles", []) == [role.value for role in roles]


def test_a_page_that_is_older_than_what_stands_says_so_and_keeps_what_was_ticked(cast: Cast, petro: Staff) -> None:
    petro.open(address(cast, "bohdan"))
    change(cast, "bohdan", CASEWORKER, COORDINATOR, by="iryna")
    tick(petro, AUDITOR)
    assert petro.status == 409
    assert petro.says("Something about this person changed meanwhile")
    assert petro.says("Caseworker, Coordinator")
    assert petro.page.form_with("seen").filled()["roles"] == ["auditor"]
    tick(petro, AUDITOR)
    change(cast, "bohdan", CASEWORKER, by="iryna")
    mean_it(petro)
    assert petro.status == 409
    assert signed_roles(cast, "bohdan") == {CASEWORKER}


def test_of_two_who_press_at_one_moment_one_is_told(cast: Cast, petro: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    petro.open(address(cast, "bohdan"))
    right = changing_roles.change_roles

    def after_the_other(*given: Any) -> None:
        monkeypatch.undo()
        right(*given)
        raise StatedMeanwhile

    monkeypatch.setattr(page, "change_roles", after_the_other)
    tick(petro, CASEWORKER, AUDITOR)
    assert petro.status == 409
    # What was written until then is undone.
    assert signed_roles(cast, "bohdan") == {CASEWORKER}
    tick(petro, CASEWORKER, AUDITOR)
    assert signed_roles(cast, "bohdan") == {CASEWORKER, AUDITOR}


def test_whoever_gives_up_their_own_role_is_told_and_out_at_once(cast: Cast, petro: Staff) -> None:
    petro.open(address(cast, "petro"))
    tick(petro, CASEWORKER)
    assert petro.says("This is yourself")
    mean_it(petro)
    assert signed_roles(cast, "petro") == {CASEWORKER}
    petro.open("/admin/")
    assert "password" in petro.text
    petro.come_in()
    petro.open("/admin/")
    assert petro.status == 403


def test_who_waits_to_be_let_in_is_let_in_first(application: FastAPI, cast: Cast, petro: Staff, clock: Clock) -> None:
    marta = Newcomer(application, clock, invite(petro))
    marta.join()
    with cast.session() as session:
        known = vouched(session).organisations[cast.member("petro").organisation_id]
        rows = session.exec(select(Account.id).where(Account.organisation_id == cast.member("petro").organisation_id))
        (account,) = set(rows.all()) - set(known.people)
    petro.open(f"/admin/people/{account}")
    assert f"/admin/people/{account}/roles" not in petro.text
    petro.open(f"/admin/people/{account}/roles")
    assert petro.status == 200
    assert petro.says("They wait to be admitted.")
    answer = petro.client.post(f"/admin/people/{account}/roles", data={"roles": "auditor"})
    assert answer.status_code == 422
    assert "They wait to be admitted." in answer.text


def tries(cast: Cast, staff: Staff) -> set[int]:
    """What somebody is answered who opens the page of Bohdan's roles, and sends it; nothing is signed meanwhile."""
    before = dump(cast.engine)["statement"]
    form = {"roles": "administrator", "seen": "0" * 16, "meant": "yes"}
    where = address(cast, "bohdan")
    answers = staff.client.get(where), staff.client.post(where, data=form)
    assert dump(cast.engine)["statement"] == before
    return {answer.status_code for answer in answers}


@pytest.mark.parametrize("name", [OMAR, "daria", "lena", "roman"])
def test_who_administers_nothing_neither_looks_nor_changes(sit: Sit, cast: Cast, name: str) -> None:
    staff = sit(name)
    staff.come_in()
    assert tries(cast, staff) == {403}


def test_an_administrator_of_another_organisation_finds_nobody(sit: Sit, cast: Cast) -> None:
    member, ayshe = cast.member("petro"), cast.member("ayshe")
    keys = verify_key(ayshe.signing_key), ayshe.pair.public
    with cast.session() as session:
        appoint(session, member, ayshe.organisation_id, ayshe.account_id, keys, [CASEWORKER, ADMINISTRATOR], NOW)
    staff = sit("ayshe")
    staff.come_in()
    assert tries(cast, staff) == {404}
    staff.open(address(cast, "rustem"))
    assert staff.status == 200
