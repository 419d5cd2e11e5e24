"""Which tests coverage follows: it takes a third more time, and only the guarded rooms have a floor to hold.

``make coverage`` follows all of them.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from coverage import Coverage

from tests.house.files import CHECKOUT

EVERYTHING = "RODYNA_TEST_MEASURES_ALL"
# The folders of tests that look at the guarded rooms from near. What they do on PostgreSQL they do on SQLite as well.
LOOKING = {"accounts", "backups", "casefile", "casework", "commands", "in_force", "intake", "trail", "vault"}
# What pages alone lead to: the others of the web go over what the tests of the rooms go over as well.
OF_THE_WEB = {
    "desk/test_administration.py",
    "desk/test_handing.py",
    "desk/test_intake.py",
    "desk/test_joining.py",
    "desk/test_more.py",
    "desk/test_moving.py",
    "desk/test_organisations.py",
    "desk/test_recovery.py",
    "family/test_changes.py",
    "test_first_setup.py",
}


def folder_of(item: pytest.Item) -> str:
    """The folder of ``tests`` that a test lies in."""
    return _place(item).parts[0]


def is_followed(item: pytest.Item) -> bool:
    """Whether coverage follows a test."""
    if os.environ.get(EVERYTHING) == "1":
        return True
    if "postgresql" in item.name:
        return False
    return folder_of(item) in LOOKING or _place(item).as_posix() in {f"web/{name}" for name in OF_THE_WEB}


def _place(item: pytest.Item) -> Path:
    return item.path.relative_to(CHECKOUT / "tests")


@contextmanager
def unfollowed() -> Iterator[None]:
    """Let coverage rest, where it runs at all."""
    coverage = Coverage.current()
    if coverage is None:
        yield
        return
    coverage.stop()
    try:
        yield
    finally:
        coverage.start()
