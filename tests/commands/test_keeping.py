"""Commands that keep an installation: checking the record, purging, and what they say when they cannot."""

import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlmodel import col
from typer.testing import CliRunner

from app.accounts.record import put_on_record
from app.accounts.tables import SessionRow
from app.accounts.vouching import vouched
from app.accounts.vouching_statements import ROOT, make_statement
from app.accounts.vouching_states import INSTALLATION
from app.casework.opening import open_case
from app.cli import SERVICE_KEY, commands
from app.intake import returning
from app.statistics.tables import LedgerEntry, Release
from app.trail import chain
from app.trail.tables import TrailEntry
from tests.accounts.attacks import store
from tests.cast import NOW, Cast
from tests.commands.test_commands import PLAN, write_plan
from tests.keys.dump import dump

Rodyna = Callable[..., Any]
SCRIPT = Path(sys.executable).with_name("rodyna")


@pytest.fixture
def rodyna(data: Path) -> Rodyna:
    """Type a command."""
    return lambda *words: CliRunner().invoke(commands, [str(word) for word in words])


def act(cast: Cast) -> str:
    """Something on the record; the head after it."""
    daria = cast.member("daria")
    with cast.session() as session:
        put_on_record(session, daria, "opened", NOW, case="CASE2345")
    with cast.session() as session:
        return str(chain.head(session))


def test_a_record_that_holds_is_said_to_hold_and_so_is_a_head_that_was_noted(cast: Cast, rodyna: Rodyna) -> None:
    noted, now = act(cast), act(cast)
    for words in ((), (noted,), (now,)):
        done = rodyna("verify", *words)
        assert done.exit_code == 0, done.output
        assert f"2 entries hold. Head: {now}" in done.output
        assert "prove less" in done.output
        assert re.search(r"a million entries would take about \d+ on this machine, by these few\.", done.output)


def test_a_record_that_was_changed_is_said_to_be_broken_and_where(cast: Cast, rodyna: Rodyna) -> None:
    act(cast)
    noted = act(cast)
    with cast.session() as session:
        session.execute(update(TrailEntry).where(col(TrailEntry.seq) == 2).values(actor="nobody"))
    done = rodyna("verify", noted)

    assert done.exit_code == 1
    assert "broken at entry 2: this entry was altered. 1 entries before it hold." in done.output


def test_figures_that_nobody_signed_are_named(cast: Cast, rodyna: Rodyna) -> None:
    act(cast)
    entry = {"number": 3, "kind": "nonsense", "period": "x", "epsilon_milli": 1, "account_id": "x", "signature": b"x"}
    made = {"kind": "intake", "period": "2026-Q2", "generation": 1, "step": 0, "percent": 0, "made_by": "x"}
    with cast.session() as session:
        session.execute(insert(LedgerEntry), [entry])
        session.execute(insert(Release), [{**made, "content": b"{}"}])
    done = rodyna("verify")

    assert done.exit_code == 1
    assert "Not as it was signed: ledger_entry 3\n" in done.output
    assert "Not as it was signed: release intake 2026-Q2\n" in done.output
    assert "1 entries hold." in done.output


def test_what_the_root_said_of_the_installation_itself_is_named(cast: Cast, rodyna: Rodyna) -> None:
    act(cast)
    with cast.session() as session:
        known, root = vouched(session), cast.founded.root_private
        assert known.installation is not None
        store(session, make_statement(INSTALLATION, 2, known.digests[INSTALLATION], known.installation, ROOT, root))
    done = rodyna("verify")

    assert done.exit_code == 0, done.output
    assert "The root's own key signed for no person in the installation itself;" in done.output


def test_yesterdays_database_is_found_out_by_a_head_that_was_noted_today(cast: Cast, rodyna: Rodyna) -> None:
    act(cast)
    done = rodyna("verify", "2-0123456789abcdef")

    assert done.exit_code == 1
    assert "ends at entry 1, but when this head was noted it had 2" in done.output
    assert "an older database was put back" in done.output
    assert "not the one that was noted" in rodyna("verify", "1-0123456789abcdef").output
    assert "is no head of a record" in rodyna("verify", "yesterday").output


def test_what_the_service_noted_is_checked_by_its_own_key(cast: Cast, rodyna: Rodyna) -> None:
    with cast.session() as session:
        event = {"kind": "family_wrote", "case": "CASE2345", "day": "2026-11-20"}
        actor = chain.Actor("service", cast.founded.service_private)
        key = next(row["public_key"] for row in dump(cast.engine)["ring_key"] if row["ring"] == "record")
        chain.append(session, chain.prepare(session, actor, key, event))

    assert "1 entries hold" in rodyna("verify").output


def test_a_purge_forgets_what_ended_and_keeps_the_rest(cast: Cast, rodyna: Rodyna) -> None:
    now = datetime.now(UTC)
    code = cast.report(now=now)
    with cast.session() as session:
        running, _ = returning.open_return(session, code, now)
        session.add(SessionRow(locator=bytes(32), sealed=b"ended", ends=now - timedelta(hours=1)))
    done = rodyna("purge")

    assert done.exit_code == 0, done.output
    assert bytes(32) not in {row["locator"] for row in dump(cast.engine)["session"]}
    with cast.session() as session:
        opened = returning.resume_return(session, running, now)
    daria = cast.member("daria", now)
    with cast.session() as session:
        assert open_case(session, daria, opened.case_id, now).listed.id == opened.case_id


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_purge_that_somebody_reads_against_says_so(
    cast: Cast, rodyna: Rodyna, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.storage.engine.BUSY_MILLISECONDS", 100)
    with closing(sqlite3.connect(cast.url.removeprefix("sqlite:///"), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM account").fetchone()
        done = rodyna("purge")
    assert done.exit_code == 1
    assert "again" in done.output

    assert rodyna("purge").exit_code == 0


def test_a_worker_without_the_services_key_says_what_is_missing(cast: Cast, rodyna: Rodyna, data: Path) -> None:
    (data / SERVICE_KEY).unlink()
    done = rodyna("work")

    assert done.exit_code == 1
    assert SERVICE_KEY in done.output


def test_a_demonstration_leaves_a_real_installation_alone(cast: Cast, rodyna: Rodyna, data: Path) -> None:
    before = dump(cast.engine), (data / SERVICE_KEY).read_bytes()
    done = rodyna("demo")

    assert done.exit_code == 1
    assert "Nothing was changed" in done.output
    assert (dump(cast.engine), (data / SERVICE_KEY).read_bytes()) == before


@pytest.fixture
def empty(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine where nothing is installed; the data folder's name comes from a file."""
    (tmp_path / "where").write_text(f"{tmp_path / 'data'}\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RODYNA_")}
    return kept | {"RODYNA_DATA_DIR_FILE": str(tmp_path / "where")}


def test_the_real_script_founds_and_leaves_nothing_that_others_may_read(empty: dict[str, str], tmp_path: Path) -> None:
    arguments = [str(SCRIPT), "init", str(write_plan(tmp_path, PLAN)), "--secrets", str(tmp_path / "secrets.json")]
    done = subprocess.run(arguments, env=empty, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    made = [tmp_path / "data", *(tmp_path / "data").iterdir(), tmp_path / "secrets.json"]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in made} == {0}
    secrets = json.loads((tmp_path / "secrets.json").read_text(encoding="utf-8"))
    assert [each["name"] for each in secrets["people"]] == ["marta", "petro", "roman"]
    assert not any(each["passphrase"] in done.stdout + done.stderr for each in secrets["people"])


def test_the_real_script_says_how_to_begin_where_nothing_is_installed(empty: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [SCRIPT, "serve", "--port", "0"], env=empty, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "rodyna init" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("migrated")
def test_secrets_that_cannot_be_written_leave_no_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RODYNA_DATA_DIR", str(tmp_path / "data"))
    plan = str(write_plan(tmp_path, PLAN))
    done = CliRunner().invoke(commands, ["init", plan, "--secrets", str(tmp_path / "nowhere" / "secrets.json")])
    assert done.exit_code == 1
    assert "Nothing was changed" in done.output
    assert CliRunner().invoke(commands, ["verify"]).exit_code == 1

    assert CliRunner().invoke(commands, ["init", plan, "--secrets", str(tmp_path / "secrets.json")]).exit_code == 0
