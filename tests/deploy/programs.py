"""The programs that judge the files of ``deploy/``; where one is missing, a test says so and what would install it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.files import CHECKOUT

DEPLOY = CHECKOUT / "deploy"


def program(name: str) -> str:
    """Where a program lies; the test is skipped, and says so, where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed, so that nothing is known of its files here: `make machine` installs it")
    return found


def run(*words: str | Path, cwd: Path | None = None) -> str:
    """Run a program that must end well; give everything that it said."""
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def beside(name: str) -> Path:
    """A program that the development's requirements install beside Python."""
    return Path(sys.executable).with_name(name)
