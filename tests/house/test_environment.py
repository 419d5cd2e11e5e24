"""What a newcomer is told when the machine lacks something."""

import os
import subprocess
from pathlib import Path

from tests.house.files import CHECKOUT

SCRIPT = CHECKOUT / "deploy" / "environment"


def program(folder: Path, name: str, words: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{words}\n")
    path.chmod(0o755)


def make_environment(folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", SCRIPT, folder], env={"PATH": str(path)}, capture_output=True, text=True, check=False
    )


def test_an_old_python_is_refused_with_its_version_and_the_one_that_is_needed(tmp_path: Path) -> None:
    program(tmp_path, "python3", 'if [ "$1" = --version ]; then echo "Python 3.9.2"; else exit 1; fi')

    result = make_environment(tmp_path / "venv", tmp_path)

    assert result.returncode == 1
    assert "needs Python 3.11 or newer; here is: Python 3.9.2" in result.stderr
    assert not (tmp_path / "venv").exists()


def test_a_python_without_venv_is_told_which_package_to_install(tmp_path: Path) -> None:
    # The version is new enough; the module is not there; whoever asks is not root.
    program(
        tmp_path,
        "python3",
        'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.12;; *) exit 0;; esac',
    )
    program(tmp_path, "id", "echo 1000")

    result = make_environment(tmp_path / "venv", tmp_path)

    assert result.returncode == 1
    assert "apt-get install python3.12-venv" in result.stderr


def test_an_environment_that_works_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    program(tmp_path / "venv" / "bin", "python", "exit 0")

    result = make_environment(tmp_path / "venv", Path(os.devnull))

    assert result.returncode == 0
    assert [path.name for path in (tmp_path / "venv" / "bin").iterdir()] == ["python"]
