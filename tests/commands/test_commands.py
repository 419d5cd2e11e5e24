"""The commands, as an operator types them: each in a folder of its own, on a database of its own."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import SERVICE_KEY, commands
from app.demonstration.cast import ACCOUNTS_FILE

Rodyna = Callable[..., Any]
PEOPLE = [
    {"name": "marta", "shown": "Марта", "roles": ["caseworker"], "queues": ["triage"], "leads": ["triage"]},
    {"name": "petro", "roles": ["caseworker", "administrator"], "queues": ["triage"]},
    {"name": "roman", "roles": ["auditor"]},
]
PLAN = [{"name": "Допомога", "queues": [{"id": "triage", "kind": "triage"}], "people": PEOPLE}]


@pytest.fixture
def rodyna(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rodyna:
    """Type a command."""
    monkeypatch.setenv("RODYNA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RODYNA_ORIGIN", "http://127.0.0.1:8000")
    return lambda *words: CliRunner().invoke(commands, [str(word) for word in words])


def write_plan(folder: Path, plan: Any) -> Path:
    """A plan as a file."""
    path = folder / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    return path


def test_an_installation_is_founded_once_and_its_secrets_are_told_once(rodyna: Rodyna, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.json"
    done = rodyna("init", write_plan(tmp_path, PLAN), "--secrets", secrets)
    assert done.exit_code == 0, done.output
    told = json.loads(secrets.read_text(encoding="utf-8"))
    assert [len(person["passphrase"].split()) for person in told["people"]] == [6, 6, 6]
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data" / SERVICE_KEY).stat().st_mode) == 0o600
    assert "marta" not in done.output
    assert "No queue can receive yet" not in done.output

    again = rodyna("init", write_plan(tmp_path, PLAN), "--secrets", tmp_path / "other.json")
    assert again.exit_code == 1
    assert "holds an installation already" in again.output
    assert not (tmp_path / "other.json").exists()
    assert rodyna("init", write_plan(tmp_path, PLAN), "--secrets", secrets).exit_code == 1
    assert rodyna("verify").output.startswith("0 entries hold.")
    assert rodyna("purge").exit_code == 0


@pytest.mark.usefixtures("migrated")
def test_a_queue_with_one_member_cannot_receive_and_that_is_said(rodyna: Rodyna, tmp_path: Path) -> None:
    alone = [{**PLAN[0], "people": [PEOPLE[0], {**PEOPLE[1], "queues": []}, PEOPLE[2]]}]
    done = rodyna("init", write_plan(tmp_path, alone), "--secrets", tmp_path / "secrets.json")
    assert done.exit_code == 0
    assert "No queue can receive yet" in done.output


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize(
    "plan",
    [
        [],
        [{"name": "Без людей", "queues": [], "people": []}],
        [{**PLAN[0], "people": [*PEOPLE, PEOPLE[0]]}],
        [{**PLAN[0], "people": [{**PEOPLE[0], "roles": ["king"]}]}],
        [{**PLAN[0], "queues": [{"id": "triage", "kind": "choir"}]}],
        [{"name": "Без черг"}],
        "nothing",
    ],
    ids=["empty", "nobody", "one name twice", "no such role", "no such kind", "no queues", "no list"],
)
def test_a_plan_that_contradicts_itself_changes_nothing(rodyna: Rodyna, tmp_path: Path, plan: Any) -> None:
    done = rodyna("init", write_plan(tmp_path, plan), "--secrets", tmp_path / "secrets.json")
    assert done.exit_code == 1
    assert "Nothing was changed" in done.output
    assert not (tmp_path / "secrets.json").exists()
    assert rodyna("init", write_plan(tmp_path, PLAN), "--secrets", tmp_path / "secrets.json").exit_code == 0


@pytest.mark.parametrize("command", ["serve", "work", "verify", "purge"])
def test_without_an_installation_a_command_says_how_to_begin(rodyna: Rodyna, command: str) -> None:
    done = rodyna(command)
    assert done.exit_code == 1
    assert "rodyna init" in done.output


def test_a_side_that_does_not_exist_is_refused(rodyna: Rodyna) -> None:
    assert "family, desk or both" in rodyna("serve", "--side", "roof").output


def test_the_demonstration_is_for_this_machine_alone(
    rodyna: Rodyna, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RODYNA_ORIGIN", "https://rodyna.example")
    done = rodyna("demo")
    assert done.exit_code == 1
    assert not (tmp_path / "data").exists()


def test_the_demonstration_is_made_once_and_shows_its_log_ins_again(rodyna: Rodyna, tmp_path: Path) -> None:
    first = rodyna("demo", "--cases", "2")
    assert first.exit_code == 0, first.output
    accounts = json.loads((tmp_path / "data" / ACCOUNTS_FILE).read_text(encoding="utf-8"))
    assert {"name", "password", "totp_secret", "organisation", "roles", "queues"} == set(accounts[0])
    assert len(accounts) == 19
    again = rodyna("demo")
    assert again.exit_code == 0
    assert "nothing was changed" in again.output
    assert accounts[0]["password"] in again.output
    assert "entries hold" in rodyna("verify").output
