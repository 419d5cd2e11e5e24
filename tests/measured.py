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
from tests.web.asked import close_loops

EVERYTHING = "RODYNA_TEST_MEASURES_ALL"
# The folders of tests that look at the guarded rooms from near. What they do on PostgreSQL they do on SQLite as well.
LOOKING = {"accounts", "backups", "casefile", "commands", "in_force", "intake", "trail", "vault"}
# What work on cases and pages alone lead to: the others there go over what the tests of the rooms go over as well.
OF_OTHERS = {
    "casework/test_diary.py",
    "casework/test_lawyers_meanwhile.py",
    "casework/test_leaving.py",
    "casework/test_one_order.py",
    "casework/test_opening.py",
    "casework/test_pause.py",
    "casework/test_practice.py",
    "casework/test_two_people_after_a_reset.py",
    "casework/test_unverified.py",
    "web/desk/test_administration.py",
    "web/desk/test_handing.py",
    "web/desk/test_intake.py",
    "web/desk/test_joining.py",
    "web/desk/test_more.py",
    "web/desk/test_moving.py",
    "web/desk/test_organisations.py",
    "web/desk/test_recovery.py",
    "web/family/test_changes.py",
    "web/test_first_setup.py",
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
    return folder_of(item) in LOOKING or _place(item).as_posix() in OF_OTHERS


def _place(item: pytest.Item) -> Path:
    return item.path.relative_to(CHECKOUT / "tests")


@contextmanager
def followed() -> Iterator[None]:
    """Let the application work in threads that begin and end here: coverage follows one from its beginning or not."""
    close_loops()
    try:
        yield
    finally:
        close_loops()


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
