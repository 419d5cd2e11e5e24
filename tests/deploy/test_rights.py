"""Families' side and desk on a real PostgreSQL, with rights of their own: both work, neither reads what it must not."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from app.failures.counting import Failures, Part, failed
from app.intake import returning
from app.storage.engine import make_engine
from tests.cast import NOW, Cast
from tests.deploy.rights import DESK, FAMILY, give_rights, plain
from tests.keys.dump import tables
from tests.seized import families, staff
from tests.seized.marked import Marked
from tests.seized.planted import Planted
from tests.service.founded import founded_machine
from tests.service.machine import Machine
from tests.service.warm import warm_program
from tests.statistics.made import confirm, facet, make, put


@pytest.fixture
def database_kind() -> str:
    """Only PostgreSQL knows rights."""
    return "postgresql"


@pytest.fixture
def roles(cast: Cast) -> Cast:
    """The cast's database with the rights that an installation gives."""
    give_rights(cast.url)
    return cast


def as_role(cast: Cast, role: str, folder: Path) -> Machine:
    return founded_machine(Cast(cast.engine, cast.url.replace("//postgres@", f"//{role}@"), cast.founded), folder)


def refused(cast: Cast, role: str, statement: str) -> bool:
    with psycopg.connect(plain(cast.url, role), autocommit=True) as connection:
        try:
            connection.execute(statement.encode())
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


def enter_for_a_caller(staff: Marked) -> str:
    """Enter a report for a caller, send it twice, and have its code read back; give the code."""
    told = {"reply_safe": "only_here", "situation": "missing", "oblast": "UA14", "consent_ngo": "yes"}
    staff.get("/desk/intake")
    staff.press(staff.page.form_with("tongue"), None, tongue="uk")
    while not (form := staff.page.form_with("draft")).action.endswith("/check"):
        staff.press(form, "next", **{name: value for name, value in told.items() if name in form.names})
        assert staff.answer.status == 200, staff.page.all("h1")
    shown = []
    for _ in range(2):
        staff.press(form, "send")
        shown.append("".join(staff.page.by_id("code").text.split()))
    assert shown[0] == shown[1]
    staff.press(staff.page.form_with("code"), None, code="1" * 24)
    assert staff.answer.status == 422
    staff.press(staff.page.form_with("code"), None, code=shown[0])
    assert staff.answer.status == 200
    return shown[0]


def test_the_program_works_in_two_processes_with_rights_of_their_own(roles: Cast, tmp_path: Path) -> None:
    planted = Planted()
    put(roles, [facet()] * 30)
    make(roles)
    assert confirm(roles) == 1
    with warm_program() as program:
        service = program.serve(as_role(roles, FAMILY, tmp_path / "family"), side="family")
        with Marked(service.port, planted, "family") as family:
            code = families.report_by_form(family, "on_trial_ua")
        with Marked(service.port, planted, "hotline") as hotline:
            by_interface = families.report_by_interface(hotline, planted)
            families.return_by_interface(hotline, by_interface)
        with Marked(service.port, planted, "again") as again:
            families.return_by_form(again, code)
        with Marked(service.port, planted, "gone") as gone:
            families.take_everything_back(gone, by_interface)
            for page in ("/uk/figures", "/uk/figures/1"):
                assert gone.get(page).status == 200
        service = program.serve(as_role(roles, DESK, tmp_path / "desk"), side="desk")
        with Marked(service.port, planted, "daria") as daria:
            staff.log_in(daria, "daria", *roles.secrets("daria"))
            (case,) = staff.look_for(daria, "legal")
            staff.work(daria, case)
            heard = enter_for_a_caller(daria)
    with roles.session() as session:
        assert returning.open_return(session, heard, NOW)[1].read_out


@pytest.mark.parametrize("table", ["trail_entry", "directory_share", "spent_totp", "ring_link", "recovered_key"])
def test_the_families_side_cannot_read_what_it_never_needs(roles: Cast, table: str) -> None:
    assert refused(roles, FAMILY, f"TABLE {table}")


def test_neither_side_can_do_what_only_the_owner_does(roles: Cast) -> None:
    for statement in (
        'SELECT sealed FROM "grant"',
        'UPDATE "grant" SET consent = consent',
        "UPDATE account SET roles = 'administrator'",
        "INSERT INTO membership (queue_id, account_id, lead) VALUES ('legal', 'x', true)",
        "DELETE FROM withdrawal",
        "DELETE FROM item USING trail_entry",
        "DELETE FROM failure",
        "UPDATE failure SET part = 'work'",
    ):
        assert refused(roles, FAMILY, statement), statement
    for statement in (
        "SELECT sealed FROM locker",
        "SELECT case_id FROM locker",
        "UPDATE locker SET sealed = NULL",
        "DELETE FROM locker",
        "DELETE FROM sent_draft",
        "SELECT * FROM kept_answer",
        "UPDATE trail_entry SET actor = 'nobody'",
        "DELETE FROM trail_entry",
        "UPDATE installation SET root_public = root_public",
    ):
        assert refused(roles, DESK, statement), statement
    for role in (FAMILY, DESK):
        assert refused(roles, role, "CREATE TABLE mine (id integer)")
        assert refused(roles, role, "DROP TABLE item")


def test_each_side_counts_what_failed_on_it(roles: Cast) -> None:
    for role, part in ((FAMILY, Part.FAMILY), (DESK, Part.DESK)):
        engine, failures = make_engine(roles.url.replace("//postgres@", f"//{role}@")), Failures()
        for _ in range(2):
            failures.note(part)
            failures.write_down(engine, NOW)
        engine.dispose()
    with roles.session() as session:
        found = failed(session, NOW + timedelta(hours=1), timedelta(hours=1))
    assert (found[Part.FAMILY], found[Part.DESK]) == (2, 2)


def test_a_new_table_is_decided_on(roles: Cast) -> None:
    """The families' side has no right on a table unless the file says so; whoever adds one reads this list."""
    with psycopg.connect(plain(roles.url), autocommit=True) as connection:
        rows = connection.execute(
            "SELECT DISTINCT table_name FROM information_schema.column_privileges WHERE grantee = %s", [FAMILY]
        ).fetchall()
    known = {table.name for table in tables()} | {"alembic_version"}

    assert {name for (name,) in rows} <= known
    assert not {name for (name,) in rows} & {
        "trail_entry",
        "trail_head",
        "directory_share",
        "ring_link",
        "recovered_key",
    }
