"""``rodyna export-statistics``: every released table as files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.accounts.record import put_on_record_by_machine
from app.cli.surroundings import commands, installed, service_key, stop
from app.settings import Settings
from app.statistics.releases import read_releases
from app.storage.sessions import session_scope
from app.web.figures.files import FILES, file_name
from app.web.languages import DEFAULT, NAMES


@commands.command("export-statistics")
def export_statistics(
    folder: Annotated[Path, typer.Argument(help="where the files are written; those of the same name are replaced")],
    language: Annotated[str, typer.Option(help="the language of the labels: uk, ru, crh or en")] = DEFAULT,
) -> None:
    """Write every table of every release as CSV, XLSX, JSON and SVG; that they were taken stands on the record."""
    if language not in NAMES:
        stop(f"There is no such language: {', '.join(NAMES)}.")
    settings = Settings()
    with installed(settings) as engine:
        with session_scope(engine) as session:
            found = read_releases(session)
            numbers = ", ".join(str(release.number) for release in found)
            put_on_record_by_machine(
                session, service_key(settings), "figures_taken", datetime.now(UTC), release=numbers
            )
        folder.mkdir(parents=True, exist_ok=True)
        for release in found:
            for table in release.tables:
                for kind, (_, write) in FILES.items():
                    (folder / file_name(release, table.code, kind)).write_bytes(write(release, table, language))
        typer.echo(
            f"Releases: {len(found)}, files: {sum(len(each.tables) for each in found) * len(FILES)}, in {folder}"
        )
