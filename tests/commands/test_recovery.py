"""The recovery key by command: the ceremony, wrong and right shares, and a queue given back; all typed on stdin."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from app.accounts.covering import cover_ring, recovery_key, to_take_up
from app.cli import SERVICE_KEY, commands, recovering
from app.settings import ROOT_FINGERPRINT
from app.vault.totp import totp_at
from tests.accounts.trustees import LEGAL, remove
from tests.cast import NOW, Cast
from tests.keys.dump import dump

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
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

    monkeypatch.setattr(recovering, "datetime", SimpleNamespace(now=lambda _zone: moment))

    def type_in(name: str, *words: str, typed: tuple[str, ...] = ()) -> Any:
        nonlocal moment
        moment += timedelta(minutes=5)
        passphrase, secret = cast.secrets(name)
        lines = (name, passphrase, totp_at(secret, moment), *typed)
        return CliRunner().invoke(commands, ["recovery", *words], input="\n".join(lines) + "\n")

    return type_in


def test_from_the_ceremony_to_a_key_that_waits_for_one_person(cast: Cast, rodyna: Rodyna) -> None:
    made = rodyna("petro", "make", "--needed", "2", typed=("нотар", "сестра Б.", "А.", ""))
    assert made.exit_code == 0, made.output
    sheets = made.stdout.split("\f")[:3]
    words = [" ".join(re.findall(r"\d+\. (\w+)", sheet)) for sheet in sheets]
    assert {len(each.split()) for each in words} == {33}
    fingerprint = re.findall(r"ask: (.*)", sheets[0])[0].strip()

    wrong = rodyna("petro", "test", typed=(words[0], words[1].replace(words[1].split()[5], "mariupol", 1)))
    assert (wrong.exit_code, "Share 2: One word is not of the list" in wrong.stderr) == (1, True)
    assert words[0] not in wrong.output
    right = rodyna("petro", "test", typed=(words[0], words[2]))
    assert (right.exit_code, "These shares give the key" in right.stdout) == (0, True)

    daria = cast.member("daria")
    with cast.session() as session:
        assert recovery_key(session, daria.organisation_id).tested
        cover_ring(session, daria, LEGAL, fingerprint, NOW)
    oksana = cast.founded_account("oksana")
    held = rodyna("petro", "use", "legal", oksana, typed=(words[0], words[2]))
    assert (held.exit_code, "Somebody still holds this key" in held.stderr) == (1, True)
    remove(cast, "daria", "bohdan")
    used = rodyna("petro", "use", "legal", oksana, typed=(words[1], words[2]))
    assert used.exit_code == 0, used.output
    with cast.session() as session:
        assert to_take_up(session, cast.member("oksana")) == (LEGAL,)
    stored = str(dump(cast.engine))
    assert not any(each in stored for each in words)


@pytest.mark.parametrize("name", ["daria", "lena", "roman"])
def test_nobody_but_an_administrator_gets_as_far_as_the_words(cast: Cast, rodyna: Rodyna, name: str) -> None:
    for words in (("make",), ("test",), ("use", "legal", "x")):
        refused = rodyna(name, *words, typed=("one", "two", "three", ""))
        assert (refused.exit_code, refused.stdout) == (1, ""), words
        assert "Only an administrator" in refused.stderr
    assert dump(cast.engine)["session"] == []


def test_what_cannot_be_is_refused_and_changes_nothing(cast: Cast, rodyna: Rodyna) -> None:
    before = dump(cast.engine)["statement"]
    alone = rodyna("petro", "make", "--needed", "2", typed=("нотар", ""))
    assert (alone.exit_code, "Nothing was made" in alone.stderr) == (1, True)
    early = rodyna("petro", "test", typed=("x", "y"))
    assert (early.exit_code, "There is no recovery key yet" in early.stderr) == (1, True)
    mistyped = CliRunner().invoke(commands, ["recovery", "test"], input="petro\nsix wrong words\n")
    assert (mistyped.exit_code, "The log-in was refused" in mistyped.stderr) == (1, True)
    assert dump(cast.engine)["statement"] == before
