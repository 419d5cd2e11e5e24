"""Which tests coverage follows: it takes a third more time, and only the guarded rooms have a floor to hold.

``make coverage`` follows all of them.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from coverage import Coverage

from tests.house.files import CHECKOUT

EVERYTHING = "RODYNA_TEST_MEASURES_ALL"
# The folders of tests that look at the guarded rooms from near. What they do on PostgreSQL they do on SQLite as well.
LOOKING = {"accounts", "backups", "casefile", "casework", "commands", "in_force", "intake", "trail", "vault", "web"}
# They go to every address with everybody, where others look at one.
EVERYWHERE = {"test_routes_and_roles.py", "test_bad_input.py", "test_browser.py"}


def folder_of(item: pytest.Item) -> str:
    """The folder of ``tests`` that a test lies in."""
    return item.path.relative_to(CHECKOUT / "tests").parts[0]


def is_followed(item: pytest.Item) -> bool:
    """Whether coverage follows a test."""
    if os.environ.get(EVERYTHING) == "1":
        return True
    return folder_of(item) in LOOKING and "postgresql" not in item.name and item.path.name not in EVERYWHERE


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
