"""The commands that end by themselves: what they do, what they say, and what they refuse."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import select
from typer.testing import CliRunner

from app.casefile.tables import Case
from app.cli import commands
from app.settings import Settings
from app.storage.engine import make_engine
from app.storage.sessions import session_scope
from app.trail.chain import head
from tests.cast import Cast
from tests.service.machine import free_port

PLAN: list[dict[str, Any]] = [
    {
        "name": "Установа",
        "queues": [{"id": "first", "kind": "triage"}],
        "people": [
            {"name": "amalia", "roles": ["caseworker"], "queues": ["first"], "leads": ["first"]},
            {"name": "borys", "roles": ["caseworker"], "queues": ["first"]},
            {"name": "vasyl", "roles": ["administrator", "auditor"]},
        ],
    }
]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the commands."""
    monkeypatch.setenv("RODYNA_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*arguments: str) -> str:
    """Run a command that does what it is asked to; give its words."""
    done = CliRunner().invoke(commands, arguments)
    assert done.exit_code == 0, done.output
    return done.output


def refusal(*arguments: str) -> str:
    """The words of a command that refuses."""
    done = CliRunner().invoke(commands, arguments)
    assert done.exit_code == 1, done.output
    return done.output


def written(folder: Path, plan: list[dict[str, Any]]) -> str:
    """The path of a plan."""
    path = folder / "plan.json"
    path.write_text(json.dumps(plan))
    return str(path)


def test_an_installation_begins_with_a_plan_and_says_no_name(data: Path, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.json"
    arguments = ("init", written(tmp_path, PLAN), "--secrets", str(secrets))

    words = run(*arguments)

    assert "amalia" not in words
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert stat.S_IMODE((data / "service.key").stat().st_mode) == 0o600
    assert [person["name"] for person in json.loads(secrets.read_text())["people"]] == ["amalia", "borys", "vasyl"]
    assert run("verify").startswith("0 entries hold. Head: 0-")
    assert "gone" in run("purge")


def test_an_installation_is_founded_once_and_no_secrets_are_overwritten(data: Path, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.json"
    arguments = ("init", written(tmp_path, PLAN), "--secrets", str(secrets))
    run(*arguments)
    kept = secrets.read_text()

    assert "is there already and is not overwritten" in refusal(*arguments)
    assert secrets.read_text() == kept
    secrets.unlink()
    assert "holds an installation already" in refusal(*arguments)
    assert not secrets.exists()


@pytest.mark.parametrize(
    "plan",
    [
        [],
        [{"name": "Установа", "queues": []}],
        [{**PLAN[0], "queues": [{"id": "first", "kind": "of no kind"}]}],
        [{**PLAN[0], "people": PLAN[0]["people"][:2]}],
        [{**PLAN[0], "people": [*PLAN[0]["people"], {"name": "AMALIA", "roles": ["coordinator"]}]}],
    ],
    ids=["nobody", "no people", "no kind", "no administrator", "one name twice"],
)
def test_a_plan_that_cannot_be_used_founds_nothing(data: Path, tmp_path: Path, plan: list[dict[str, Any]]) -> None:
    secrets = tmp_path / "secrets.json"

    assert "Nothing was changed" in refusal("init", written(tmp_path, plan), "--secrets", str(secrets))

    assert not secrets.exists()
    assert "no installation here yet" in refusal("verify")


def test_a_queue_that_cannot_receive_yet_is_named_as_such(data: Path, tmp_path: Path) -> None:
    alone = [{**PLAN[0], "people": [PLAN[0]["people"][0], PLAN[0]["people"][2]]}]

    assert "No queue can receive yet" in run("init", written(tmp_path, alone), "--secrets", str(tmp_path / "secrets"))


@pytest.mark.parametrize("command", ["serve", "work", "purge", "verify"])
def test_nothing_is_done_where_nothing_is_installed(data: Path, command: str) -> None:
    assert "no installation here yet" in refusal(command)


def test_a_database_that_is_away_is_said_without_a_traceback(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RODYNA_DATABASE_URL", f"postgresql+psycopg://somebody@127.0.0.1:{free_port()}/rodyna")

    words = refusal("work")

    assert words.startswith("The database cannot be used now (OperationalError)")
    assert "somebody" not in words


def test_only_the_two_sides_and_both_are_served(data: Path) -> None:
    assert "--side is" in refusal("serve", "--side", "left")


def test_a_demonstration_is_filled_once_and_its_record_holds(data: Path) -> None:
    assert "made-up cases are in" in run("demo", "--cases", "2")

    accounts = data / "demo-accounts.json"
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o600
    assert {"daria", "lena", "petro", "roman", "ayshe"} < {one["name"] for one in json.loads(accounts.read_text())}
    # Beside those that were asked for one is there to practise on.
    assert _cases() == 3
    assert "nothing was changed" in run("demo", "--cases", "2")
    assert _cases() == 3
    assert "entries hold" in run("verify")
    accounts.unlink()
    assert "holds an installation already" in refusal("demo")


def test_a_demonstration_is_refused_wherever_others_can_come(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RODYNA_ORIGIN", "https://rodyna.example")

    assert "for this machine alone" in refusal("demo")
    assert not data.exists()


def test_the_record_is_verified_against_a_head_that_was_noted(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RODYNA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RODYNA_DATABASE_URL", cast.url)
    monkeypatch.setenv("RODYNA_ROOT_FINGERPRINT", cast.founded.fingerprint.hex())
    with cast.session() as session:
        noted = str(head(session))

    assert run("verify", noted).startswith("0 entries hold")
    assert "an older database was put back" in refusal("verify", "1-0123456789abcdef")


def _cases() -> int:
    engine = make_engine(Settings().database)
    with session_scope(engine) as session:
        found = session.exec(select(func.count()).select_from(Case)).one()
    engine.dispose()
    return found
