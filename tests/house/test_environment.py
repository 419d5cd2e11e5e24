"""What a newcomer is told when the machine lacks something."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.house.files import CHECKOUT

SCRIPT = CHECKOUT / "deploy" / "environment"


def program(folder: Path, name: str, words: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{words}\n")
    path.chmod(0o755)


def make_environment(folder: Path, path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Call the script where programs are found in `path` alone, and the system has no Python unless `more` says so."""
    known = {"PATH": str(path), "SYSTEM_PYTHON": os.devnull, **more}
    return subprocess.run(["/bin/sh", SCRIPT, folder], env=known, capture_output=True, text=True, check=False)


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


@pytest.mark.parametrize(
    ("of_the_system", "taken"),
    [("exit 0", "system"), ('case "$2" in *ensurepip*) exit 1;; esac', "python3"), ("exit 1", "python3")],
)
def test_the_systems_own_python_is_taken_unless_it_is_old_or_lacks_something(
    tmp_path: Path, of_the_system: str, taken: str
) -> None:
    for name, words in (("system", of_the_system), ("python3", "exit 0")):
        program(tmp_path, name, f'[ "$2" != venv ] || echo "{name} makes it"; {words}')

    result = make_environment(tmp_path / "venv", tmp_path, SYSTEM_PYTHON=str(tmp_path / "system"))

    assert (result.returncode, result.stdout) == (0, f"{taken} makes it\n")


def test_a_python_that_was_asked_for_is_taken_even_where_its_module_has_to_be_installed(tmp_path: Path) -> None:
    program(tmp_path, "mine", 'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.13;; esac')
    program(tmp_path, "python3", "exit 0")
    program(tmp_path, "id", "echo 1000")
    known = {"PATH": str(tmp_path), "PYTHON": "mine"}

    result = subprocess.run(
        ["/bin/sh", SCRIPT, tmp_path / "venv"], env=known, capture_output=True, text=True, check=False
    )

    assert "apt-get install python3.13-venv" in result.stderr
