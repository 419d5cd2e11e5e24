"""``rodyna sign``: an administrator's log-in, and nothing less, brings into force what a release carries."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import commands
from app.in_force.carried import carried
from app.vault.totp import totp_at
from tests.commands.test_commands import PLAN, write_plan


@pytest.mark.usefixtures("migrated")
def test_what_waits_is_shown_and_signed_with_a_log_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RODYNA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RODYNA_ORIGIN", "http://127.0.0.1:8000")
    with monkeypatch.context() as before:
        before.setattr("app.cli.founding.carried", dict)
        assert _run("init", write_plan(tmp_path, PLAN), "--secrets", tmp_path / "secrets.json").exit_code == 0
    people = {each["name"]: each for each in json.loads((tmp_path / "secrets.json").read_text())["people"]}
    verified = _run("verify")
    assert (verified.exit_code, "Not signed yet" in verified.output) == (0, True)

    shown = _run("sign")
    assert all(f"waits: {name}" in shown.output for name in carried())
    assert "Nothing was signed." in shown.output
    for name, words, told in (
        ("petro", "six wrong words in a row", "refused"),
        ("roman", people["roman"]["passphrase"], "Only an administrator"),
    ):
        refused = _run("sign", "rules", typed=[name, words, _digits(people[name])])
        assert (refused.exit_code, told in refused.output) == (1, True), refused.output
    done = _run("sign", "rules", typed=["petro", people["petro"]["passphrase"], _digits(people["petro"])])
    assert (done.exit_code, "in force: rules:2026-11" in done.output) == (0, True), done.output
    assert "waits: rules" not in _run("sign").output
    _run("lockdown")
    closed = _run("sign", "questions", typed=["petro", people["petro"]["passphrase"], _digits(people["petro"])])
    assert (closed.exit_code, "lockdown" in closed.output) == (1, True)


def _run(*words: Any, typed: list[str] | None = None) -> Any:
    given = "\n".join([*typed, ""]) if typed else None
    return CliRunner().invoke(commands, [str(word) for word in words], input=given)


def _digits(person: dict[str, Any]) -> str:
    return totp_at(bytes.fromhex(person["totp_secret"]), datetime.now(UTC))
