"""Other roles for somebody of the cast, by an administrator who has looked at them."""

import pytest

from app.accounts.alarms import Alarm, alarms
from app.accounts.changing_roles import HeldKey, change_roles, roles_of
from app.accounts.errors import RefusedPerson
from app.accounts.permissions import Role
from app.accounts.vouching import vouched
from tests.accounts.attacks import id_of
from tests.cast import NOW, Cast
from tests.keys.dump import dump

CASEWORKER, COORDINATOR, ADMINISTRATOR, AUDITOR = Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR


def change(cast: Cast, name: str, *roles: Role, by: str = "petro") -> tuple[HeldKey, ...]:
    """An administrator looks at somebody and changes their roles."""
    member, account = cast.member(by), id_of(cast, name)
    with cast.session() as session:
        return change_roles(session, member, account, roles, roles_of(session, member, account).seen, NOW)


def refusal(cast: Cast, name: str, *roles: Role, by: str = "petro") -> str:
    """Why roles are refused; nothing is changed by that."""
    cast.member(by)
    before = dump(cast.engine)
    with pytest.raises(RefusedPerson) as refused:
        change(cast, name, *roles, by=by)
    assert dump(cast.engine) == before
    return refused.value.problems["roles"]


def signed_roles(cast: Cast, name: str) -> frozenset[Role]:
    with cast.session() as session:
        return vouched(session).organisations[cast.member("petro").organisation_id].people[id_of(cast, name)].roles


def raised(cast: Cast) -> set[tuple[Alarm, str]]:
    with cast.session() as session:
        return {(each.alarm, each.subject) for each in alarms(session)}
