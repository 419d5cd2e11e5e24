"""Commands that an administrator gives: who logs in on standard input, and what they type then."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import administering, commands
from app.vault.totp import totp_at
from tests.cast import NOW, Cast
from tests.service.founded import keep_beside

Rodyna = Callable[..., Any]


@pytest.fixture
def data(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder beside the cast's database, with the service's key in it; commands find both."""
    folder = tmp_path / "data"
    folder.mkdir()
    keep_beside(cast, folder)
    monkeypatch.setenv("RODYNA_DATA_DIR", str(folder))
    monkeypatch.setenv("RODYNA_DATABASE_URL", cast.url)
    return folder


@pytest.fixture
def migrated(tmp_path: Path, sqlite_template: Path) -> None:
    """A database of today's shape in the data folder, empty, for what is not about how one comes to be."""
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copy(sqlite_template, tmp_path / "data" / "rodyna.db")


@pytest.fixture
def rodyna(cast: Cast, data: Path, monkeypatch: pytest.MonkeyPatch) -> Rodyna:
    """Type a command and what it asks for, as one of the cast who logs in; each time some minutes later.

    What is asked ``before`` the log-in, mostly nothing, is typed before it.
    """
    moment = NOW

    monkeypatch.setattr(administering, "datetime", SimpleNamespace(now=lambda _zone: moment))

    def type_in(name: str, *words: str, typed: tuple[str, ...] = (), before: tuple[str, ...] = ()) -> Any:
        nonlocal moment
        moment += timedelta(minutes=5)
        passphrase, secret = cast.secrets(name)
        lines = (*before, name, passphrase, totp_at(secret, moment), *typed)
        return CliRunner().invoke(commands, list(words), input="\n".join(lines) + "\n")

    return type_in
