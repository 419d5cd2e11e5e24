"""By what libraries are fetched."""

import subprocess
from pathlib import Path

import pytest

from tests.house.files import CHECKOUT

SCRIPT = CHECKOUT / "deploy" / "libraries"
PIN = "{}==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n"


def said(folder: Path, names: tuple[str, ...], uv: str) -> list[str]:
    """What pip and uv were asked to do, which only note it; `uv` is how that one ends, "" where there is none."""
    programs = {"python": 'echo "pip $*"', **({"uv": f'echo "uv $*"; {uv}'} if uv else {})}
    (folder / "bin").mkdir()
    for name, words in programs.items():
        (folder / "bin" / name).write_text(f"#!/bin/sh\n{words}\n")
        (folder / "bin" / name).chmod(0o755)
    (folder / "pins").write_text("".join(PIN.format(name) for name in names))
    done = subprocess.run([SCRIPT, folder, folder / "pins"], capture_output=True, text=True, check=True)
    return [line.replace(str(folder), "") for line in done.stdout.splitlines()]


def test_what_a_service_needs_is_fetched_by_pip_alone(tmp_path: Path) -> None:
    first, second = said(tmp_path, ("alpha", "beta"), uv="")

    assert first == "pip -m pip install --quiet --require-hashes -r /pins"
    assert second.endswith("--no-deps --no-build-isolation --editable .")


def test_what_the_tests_need_is_fetched_by_uv_which_comes_first(tmp_path: Path) -> None:
    first, *rest = said(tmp_path, ("alpha", "uv", "beta"), uv="exit 0")

    assert first == "pip -m pip install --quiet --require-hashes -r /uv.txt"
    assert (tmp_path / "uv.txt").read_text() == PIN.format("uv")
    assert [line.split()[0] for line in rest] == ["uv", "uv"]
    assert "--require-hashes -r /pins" in rest[0]


@pytest.mark.parametrize("names", [("uv", "beta"), ("beta",)])
def test_where_uv_cannot_pip_does_the_same(tmp_path: Path, names: tuple[str, ...]) -> None:
    asked = said(tmp_path, names, uv="exit 1")

    by_uv, by_pip = ([line.split("--quiet ")[1] for line in asked if line.startswith(who)] for who in ("uv", "pip"))
    assert [words.removeprefix("--python /bin/python ") for words in by_uv] == by_pip[-2:]
