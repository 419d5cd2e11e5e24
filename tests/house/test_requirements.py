"""What is installed is what was looked at: every package pinned, every file known by its hash, no address anywhere."""

import re
import tomllib

import pytest

from tests.house.files import CHECKOUT

FILES = ["requirements.txt", "requirements-dev.txt"]
REQUIREMENT = re.compile(
    r"(?P<name>[a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==(?P<version>[\w.]+)"
    r"(?: ; (?P<marker>[^\\]+?))?(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)"
)


def requirements(file: str) -> dict[str, str]:
    """Each package's name and version; fails on a line that is anything but a pin with hashes."""
    text = (CHECKOUT / file).read_text().replace("\\\n", " ")
    pins = {}
    for line in text.splitlines():
        matched = REQUIREMENT.fullmatch(re.sub(r" +", " ", line))
        assert matched, f"{file}: not a pin with hashes: {line[:80]}"
        pins[matched["name"]] = matched["version"]
    return pins


@pytest.mark.parametrize("file", FILES)
def test_every_package_is_pinned_with_hashes_and_nothing_else_is_said(file: str) -> None:
    assert len(requirements(file)) > 20


@pytest.mark.parametrize("file", FILES)
def test_no_address_and_no_path_is_in_the_file(file: str) -> None:
    text = (CHECKOUT / file).read_text()

    assert not re.search(r"://|@|/|index|find-links|^-", text, re.MULTILINE)


def test_tests_run_on_the_versions_that_the_service_runs_on() -> None:
    running, testing = (requirements(file) for file in FILES)

    assert running.items() <= testing.items()


def test_everything_that_the_project_declares_is_pinned() -> None:
    with (CHECKOUT / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)["project"]["dependencies"]
    names = {re.split(r"[^\w-]", entry)[0].lower() for entry in declared}

    assert names <= requirements("requirements.txt").keys()
