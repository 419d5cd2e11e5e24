"""The contracts between the rooms hold, and each of them would notice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.files import CHECKOUT

# Each import stands where it must not; the contract that forbids it is named by its first words.
VIOLATIONS = [
    ("app/vault/probe.py", "import app.storage.errors", "rooms import"),
    ("app/trail/probe.py", "import app.accounts", "rooms import"),
    ("app/intake/probe.py", "import app.casework", "rooms import"),
    ("app/worker.py", "import app.cli", "rooms import"),
    ("app/nowhere.py", "", "rooms import"),
    ("app/casework/probe.py", "import app.settings", "settings are read"),
    ("app/casefile/probe.py", "from cryptography.fernet import Fernet", "only the vault"),
    ("app/intake/probe.py", "from starlette.requests import Request", "only web and main"),
    ("app/worker.py", "import jinja2", "only web and main"),
    ("app/web/probe.py", "import app.vault.code", "web touches neither"),
    ("app/web/desk/probe.py", "from sqlmodel import select", "web touches neither"),
    ("app/web/desk/probe.py", "import app.accounts.tables", "web touches neither"),
    ("app/web/desk/probe.py", "import app.storage.engine", "web touches neither"),
    ("app/web/family/probe.py", "import app.web.desk", "families' pages"),
    ("app/web/family/probe.py", "import app.casework", "families' pages"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the rooms and their contracts, to do wrong in."""
    folder = tmp_path_factory.mktemp("rooms")
    shutil.copytree(CHECKOUT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", folder)
    return folder


def broken(folder: Path) -> list[str]:
    """The contracts that do not hold in `folder`."""
    program = Path(sys.executable).with_name("lint-imports")
    environment = os.environ | {"PYTHONPATH": str(folder)}
    result = subprocess.run([program], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    lines = [line.strip() for line in result.stdout.splitlines()]
    kept = [line for line in lines if " KEPT" in line]
    found = [line for line in lines if " BROKEN" in line]
    assert len(kept) + len(found) == len(set(kept + found)) == 6, result.stdout + result.stderr
    return found


def test_every_contract_holds(copy: Path) -> None:
    assert broken(copy) == []


@pytest.mark.parametrize(("file", "line", "contract"), VIOLATIONS)
def test_what_a_contract_forbids_breaks_it(copy: Path, file: str, line: str, contract: str) -> None:
    path = copy / file
    before = path.read_text() if path.exists() else None
    path.write_text((before or "") + f"\n{line}\n")
    try:
        found = broken(copy)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)

    assert [words for words in found if words.startswith(contract)] != []
