"""An administrator appointed with the root's key by command: the link, who waits, the six words; all typed on stdin."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from typer.testing import CliRunner

from app.accounts import joining
from app.accounts.meant import Meant, seal_newcomer
from app.accounts.permissions import Role
from app.accounts.root_appointing import ROLES
from app.accounts.tables import Newcomer, SessionRow
from app.accounts.vouching import vouched
from app.cli import commands
from app.vault.totp import totp_at
from tests.accounts.trustees import hold_ceremony
from tests.cast import NOW, Cast
from tests.commands.conftest import Rodyna
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
MEMBER = ("Родинний захист", "member")
WHO = "Віра Нова"
NOT_SIGNED = "Neither the root nor an administrator of today signed"


def root_of(cast: Cast) -> str:
    return cast.founded.root_private.hex()


def kept(cast: Cast) -> dict[str, Any]:
    everything = dump(cast.engine)
    return {table: everything[table] for table in ("statement", "account", "invitation", "directory_share")}


def finish(cast: Cast, printed: str) -> tuple[str, str]:
    """Finish the link that was printed; the account, and the words that its owner says."""
    (token,) = re.findall(r"^http://127\.0\.0\.1:8000/desk/join/(\S+)\n$", printed)
    begun, moment = joining.begin("віра"), NOW + timedelta(minutes=20)
    before = {row["id"] for row in dump(cast.engine)["account"]}
    with cast.session() as session:
        digits = totp_at(begun.totp_secret, moment)
        words = joining.join(session, token, joining.confirm(begun, begun.passphrase), digits, moment).fingerprint
    (account,) = {row["id"] for row in dump(cast.engine)["account"]} - before
    return account, words


def test_from_the_link_to_an_administrator_whom_the_root_signed(cast: Cast, rodyna: Rodyna) -> None:
    done = rodyna("daria", "staff", "appoint", before=MEMBER, typed=(WHO, root_of(cast).upper()))
    assert done.exit_code == 0, done.output
    assert root_of(cast) not in done.output.lower()
    assert "2 administrators stand there" in done.stderr
    account, words = finish(cast, done.stdout)
    shown = rodyna("daria", "staff", "admit", before=MEMBER)
    assert (shown.exit_code, shown.stdout) == (1, f"{account}  {WHO}\n")
    before = kept(cast)
    misheard = rodyna("daria", "staff", "admit", account, before=MEMBER, typed=("шість чужих слів", root_of(cast)))
    assert (misheard.exit_code, "not those of the person's keys" in misheard.stderr) == (1, True)
    assert NOT_SIGNED not in misheard.stderr
    other = rodyna("daria", "staff", "admit", account, before=MEMBER, typed=(words, "0" * 64))
    assert (other.exit_code, "not the root's key" in other.stderr) == (1, True)
    assert kept(cast) == before
    assert "root's own key" not in CliRunner().invoke(commands, ["verify"]).output
    entries = len(dump(cast.engine)["trail_entry"])
    let_in = rodyna("daria", "staff", "admit", account, before=MEMBER, typed=(words, root_of(cast)))
    assert let_in.exit_code == 0, let_in.output
    assert len(dump(cast.engine)["trail_entry"]) == entries + 1
    with cast.session() as session:
        known = vouched(session)
        assert known.organisations[known.receiving].people[account].roles == {Role.ADMINISTRATOR}
    # Long after the alarm is over at the desk it is named here, to whoever runs the machine.
    verified = CliRunner().invoke(commands, ["verify"])
    assert verified.exit_code == 0, verified.output
    assert f"The root's own key signed for {account} in organisation {known.receiving};" in verified.stdout
    assert f"met that on {datetime.now(UTC).date().isoformat()}." in verified.stdout
    again = rodyna("daria", "staff", "admit", account, before=MEMBER, typed=(words, root_of(cast)))
    assert (again.exit_code, "Nobody of that id waits" in again.stderr) == (1, True)
    assert WHO not in str(dump(cast.engine))
    assert dump(cast.engine)["session"] == []


def test_it_is_said_where_nobody_signed_that_they_are_meant_to_administer(cast: Cast, rodyna: Rodyna) -> None:
    done = rodyna("daria", "staff", "appoint", before=MEMBER, typed=(WHO, root_of(cast)))
    account, words = finish(cast, done.stdout)
    forged = seal_newcomer(cast.member("ivan").directory_key, account, Meant(ROLES, ()), None)
    with cast.session() as session:
        session.execute(update(Newcomer).values(sealed=forged))
    let_in = rodyna("daria", "staff", "admit", account, before=MEMBER, typed=(words, root_of(cast)))
    assert (let_in.exit_code, NOT_SIGNED in let_in.stderr) == (0, True)


def test_trustees_read_the_names_and_other_words_than_theirs_are_told(cast: Cast, rodyna: Rodyna) -> None:
    words = hold_ceremony(cast).words
    stands = kept(cast)

    def typed(*lines: str) -> Any:
        return CliRunner().invoke(commands, ["staff", "appoint"], input="\n".join((*lines, "")))

    # Whoever is still logged in appoints without the root.
    cast.begun_session("petro")
    early = typed("Родинний захист", "trustees", *words[:2], WHO, root_of(cast))
    assert (early.exit_code, "An administrator is logged in" in early.stderr) == (1, True)
    with cast.session() as session:
        session.execute(delete(SessionRow))
    wrong = typed("Родинний захист", "trustees", words[0], words[0], WHO, root_of(cast))
    assert (wrong.exit_code, "This share stands here twice" in wrong.stderr) == (1, True)
    assert kept(cast) == stands
    done = typed("Родинний захист", "trustees", words[2], words[1], WHO, root_of(cast))
    assert done.exit_code == 0, done.output
    assert not any(each in str(dump(cast.engine)) for each in words)


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (("Інша назва",), "That is not its name"),
        (("Родинний захист", "root"), "must be read by somebody"),
        (("Родинний захист", "trustees"), "It is not theirs to do"),
    ],
)
def test_what_cannot_be_is_refused_before_anybody_types_the_root(
    cast: Cast, rodyna: Rodyna, before: tuple[str, ...], told: str
) -> None:
    stands = kept(cast)
    refused = rodyna("daria", "staff", "appoint", before=before, typed=(WHO, root_of(cast)))
    assert (refused.exit_code, refused.stdout, told in refused.stderr) == (1, "", True), refused.stderr
    assert kept(cast) == stands


@pytest.mark.parametrize("name", ["ayshe", "omar", "petro"])
def test_nobody_else_reads_the_names_for_it(cast: Cast, rodyna: Rodyna, name: str) -> None:
    stands = kept(cast)
    refused = rodyna(name, "staff", "appoint", before=MEMBER, typed=(WHO, root_of(cast)))
    assert (refused.exit_code, refused.stdout) == (1, ""), refused.output
    assert kept(cast) == stands
    assert dump(cast.engine)["session"] == []


def test_all_that_is_wrong_is_said_and_nothing_is_appointed_elsewhere_or_in_a_lockdown(
    cast: Cast, rodyna: Rodyna
) -> None:
    stands = kept(cast)
    wrong = rodyna("daria", "staff", "appoint", before=MEMBER, typed=(" ", "0" * 64))
    assert wrong.exit_code == 1
    assert "write a name" in wrong.stderr
    assert "not the root's key" in wrong.stderr
    nowhere = rodyna("daria", "staff", "appoint", "--organisation", "nosuch", before=MEMBER)
    assert (nowhere.exit_code, "no such organisation" in nowhere.stderr) == (1, True)
    assert kept(cast) == stands
    assert CliRunner().invoke(commands, ["lockdown"]).exit_code == 0
    closed = rodyna("daria", "staff", "appoint", before=MEMBER, typed=(WHO, root_of(cast)))
    assert (closed.exit_code, "in lockdown" in closed.stderr) == (1, True)
