"""An installation on a database that waits for the disk, once of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.installed import Installed
from tests.cast import plans
from tests.service.founded import durable_database, founded_cast, founded_machine


@pytest.fixture(params=["sqlite", "postgresql"])
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installed]:
    """The whole cast on an empty installation."""
    with (
        durable_database(request.param, tmp_path) as database,
        founded_cast(database.url, plans()) as cast,
    ):
        yield Installed(request.param, cast, founded_machine(cast, tmp_path / "machine"), tmp_path)
