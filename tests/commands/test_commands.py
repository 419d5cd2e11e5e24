"""The commands, as an operator types them: each in a folder of its own, on a database of its own."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import select
from typer.testing import CliRunner

from app.casefile.tables import Case
from app.cli import SERVICE_KEY, commands
from app.demonstration.cast import ACCOUNTS_FILE
from app.settings import Settings
from app.storage.engine import make_engine
from app.storage.sessions import session_scope
from app.trail.chain import head
from tests.cast import Cast
from tests.service.machine import free_port

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
    again = rodyna("init", write_plan(tmp_path, PLAN), "--secrets", secrets)
    assert again.exit_code == 1
    assert "is there already and is not overwritten" in again.output
    assert json.loads(secrets.read_text(encoding="utf-8")) == told
    assert rodyna("verify").output.startswith("0 entries hold. Head: 0-")
    purged = rodyna("purge")
    assert (purged.exit_code, "gone" in purged.output) == (0, True)


@pytest.mark.usefixtures("migrated")
def test_a_queue_with_one_member_cannot_receive_and_that_is_said(rodyna: Rodyna, tmp_path: Path) -> None:
    alone = [{**PLAN[0], "people": [PEOPLE[0], {**PEOPLE[1], "queues": []}, PEOPLE[2]]}]
    done = rodyna("init", write_plan(tmp_path, alone), "--secrets", tmp_path / "secrets.json")
    assert done.exit_code == 0
    assert "No queue can receive yet" in done.output


CONTRADICTING: dict[str, Any] = {
    "empty": [],
    "nobody": [{"name": "Без людей", "queues": [], "people": []}],
    "one name twice": [{**PLAN[0], "people": [*PEOPLE, PEOPLE[0]]}],
    "no such role": [{**PLAN[0], "people": [{**PEOPLE[0], "roles": ["king"]}]}],
    "no such kind": [{**PLAN[0], "queues": [{"id": "triage", "kind": "choir"}]}],
    "no queues": [{"name": "Без черг"}],
    "no list": "nothing",
    "no administrator": [{**PLAN[0], "people": [PEOPLE[0], PEOPLE[2]]}],
    "one name twice, written otherwise": [{**PLAN[0], "people": [*PEOPLE, {**PEOPLE[0], "name": "MARTA"}]}],
}


@pytest.mark.usefixtures("migrated")
def test_a_plan_that_contradicts_itself_changes_nothing(rodyna: Rodyna, tmp_path: Path) -> None:
    for what, plan in CONTRADICTING.items():
        done = rodyna("init", write_plan(tmp_path, plan), "--secrets", tmp_path / "secrets.json")
        assert done.exit_code == 1, what
        assert "Nothing was changed" in done.output, what
        assert not (tmp_path / "secrets.json").exists(), what
    assert rodyna("init", write_plan(tmp_path, PLAN), "--secrets", tmp_path / "secrets.json").exit_code == 0


@pytest.mark.parametrize("command", ["serve", "work", "verify", "purge"])
def test_without_an_installation_a_command_says_how_to_begin(rodyna: Rodyna, command: str) -> None:
    done = rodyna(command)
    assert done.exit_code == 1
    assert "rodyna init" in done.output


def test_a_database_that_is_away_is_said_without_a_traceback(rodyna: Rodyna, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RODYNA_DATABASE_URL", f"postgresql+psycopg://somebody@127.0.0.1:{free_port()}/rodyna")
    done = rodyna("work")
    assert done.exit_code == 1
    assert done.output.startswith("The database cannot be used now (OperationalError)")
    assert "somebody" not in done.output


def test_the_record_is_verified_against_a_head_that_was_noted(
    rodyna: Rodyna, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RODYNA_DATABASE_URL", cast.url)
    monkeypatch.setenv("RODYNA_ROOT_FINGERPRINT", cast.founded.fingerprint.hex())
    with cast.session() as session:
        noted = str(head(session))
    assert rodyna("verify", noted).output.startswith("0 entries hold")
    put_back = rodyna("verify", "1-0123456789abcdef")
    assert (put_back.exit_code, "an older database was put back" in put_back.output) == (1, True)


def test_a_side_that_does_not_exist_is_refused(rodyna: Rodyna) -> None:
    assert "family, desk or both" in rodyna("serve", "--side", "roof").output


def test_the_demonstration_is_for_this_machine_alone(
    rodyna: Rodyna, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RODYNA_ORIGIN", "https://rodyna.example")
    done = rodyna("demo")
    assert done.exit_code == 1
    assert not (tmp_path / "data").exists()


def cases() -> int:
    """How many cases the database of the commands holds."""
    engine = make_engine(Settings().database)
    with session_scope(engine) as session:
        found = session.exec(select(func.count()).select_from(Case)).one()
    engine.dispose()
    return found


def test_the_demonstration_is_made_once_and_shows_its_log_ins_again(rodyna: Rodyna, tmp_path: Path) -> None:
    first = rodyna("demo", "--cases", "2")
    assert first.exit_code == 0, first.output
    assert "made-up cases are in" in first.output
    kept = tmp_path / "data" / ACCOUNTS_FILE
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    accounts = json.loads(kept.read_text(encoding="utf-8"))
    assert {"name", "password", "totp_secret", "organisation", "roles", "queues"} == set(accounts[0])
    assert len(accounts) == 19
    assert {"daria", "lena", "petro", "roman", "ayshe"} < {one["name"] for one in accounts}
    # Beside those that were asked for one is there to practise on.
    assert cases() == 3
    again = rodyna("demo", "--cases", "2")
    assert again.exit_code == 0
    assert "nothing was changed" in again.output
    assert accounts[0]["password"] in again.output
    assert cases() == 3
    assert "entries hold" in rodyna("verify").output
    kept.unlink()
    assert "holds an installation already" in rodyna("demo").output
