"""The installation on several machines, made once for all that is done to it."""

from collections.abc import Iterator

import pytest

from tests.growing.installation import Grown, grown


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grown]:
    """An installation that has no machines yet."""
    with grown(tmp_path_factory.mktemp("grown")) as made:
        yield made
