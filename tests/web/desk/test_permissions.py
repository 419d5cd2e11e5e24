"""Every route of the desk against every role, from the one table of permissions."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.accounts.permissions import PERMISSIONS, Permission, Role, allowed
from app.web.desk import actions, cases, keys, lockdown, login, me, queues, routes, trail
from app.web.desk.access import Needs
from tests.cast import Cast
from tests.web.desk.conftest import Sit

PARTS = (
    login.router,
    me.router,
    lockdown.router,
    trail.router,
    queues.router,
    keys.router,
    cases.router,
    actions.router,
)
OPEN = {("GET", "/desk/login"), ("POST", "/desk/login"), ("POST", "/desk/login/second")}
WHO = {Role.CASEWORKER: "daria", Role.COORDINATOR: "lena", Role.ADMINISTRATOR: "petro", Role.AUDITOR: "roman"}


def _permissions(dependant: Dependant) -> Iterator[Permission]:
    if isinstance(dependant.call, Needs):
        yield dependant.call.permission
    for part in dependant.dependencies:
        yield from _permissions(part)


def _walked(*routers: APIRouter) -> dict[tuple[str, str], list[Permission]]:
    return {
        (method, route.path): list(_permissions(route.dependant))
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


WALKED = _walked(*PARTS)


def test_every_route_is_walked() -> None:
    assert len(WALKED) == 24
    assert len(routes.router.routes) == len(PARTS)


def test_every_route_but_the_log_in_names_one_permission() -> None:
    assert {place for place, found in WALKED.items() if not found} == OPEN
    assert all(len(found) == 1 for place, found in WALKED.items() if place not in OPEN)


def test_every_permission_is_needed_somewhere() -> None:
    assert {permission for found in WALKED.values() for permission in found} == set(PERMISSIONS)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_comes_exactly_where_the_table_says(cast: Cast, sit: Sit, role: Role) -> None:
    staff = sit(WHO[role])
    staff.log_in()
    staff.client.follow_redirects = False
    case = cast.case_of(cast.report())
    # Logging out comes last: the others need the session.
    for (method, path), found in sorted(WALKED.items(), key=lambda item: item[0][1].endswith("logout")):
        if not found:
            continue
        address = path.format(queue_id="legal", case_id=case)
        answer = staff.client.request(method, address)
        assert (answer.status_code != 403) is allowed({role}, found[0]), (method, path)
        assert answer.status_code < 500


def test_nobody_comes_anywhere_without_a_session(cast: Cast, sit: Sit) -> None:
    staff = sit("daria")
    staff.client.follow_redirects = False
    case = cast.case_of(cast.report())
    for (method, path), found in WALKED.items():
        answer = staff.client.request(method, path.format(queue_id="legal", case_id=case))
        if found:
            assert (answer.status_code, answer.headers["location"]) == (303, "/desk/login"), (method, path)
        else:
            assert answer.status_code in {200, 401}
