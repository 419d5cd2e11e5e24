"""A machine that is backed up, and an empty one that a backup is put back onto; both typed to as an operator does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.accounts.vouching_anchor import anchor_to
from app.cli import commands
from app.demonstration.cast import write_private
from app.storage.engine import make_engine
from tests.cast import Cast
from tests.service.founded import keep_beside


@dataclass
class Place:
    """A machine's data folder and database."""

    data: Path
    url: str
    switch: pytest.MonkeyPatch

    def type(self, *words: object) -> Result:
        """Type a command on this machine."""
        self.switch.setenv("RODYNA_DATA_DIR", str(self.data))
        self.switch.setenv("RODYNA_DATABASE_URL", self.url)
        return CliRunner().invoke(commands, [str(word) for word in words])

    def do(self, *words: object) -> str:
        """The same, where it must go well."""
        done = self.type(*words)
        assert done.exit_code == 0, done.output
        return done.output


@pytest.fixture
def source(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The machine of the cast."""
    folder = tmp_path / "data"
    folder.mkdir()
    keep_beside(cast, folder)
    return Place(folder, cast.url, monkeypatch)


@pytest.fixture
def paper(cast: Cast, tmp_path: Path) -> Path:
    """The backup key, typed into a file from paper."""
    return write_private(tmp_path / "paper.json", {"backup_private": cast.founded.backup_private.hex()})


@pytest.fixture
def empty(new_database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty machine; the database has tables, as one has on which the service was started too early."""
    return Place(tmp_path / "elsewhere", new_database(), monkeypatch)


@pytest.fixture
def reopened(cast: Cast, empty: Place) -> Iterator[Cast]:
    """The cast on the other machine."""
    engine = make_engine(empty.url)
    anchor_to(engine, cast.founded.fingerprint)
    yield Cast(engine, empty.url, cast.founded)
    engine.dispose()


def only(folder: Path, pattern: str = "*.backup") -> Path:
    """The one file that fits."""
    (found,) = folder.glob(pattern)
    return found
