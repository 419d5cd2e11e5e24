"""An organisation by command: the root's key on standard input signs it in, and the link is printed once."""

import re

import pytest
from typer.testing import CliRunner

from app.accounts.invitations import open_invitation
from app.accounts.tables import Account
from app.accounts.vouching import vouched
from app.cli import commands
from tests.cast import NOW, Cast
from tests.commands.conftest import Rodyna
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
NAME, WHY, WHO = "Правничий гурт", "угода від 3 листопада", "Софія Мороз"


def root_of(cast: Cast) -> str:
    return cast.founded.root_private.hex()


def test_an_organisation_is_signed_in_and_its_link_is_printed_once(cast: Cast, rodyna: Rodyna) -> None:
    done = rodyna("petro", "organisation", "add", typed=(NAME, WHY, WHO, root_of(cast).upper()))
    assert done.exit_code == 0, done.output
    (token,) = re.findall(r"^http://127\.0\.0\.1:8000/desk/join/(\S+)\n$", done.stdout)
    assert root_of(cast) not in done.output.lower()
    with cast.session() as session:
        assert NAME in {state.name for state in vouched(session).organisations.values()}
        assert vouched(session).faults == {}
        assert open_invitation(session, token, NOW).organisation == NAME
    stored = str(dump(cast.engine))
    assert WHO not in stored
    assert token not in stored
    assert dump(cast.engine)["session"] == []
    verified = CliRunner().invoke(commands, ["verify"])
    assert verified.exit_code == 0, verified.output
    assert "The root's own key signed for no person in the new organisation " in verified.stdout


def test_all_that_is_wrong_is_said_and_nothing_is_changed(cast: Cast, rodyna: Rodyna) -> None:
    before = dump(cast.engine)
    wrong = rodyna("petro", "organisation", "add", typed=("родинний захист", "", " ", "0" * 64))
    assert wrong.exit_code == 1
    assert wrong.stdout == ""
    for told in ("is called so already", "say why", "write a name", "not the root's key"):
        assert told in wrong.stderr
    after = dump(cast.engine)
    assert {table: after[table] for table in ("statement", "organisation", "invitation", "trail_entry")} == {
        table: before[table] for table in ("statement", "organisation", "invitation", "trail_entry")
    }


@pytest.mark.parametrize(("name", "told"), [("daria", "Only an administrator"), ("omar", "Only an administrator")])
def test_who_administers_nothing_gets_no_further_than_the_log_in(
    cast: Cast, rodyna: Rodyna, name: str, told: str
) -> None:
    refused = rodyna(name, "organisation", "add", typed=(NAME, WHY, WHO, root_of(cast)))
    assert (refused.exit_code, refused.stdout, told in refused.stderr) == (1, "", True)


def test_nothing_is_signed_in_a_lockdown(cast: Cast, rodyna: Rodyna) -> None:
    assert CliRunner().invoke(commands, ["lockdown"]).exit_code == 0
    refused = rodyna("petro", "organisation", "add", typed=(NAME, WHY, WHO, root_of(cast)))
    assert (refused.exit_code, "in lockdown" in refused.stderr) == (1, True)


def test_an_organisation_leaves_and_ends_once_its_name_was_typed(cast: Cast, rodyna: Rodyna) -> None:
    with cast.session() as session:
        which = session.get_one(Account, cast.founded_account("ayshe")).organisation_id
        name = vouched(session).organisations[which].name
    assert f"{name}  {which}" in CliRunner().invoke(commands, ["staff", "list"]).stdout
    slip = rodyna("petro", "organisation", "leave", which, typed=("Інша назва", root_of(cast)))
    assert (slip.exit_code, "That is not its name" in slip.stderr) == (1, True)
    early = rodyna("petro", "organisation", "end", which, typed=(name, root_of(cast)))
    assert (early.exit_code, "too early" in early.stderr) == (1, True)
    leaves = rodyna("petro", "organisation", "leave", which, typed=(name, root_of(cast)))
    assert leaves.exit_code == 0, leaves.output
    for _quarter in range(3):
        too_early = rodyna("petro", "organisation", "add", typed=("", "", "", ""))
        assert too_early.exit_code == 1
    ended = rodyna("petro", "organisation", "end", which, typed=(name, root_of(cast)))
    assert ended.exit_code == 0, ended.output
    again = rodyna("petro", "organisation", "end", which, typed=(name, root_of(cast)))
    assert (again.exit_code, "it has ended" in again.stderr) == (1, True)
    with cast.session() as session:
        assert vouched(session).organisations[which].ended
    verified = CliRunner().invoke(commands, ["verify"])
    assert verified.exit_code == 0, verified.output


@pytest.mark.parametrize("command", ["leave", "end"])
def test_an_id_that_begins_like_an_option_is_an_id(command: str, rodyna: Rodyna) -> None:
    refused = rodyna("petro", "organisation", command, "-hsXf7Lw0Qo2aB-c")
    assert (refused.exit_code, "no such organisation" in refused.stderr) == (1, True)
