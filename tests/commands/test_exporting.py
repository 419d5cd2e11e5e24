"""``rodyna export-statistics``: every released table as files, and on the record that they were taken."""

import json
from pathlib import Path

from typer.testing import CliRunner

from app.cli import SERVICE_KEY, commands
from app.statistics.declaring import declared
from app.web.figures.files import FILES
from tests.casework.desk import record
from tests.cast import Cast
from tests.statistics.made import INTAKE, confirm, facet, make, put


def test_every_released_table_is_written_in_every_form_and_that_stands_on_the_record(
    cast: Cast, data: Path, tmp_path: Path
) -> None:
    put(cast, [facet()] * 30)
    make(cast)
    folder = tmp_path / "open"
    before = CliRunner().invoke(commands, ["export-statistics", str(folder)])
    assert (before.exit_code, list(folder.iterdir())) == (0, []), "what one person made is no release yet"
    confirm(cast)
    done = CliRunner().invoke(commands, ["export-statistics", str(folder), "--language", "crh"])
    assert done.exit_code == 0, done.output
    tables = declared().of(INTAKE)
    assert f"Releases: 1, files: {len(tables) * len(FILES)}" in done.output
    assert {path.name for path in folder.iterdir()} == {
        f"release-1-{table.code}.{kind}" for table in tables for kind in FILES
    }
    told = json.loads((folder / "release-1-situation.json").read_text(encoding="utf-8"))
    assert (told["release"], [figure["people"] for figure in told["figures"]]) == (1, [30])
    taken = [event for event in record(cast) if event["kind"] == "figures_taken"]
    assert [(event["actor"], event["release"]) for event in taken] == [("service", ""), ("service", "1")]


def test_nothing_is_written_that_could_not_be_put_on_the_record(cast: Cast, data: Path, tmp_path: Path) -> None:
    for words in (["--language", "fr"], []):
        (data / SERVICE_KEY).unlink(missing_ok=True)
        refused = CliRunner().invoke(commands, ["export-statistics", str(tmp_path / "open"), *words])
        assert refused.exit_code == 1
        assert not (tmp_path / "open").exists()
