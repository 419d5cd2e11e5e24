"""In which order tests run: the long ones first, so that at the end no worker goes on alone with one of them.

Each worker begins with a stretch of all tests and, when it is done, takes of the end of another's.
"""

import pytest

from tests.measured import folder_of

# By how long their longest test takes.
FOLDERS = ("journeys", "growing", "faults", "seized", "durability", "upgrade", "service", "load", "keys", "deploy")
# The tours through every page.
FIRST = "test_every_page.py"


def long_first(item: pytest.Item) -> tuple[int, bool]:
    """What a test is sorted by; tests of one folder otherwise stay as they are, for what they share."""
    folder = folder_of(item)
    return FOLDERS.index(folder) if folder in FOLDERS else len(FOLDERS), item.path.name != FIRST
