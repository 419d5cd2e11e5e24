"""``rodyna staff``: ids and roles without a name, and what is missing."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import commands
from tests.commands.test_commands import PLAN, write_plan


def rodyna(*words: Any) -> Any:
    return CliRunner().invoke(commands, [str(word) for word in words])


@pytest.mark.usefixtures("migrated")
def test_people_are_shown_without_a_name_and_what_is_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RODYNA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RODYNA_ORIGIN", "http://desk.example")
    assert rodyna("init", write_plan(tmp_path, PLAN), "--secrets", tmp_path / "secrets.json").exit_code == 0
    shown = rodyna("staff", "list")
    assert shown.exit_code == 0, shown.output
    assert "queue:triage (leads)" in shown.output
    assert "Марта" not in shown.output
    assert "marta" not in shown.output
    said = rodyna("staff", "missing")
    assert said.exit_code == 1
    for told in ("FAMILIES WAIT: An address is neither", "The background work does not run", "one administrator alone"):
        assert told in said.output, said.output
