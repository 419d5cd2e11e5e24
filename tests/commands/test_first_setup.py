"""`rodyna setup` shows keys only where nobody between reads them, and only where nothing is founded."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import commands


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("RODYNA_ORIGIN", "http://rodyna.example", "set RODYNA_ORIGIN"),
        ("RODYNA_ROOT_FINGERPRINT", "ab" * 32, "names a root already"),
    ],
)
def test_it_refuses_where_keys_would_be_read_or_count_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, told: str
) -> None:
    monkeypatch.setenv("RODYNA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(setting, value)
    done = CliRunner().invoke(commands, ["setup"])
    assert done.exit_code == 1
    assert told in done.output
    assert "/setup/" not in done.output
