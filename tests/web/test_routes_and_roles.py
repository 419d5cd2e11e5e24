"""Every route against everybody, logged out included, from the one table of permissions."""

from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from sqlmodel import func, select

from app.accounts.permissions import PERMISSIONS, Permission, Role
from app.casefile.tables import Case, Item
from app.main import Side, build
from app.settings import Settings
from app.web.desk.writing import WRITINGS
from tests.cast import OMAR, Cast
from tests.web.conftest import Clock
from tests.web.desk.conftest import Staff
from tests.web.knocking import FORM, NAMES, NOT_ALONE, NOTHING_THERE
from tests.web.walking import ORIGIN, Browser
from tests.web.ways_in import LOG_OUT, Found, walked

FAMILY, DESK, API, OTHER = 33, 162, 5, 3
LOG_IN = {("GET", "/desk/login"), ("POST", "/desk/login"), ("POST", "/desk/login/second")}
# Whoever has a link needs no log-in; without a good one nothing is there.
JOIN = {("GET", "/desk/join/{token}"), ("POST", "/desk/join/{token}")}
OPEN = LOG_IN | JOIN
# Asks for what only the page itself gives, and says so.
ASKS_MORE = {("POST", f"/desk/me/{what}") for what in ("passphrase", "authenticator", "spare-codes")}
# Whoever has no visit is asked for the code; only ending a visit that is over already needs none.
END = ("POST", "/{lang}/case/end")


@dataclass(frozen=True)
class Somebody:
    """One of the cast: the roles by the table, and whether the case is in a queue of theirs."""

    name: str
    role: Role
    has_the_case: bool = False


EVERYBODY = (
    Somebody("daria", Role.CASEWORKER, has_the_case=True),
    Somebody("oksana", Role.CASEWORKER),
    Somebody("ayshe", Role.CASEWORKER),
    Somebody(OMAR, Role.CASEWORKER),
    Somebody("lena", Role.COORDINATOR),
    Somebody("petro", Role.ADMINISTRATOR),
    Somebody("roman", Role.AUDITOR),
)
# Who may what does not hang on the kind of database: on the other one, whoever has the case and whoever administers.
TWICE = {"daria", "petro"}
ON_ONE_KIND = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def routes(application: FastAPI) -> list[Found]:
    """Every route of both sides."""
    return walked(application)


@pytest.fixture
def case(cast: Cast) -> str:
    """A case of the legal queue."""
    return cast.case_of(cast.report())


def _knock(browser: Browser, found: Found, case: str, version: int = 0) -> int:
    """The status that a route answers this browser with; a redirect is not followed."""
    filled = found.path.format(queue_id="legal", case_id=case, **NAMES)
    sent = {**FORM, "version": str(version)} if found.method == "POST" else None
    answer = browser.client.request(found.method, filled, data=sent, follow_redirects=False)
    browser.text, browser.headers = answer.text, answer.headers
    return answer.status_code


def _expected(somebody: Somebody, found: Found) -> int:
    # Only who leads a queue of the organisation that receives, and its administrators, may.
    if Permission.LOCK_DOWN in found.permissions and somebody.name in {"ayshe", OMAR}:
        return 403
    if somebody.role not in PERMISSIONS[found.permissions[0]]:
        return 403
    if not somebody.has_the_case and ("{queue_id}" in found.path or "{case_id}" in found.path):
        return 404
    if found.place in ASKS_MORE:
        return 422
    return (NOTHING_THERE | NOT_ALONE).get(found.place) or (200 if found.method == "GET" else 303)


def _state(cast: Cast, case: str) -> tuple[int, str, int]:
    with cast.session() as session:
        row = session.get_one(Case, case)
        items = session.exec(select(func.count()).select_from(Item).where(Item.case_id == case)).one()
        return row.version, row.status, items


def test_every_route_iswalked(routes: list[Found]) -> None:
    sides = [found.side for found in routes]
    assert len({found.place for found in routes}) == len(routes) == FAMILY + DESK + API + OTHER
    assert [sides.count(side) for side in ("family", "desk", "api", "other")] == [FAMILY, DESK, API, OTHER]


@pytest.mark.parametrize(("side", "absent"), [("family", {"desk"}), ("desk", {"family", "api"})])
def test_a_process_of_one_side_has_no_route_of_the_other(cast: Cast, side: Side, absent: set[str]) -> None:
    application = build(Settings(database_url=cast.url), side)
    found = walked(application)
    application.state.site.close()
    assert found
    assert absent.isdisjoint(each.side for each in found)


def test_every_route_of_the_desk_but_the_log_in_names_one_permission_and_no_other_route_does(
    routes: list[Found],
) -> None:
    of_staff = [found for found in routes if found.side == "desk"]
    assert {found.place for found in of_staff if not found.permissions} == OPEN
    assert all(len(found.permissions) == 1 for found in of_staff if found.place not in OPEN)
    assert not any(found.permissions for found in routes if found not in of_staff)
    assert {permission for found in routes for permission in found.permissions} == set(PERMISSIONS)


@pytest.mark.parametrize(
    ("database_kind", "somebody"),
    [
        *(pytest.param("sqlite", each, id=f"sqlite-{each.name}") for each in EVERYBODY),
        *(pytest.param("postgresql", each, id=f"postgresql-{each.name}") for each in EVERYBODY if each.name in TWICE),
    ],
    indirect=["database_kind"],
)
def test_everybody_comes_exactly_where_the_table_and_their_queues_say(
    application: FastAPI, cast: Cast, clock: Clock, routes: list[Found], case: str, somebody: Somebody
) -> None:
    staff = Staff(application, cast, clock, somebody.name)
    staff.come_in()
    before = _state(cast, case)

    for found in routes:
        if found.permissions:
            version, _, _ = _state(cast, case)
            assert _knock(staff, found, case, version) == _expected(somebody, found), found.place
            location = staff.headers.get("location", "")
            assert location.startswith("/desk/login") is (found.place == LOG_OUT), found.place
            assert "told=" not in location or found.place in NOT_ALONE | NOTHING_THERE, found.place

    assert (_state(cast, case) == before) is not somebody.has_the_case


@ON_ONE_KIND
@pytest.mark.parametrize("name", ["oksana", "ayshe", OMAR])
def test_an_unseen_case_is_answered_like_one_that_never_was(
    application: FastAPI, cast: Cast, clock: Clock, routes: list[Found], case: str, name: str
) -> None:
    staff = Staff(application, cast, clock, name)
    staff.come_in()
    reached = [found for found in routes if "{case_id}" in found.path]
    for found in reached:
        assert _knock(staff, found, case) == 404
        unseen = staff.text
        assert _knock(staff, found, "nosuch12") == 404
        assert staff.text == unseen, found.place
    assert len(reached) == 40


@ON_ONE_KIND
def test_nobody_logged_out_comes_further_than_the_log_in(
    amina: Browser, cast: Cast, routes: list[Found], case: str
) -> None:
    before = _state(cast, case)
    for found in routes:
        if found.side != "desk":
            continue
        status = _knock(amina, found, case)
        if found.place in JOIN:
            assert status == 410, found.place
        elif found.place in LOG_IN:
            assert status == (200 if found.method == "GET" else 401), found.place
        elif found.method == "POST" and any(writing.fits(found.path) for writing in WRITINGS):
            # What was being written waits in the page that asks for the log-in.
            assert status == 401, found.place
            assert case not in amina.text
        else:
            assert (status, amina.headers["location"]) == (303, "/desk/login"), found.place
    assert _state(cast, case) == before


@ON_ONE_KIND
def test_a_half_open_session_opens_nothing(
    application: FastAPI, cast: Cast, clock: Clock, routes: list[Found], case: str
) -> None:
    staff = Staff(application, cast, clock, "daria")
    staff.open("/desk/login")
    staff.first_step()
    half_open = staff.client.cookies["desk"]
    before = _state(cast, case)
    for found in routes:
        if found.permissions or found.needs_visit:
            staff.client.cookies.clear()
            staff.client.cookies.set("desk", half_open)
            staff.client.cookies.set("visit", half_open)
            assert _knock(staff, found, case) in {303, 401}, found.place
            assert staff.headers.get("location", "/desk/login").startswith("/desk/login"), found.place
            assert "set-cookie" not in staff.headers
    assert _state(cast, case) == before


@ON_ONE_KIND
def test_families_need_no_log_in_and_their_visit_only_the_code(amina: Browser, routes: list[Found], case: str) -> None:
    asking = [found for found in routes if found.side == "family" and found.needs_visit]
    assert len(asking) == 12
    for found in routes:
        if found.side != "family":
            continue
        status = _knock(amina, found, case)
        if found.needs_visit:
            assert status == 401, found.place
            assert "/desk" not in amina.text
        else:
            assert status in {200, 303, 410, 422, NOTHING_THERE.get(found.place, 200)}, found.place
            assert "/desk" not in amina.headers.get("location", "")
    assert {found.place for found in routes if "/case" in found.path and found.side == "family"} - {
        found.place for found in asking
    } == {END}


@ON_ONE_KIND
def test_a_visit_opens_no_page_of_the_desk(amina: Browser, cast: Cast, routes: list[Found]) -> None:
    code = cast.report()
    case = cast.case_of(code)
    amina.press(amina.open("/uk/return").form_with("code"), code=code)
    visit = amina.client.cookies["visit"]
    amina.client.cookies.set("desk", visit)
    before = _state(cast, case)
    for found in routes:
        if found.permissions:
            assert _knock(amina, found, case) in {303, 401}, found.place
            assert amina.headers.get("location", "/desk/login").startswith("/desk/login"), found.place
    assert _knock(amina, Found("POST", "/desk/login/second", (), needs_visit=False), case) == 401
    assert _state(cast, case) == before


@ON_ONE_KIND
def test_a_session_of_the_desk_opens_no_visit(
    application: FastAPI, cast: Cast, clock: Clock, routes: list[Found], case: str
) -> None:
    staff = Staff(application, cast, clock, "daria")
    staff.come_in()
    token = staff.client.cookies["desk"]
    staff.client.cookies.set("visit", token)
    before = _state(cast, case)
    for found in routes:
        if found.needs_visit:
            assert _knock(staff, found, case) == 401, found.place
    for method in ("GET", "POST"):
        answer = staff.client.request(
            method,
            f"{ORIGIN}/api/v1/thread",
            json={"text": "Привіт"} if method == "POST" else None,
            headers={"authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 401
    assert _state(cast, case) == before
