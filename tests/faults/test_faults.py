"""The short form of ``make faults``: each fault once, under load."""

import secrets
from pathlib import Path

import pytest

from tests.faults.enduring import endure
from tests.faults.siege import LIGHT

REPORTS = 30


@pytest.fixture
def database_kind() -> str:
    """The one that needs no set-up; ``make faults`` looks at both, and lines and restarts are tried beside it."""
    return "sqlite"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_whatever_fails_nothing_acknowledged_is_lost_or_doubled(database_kind: str, tmp_path: Path) -> None:
    seed = secrets.randbelow(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown where it fails, to throw the same dice again.
    lines = endure(database_kind, REPORTS, 1, seed, tmp_path, LIGHT)
    print(*lines, sep="\n")  # noqa: T201 - the figures.
