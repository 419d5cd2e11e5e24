"""Commands that an administrator gives: who logs in on standard input, and what they type then."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import SERVICE_KEY, administering, commands
from app.settings import ROOT_FINGERPRINT
from app.vault.totp import totp_at
from tests.cast import NOW, Cast

Rodyna = Callable[..., Any]


@pytest.fixture
def rodyna(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rodyna:
    """Type a command and what it asks for, as one of the cast who logs in first; each time some minutes later."""
    data = tmp_path / "data"
    data.mkdir()
    (data / SERVICE_KEY).write_text(cast.founded.service_private.hex(), encoding="ascii")
    (data / ROOT_FINGERPRINT).write_text(cast.founded.fingerprint.hex(), encoding="ascii")
    monkeypatch.setenv("RODYNA_DATA_DIR", str(data))
    monkeypatch.setenv("RODYNA_DATABASE_URL", cast.url)
    moment = NOW

    monkeypatch.setattr(administering, "datetime", SimpleNamespace(now=lambda _zone: moment))

    def type_in(name: str, *words: str, typed: tuple[str, ...] = ()) -> Any:
        nonlocal moment
        moment += timedelta(minutes=5)
        passphrase, secret = cast.secrets(name)
        lines = (name, passphrase, totp_at(secret, moment), *typed)
        return CliRunner().invoke(commands, list(words), input="\n".join(lines) + "\n")

    return type_in
